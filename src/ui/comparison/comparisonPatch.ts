import * as vscode from 'vscode';
import type { Change } from '../../core/change';
import type { CallContext } from '../../core/engine';
import { changeTotal } from '../text/amounts';
import { filesWords } from '../words';
import { compareSides } from '../documents/diffs';
import type { LookedAt } from '../state/lookedAt';
import type { ChangeSet } from '../tree/nodes';
import type { OpenComparison } from './comparisonModel';

const { t } = vscode.l10n;

/** A comparison with more files than this is no patch for anybody. */
const MAX_FILES = 20_000;
/** Bytes: more text than this no editor, clipboard or reader takes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A patch, and what a person should know of it. */
export interface MadePatch {
  bytes: Uint8Array;
  /** Files in it. */
  files: number;
  /** Of them not text: git alone can apply those. */
  binary: number;
  /** Files that are only said to differ, or left out. */
  missing: number;
}

/**
 * Makes the patch from the left side to the right one, for `git apply` and `patch -p1`. Content that is elsewhere is
 * fetched.
 */
export async function makePatch(
  lookedAt: LookedAt,
  { set, paths }: OpenComparison,
  wanted: (change: Change) => boolean,
  context: CallContext,
): Promise<MadePatch> {
  const comparison = await compareSides(set, paths, MAX_FILES, context);
  const { repository, left, right } = set;
  const parts: Uint8Array[] = [];
  const made = { files: 0, binary: 0, missing: 0 };
  let size = 0;
  for (const [index, change] of comparison.changes.entries()) {
    if (!wanted(change)) {
      continue;
    }
    const total = comparison.changes.length;
    context.onProgress?.({ phase: 'read', done: index, total });
    const sides = { left: left.rev, right: right.rev };
    const patch = await withBothSides(lookedAt, set, change, () =>
      repository.engine.filePatch({ ...sides, change, binary: true }, context),
    );
    if (patch.bytes.length === 0) {
      continue;
    }
    size += patch.bytes.length;
    if (size > MAX_BYTES) {
      made.missing += total - index;
      break;
    }
    parts.push(patch.bytes);
    made.files += 1;
    made.binary += patch.binary ? 1 : 0;
    made.missing += patch.tooLarge ? 1 : 0;
  }
  made.missing += comparison.truncated ? changeTotal(comparison.counts) - MAX_FILES : 0;
  return { bytes: Buffer.concat(parts), ...made };
}

/** Both sides may be elsewhere, so the work may be done three times. */
function withBothSides<T>(
  lookedAt: LookedAt,
  { repository, left, right }: ChangeSet,
  { path, oldPath = path }: Change,
  work: () => Promise<T>,
): Promise<T> {
  const [from, to] = [
    { rev: left.rev, path: oldPath },
    { rev: right.rev, path },
  ];
  return lookedAt.withContent(repository, from, () => lookedAt.withContent(repository, to, work));
}

/** `Patch of 3 files copied. 1 of them is binary: "git apply" takes it, "patch" does not.` */
export function patchWords(done: string, made: MadePatch): string {
  const { binary, missing } = made;
  return [
    done,
    binary === 0
      ? ''
      : t('Not text: {0}. "git apply" takes them, "patch" skips them.', filesWords(binary)),
    missing === 0 ? '' : t('Too large, so the patch lacks them: {0}.', filesWords(missing)),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
