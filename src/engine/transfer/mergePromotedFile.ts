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
import { choiceOf, isSettled } from '../../core/promotion/promotedChoice';
import type { PromotedClaim } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { readFile } from '../disk/durable';
import { io } from '../disk/fsErrors';
import type { Store } from '../store/storeRoot';
import { changeOwn, readOwn, sameText, type Changed } from './promotedFile';
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
 * @param store also of a folder that has none: machines that build have a clone and nothing else
 * @throws PATH_NOT_FOUND, PARSE, INVALID_NAME, UNSAFE_PATH, STORE_BUSY, READ_ONLY, IO, AbortError
 */
export function mergePromotedFile(
  env: EngineEnv,
  store: Store,
  params: Params<'mergePromotedFile'>,
  control: Control,
): Result<'mergePromotedFile'> {
  const { path, bytes } = readOwn(env, store);
  if (bytes === undefined && (params.files ?? []).length === 0) {
    throw new SnapdirError('PATH_NOT_FOUND', { path: PROMOTED_MANIFEST, rev: 'live' });
  }
  const change = (own: Uint8Array | undefined): Changed<Result<'mergePromotedFile'>> =>
    merged(env, { path, bytes: own }, params);
  return changeOwn(env, store, { control, change });
}

function merged(
  env: EngineEnv,
  { path, bytes }: { path: string; bytes: Uint8Array | undefined },
  { prefer, files = [], choices = [] }: Params<'mergePromotedFile'>,
): Changed<Result<'mergePromotedFile'>> {
  const own = bytes === undefined ? [] : [{ path, text: parse(path, bytes) }];
  const others = files.filter((file) => file !== path).map((file) => readOther(env, file));
  const sources: Source[] = [...own, ...others];
  const texts = sources.map(({ text }) => text);
  const { merged: names, conflicts, base } = mergePromoted(texts, prefer);
  for (const { name, snapshot } of conflicts.flatMap((of) => choiceOf(of, choices) ?? [])) {
    if (snapshot === null) {
      names.delete(name);
    } else {
      names.set(name, snapshot);
    }
  }
  const settled = isSettled(conflicts, prefer, choices);
  const text = formatPromoted(names);
  const written = settled && !sameText(bytes, text);
  const claims = conflicts.flatMap((of) => claimsOf(of, sources));
  const result = { settled, written, names: names.size, conflicts, claims, base };
  return { text: written ? text : undefined, result };
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
