import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import {
  formatPromoted,
  inManifest,
  MAX_PROMOTED_BYTES,
  mergePromoted,
  PROMOTED_MANIFEST,
  readPromoted,
  type PromotedConflict,
  type PromotedText,
} from '../../core/promotion/promotedManifest';
import { choiceOf } from '../../core/promotion/promotedChoice';
import type { PromotedClaim } from '../../core/transferData';
import type { EngineEnv } from '../context';
import { readFile } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { requireWritable, type Store } from '../store/storeRoot';
import { readOwn, replaceOwn, sameText } from './promotedFile';
import { unmergedBase } from './unmergedBase';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** A manifest, and where it lies. */
interface Source {
  path: string;
  text: PromotedText;
}

/**
 * Settles the conflict that Git left in `snapdir.json`, or puts other manifests into it; it is made where there are
 * `files` to put in. Names that stand for different snapshots are listed, and then nothing is written unless each was
 * chosen or `prefer` says whose goes. Without a base (in the text, or in Git's index) a name that only one side changed
 * counts among them.
 * @throws PATH_NOT_FOUND, PARSE, INVALID_NAME, UNSAFE_PATH, READ_ONLY, IO
 */
export function mergePromotedFile(
  env: EngineEnv,
  store: Store,
  { prefer, files = [], choices = [] }: Params<'mergePromotedFile'>,
): Result<'mergePromotedFile'> {
  requireWritable(store);
  const { path, bytes } = readOwn(env, store);
  if (bytes === undefined && files.length === 0) {
    throw new SnapdirError('PATH_NOT_FOUND', { path: PROMOTED_MANIFEST, rev: 'live' });
  }
  const own = bytes === undefined ? [] : [{ path, text: parse(path, bytes) }];
  const others = files.filter((file) => file !== path).map((file) => readOther(env, file));
  const sources: Source[] = [...own, ...others];
  const texts = sources.map(({ text }) => text);
  const { merged, conflicts } = mergePromoted(texts, prefer);
  for (const { name, snapshot } of conflicts.flatMap((of) => choiceOf(of, choices) ?? [])) {
    if (snapshot === null) {
      merged.delete(name);
    } else {
      merged.set(name, snapshot);
    }
  }
  const settled = prefer !== null || conflicts.every((of) => choiceOf(of, choices) !== undefined);
  const text = formatPromoted(merged);
  const written = settled && !sameText(bytes, text);
  if (written && !replaceOwn(env, store, bytes, text)) {
    throw new SnapdirError('IO', { operation: 'write', path, errno: 'EBUSY' });
  }
  const base = texts.every(({ sides, base: from }) => sides.length === 1 || from !== undefined);
  const claims = conflicts.flatMap((of) => claimsOf(of, sources));
  return { settled, written, names: merged.size, conflicts, claims, base };
}

function parse(path: string, bytes: Uint8Array): PromotedText {
  return readPromoted(bytes, () => unmergedBase(path));
}

/** A manifest that a person chose: wherever it lies, and whatever it is. */
function readOther(env: EngineEnv, path: string): Source {
  const stat = io('stat', path, () => env.fs.lstat(path));
  if (stat !== undefined && stat.kind !== 'file') {
    throw new SnapdirError('UNSAFE_PATH', { path, reason: 'not-file' });
  }
  const bytes = inManifest(path, () => readFile(env.fs, path, MAX_PROMOTED_BYTES));
  if (bytes === undefined) {
    throw new SnapdirError('IO', { operation: 'read', path, errno: 'ENOENT' });
  }
  return { path, text: inManifest(path, () => parse(path, bytes)) };
}

/** Who says what of a name. */
function claimsOf({ name }: PromotedConflict, sources: readonly Source[]): PromotedClaim[] {
  return sources.flatMap(({ path, text: { sides } }) =>
    sides.flatMap((side, at) => {
      const snapshot = side.get(name);
      const whose = sides.length === 1 ? null : at === 0 ? ('ours' as const) : ('theirs' as const);
      return snapshot === undefined ? [] : [{ name, snapshot, path, side: whose }];
    }),
  );
}
