import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergeManifests, readManifest } from '../../app/exchangeCheckpoints';
import { SnapdirError } from '../../core/errors';
import { shortId } from '../../core/ids';
import { isSettled } from '../../core/promotion/promotedChoice';
import {
  formatPromoted,
  mergePromoted,
  type PromotedConflict,
  type PromotedText,
} from '../../core/promotion/promotedManifest';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { plural } from '../format';
import { manifestRoot } from '../locate';
import type { Output } from '../output';
import { UsageError } from '../usageError';

/** `snapdir merge-manifests` */
export const mergeManifestsCommand = defineCommand({
  name: 'merge-manifests',
  synopsis: ['[--prefer first|last]', 'FILE FILE… [--into FILE] [--prefer first|last]'],
  summary: 'put promoted manifests (snapdir.json) together; settle a Git conflict in one',
  details: [
    'Without files: settles the conflict that Git left in snapdir.json of the folder. With files: merges',
    'them, and prints the result or writes it --into FILE. A name that stands for different snapshots is',
    'a conflict: all are listed, none is dropped, and nothing is written unless --prefer says whose goes.',
    'A name that only one side changed goes with that side, where what stood there before is known: from',
    "Git's marks (diff3), or from its index while the file is unmerged.",
  ],
  options: {
    into: { type: 'string', value: 'FILE', help: 'write the result there, replacing the file' },
    prefer: {
      type: 'string',
      value: 'WHICH',
      help: 'in a conflict: first (ours) or last (theirs)',
    },
  },
  arguments: [0, Number.POSITIVE_INFINITY],
  locate: manifestRoot,
  exit: { done: 'merged', differences: 'there are conflicts; nothing was written' },
  async run(call, values, files) {
    const prefer = values.prefer ?? null;
    if (prefer !== null && prefer !== 'first' && prefer !== 'last') {
      throw new UsageError('--prefer takes "first" or "last".');
    }
    if (files.length > 0) {
      return mergeFiles(call, { files, prefer, into: values.into });
    }
    if (values.into !== undefined) {
      throw new UsageError(
        '--into needs the files to merge; without files, snapdir.json itself is settled.',
      );
    }
    const merged = await mergeManifests(call.repository, prefer);
    const { written, names, conflicts, settled, base } = merged;
    call.output.document({ written, names, conflicts });
    tellConflicts(call.output, conflicts, { settled, base });
    if (!settled) {
      return exitCodes.differences;
    }
    call.output.print(written ? `Wrote snapdir.json: ${plural(names, 'name')}.` : 'Nothing to do.');
    return exitCodes.done;
  },
});

async function mergeFiles(
  call: Call,
  of: { files: string[]; prefer: 'first' | 'last' | null; into: string | undefined },
): Promise<ExitCode> {
  const { output } = call;
  const texts: PromotedText[] = [];
  for (const file of of.files) {
    const path = call.absolute(file);
    texts.push(await readManifest(call.repository, path, read(path)));
  }
  const { merged, conflicts, base } = mergePromoted(texts, of.prefer);
  const names = Object.fromEntries(merged);
  const settled = isSettled(conflicts, of.prefer);
  output.document({ written: settled && of.into !== undefined, names, conflicts });
  tellConflicts(output, conflicts, { settled, base });
  if (!settled) {
    return exitCodes.differences;
  }
  if (of.into !== undefined) {
    write(call.absolute(of.into), formatPromoted(merged));
    output.print(`Wrote ${displayName(of.into)}: ${plural(merged.size, 'name')}.`);
  } else if (!output.mode.json) {
    await output.data(formatPromoted(merged));
  }
  return exitCodes.done;
}

function tellConflicts(
  output: Output,
  conflicts: readonly PromotedConflict[],
  { settled, base }: { settled: boolean; base: boolean },
): void {
  for (const { name, ids, removed } of conflicts) {
    const stands = `${ids.map(shortId).join(' and ')}${removed ? ', or taken away' : ''}`;
    output.note(`snapdir: conflict: ${displayName(name)} is ${stands}`);
  }
  if (conflicts.length > 0 && !base) {
    output.note(
      'snapdir: what stood there before is not known: a name that only one side changed is listed, too',
    );
  }
  if (!settled) {
    output.note('snapdir: nothing was written; --prefer first or last says whose goes for all');
  }
}

function failed(operation: string, path: string, error: unknown): SnapdirError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
  return new SnapdirError('IO', { operation, path, errno }, { cause: error });
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failed('read', path, error);
  }
}

/** Whole or not at all. */
function write(path: string, bytes: Uint8Array): void {
  try {
    const dir = mkdtempSync(join(dirname(path), '.snapdir-'));
    try {
      writeFileSync(join(dir, 'draft'), bytes, { flag: 'wx' });
      renameSync(join(dir, 'draft'), path);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  } catch (error) {
    throw failed('write', path, error);
  }
}
