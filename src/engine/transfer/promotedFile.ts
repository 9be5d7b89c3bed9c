import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import {
  formatPromoted,
  MAX_PROMOTED_BYTES,
  mergePromoted,
  parsePromoted,
  PROMOTED_MANIFEST,
  readPromoted,
  type Promoted,
} from '../../core/promotion/promotedManifest';
import type { EngineEnv } from '../context';
import { ensureDir, join, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { requireWritable, type Store } from '../store/storeRoot';
import { unmergedBase } from './unmergedBase';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

const TRIES = 20;

function read(env: EngineEnv, store: Store): { path: string; bytes: Uint8Array | undefined } {
  const path = join(store.root, PROMOTED_MANIFEST);
  const stat = io('stat', path, () => env.fs.lstat(path));
  if (stat !== undefined && stat.kind !== 'file') {
    throw new SnapdirError('UNSAFE_PATH', { path, reason: 'not-file' });
  }
  return { path, bytes: readFile(env.fs, path, MAX_PROMOTED_BYTES) };
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;

/** Replaces the text, unless somebody else did meanwhile. */
function replace(
  env: EngineEnv,
  store: Store,
  before: Uint8Array | undefined,
  text: Uint8Array,
): boolean {
  const { path, bytes } = read(env, store);
  if (!same(before, bytes)) {
    return false;
  }
  io('create', store.tmp, () => ensureDir(env.fs, store.tmp, 0o700));
  const near = env.fs.lstat(store.tmp)?.dev === env.fs.lstat(store.root)?.dev;
  const options = { bytes: text, durable: true, mode: 0o644 };
  writeFileWhole(env, near ? store.tmp : store.root, path, options);
  return true;
}

/** Sorted as the text is. */
function listed(promoted: Promoted): Result<'promotedFile'>['promoted'] {
  return [...promoted]
    .map(([name, snapshot]) => ({ name, snapshot }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Reads `snapdir.json` and sets names in it. It is made only when `create` says so.
 * @throws PARSE (also: Git's conflict markers), INVALID_NAME, UNSAFE_PATH (a link), DISK_FULL, READ_ONLY, IO
 */
export function promotedFile(
  env: EngineEnv,
  store: Store,
  { set, create }: Params<'promotedFile'>,
): Result<'promotedFile'> {
  for (let tries = TRIES; ; tries--) {
    const { path, bytes } = read(env, store);
    const promoted = bytes === undefined ? new Map() : parsePromoted(bytes);
    const exists = bytes !== undefined || create;
    set.forEach(({ name, snapshot }) => promoted.set(name, snapshot));
    const text = formatPromoted(promoted);
    const changed = set.length > 0 && exists && !same(bytes, text);
    if (!changed || replace(env, store, bytes, text)) {
      return { path, exists, changed, promoted: listed(promoted) };
    }
    if (tries === 0) {
      throw new SnapdirError('IO', { operation: 'write', path, errno: 'EBUSY' });
    }
  }
}

/**
 * Settles the conflict that Git left in `snapdir.json`. Names that both sides changed are listed, and then nothing
 * is written unless `prefer` says whose goes. Without a base (in the text, or in Git's index) a name that only one
 * side changed counts among them.
 * @throws PARSE, INVALID_NAME, UNSAFE_PATH, READ_ONLY, IO
 */
export function mergePromotedFile(
  env: EngineEnv,
  store: Store,
  { prefer }: Params<'mergePromotedFile'>,
): Result<'mergePromotedFile'> {
  requireWritable(store);
  const { path, bytes } = read(env, store);
  if (bytes === undefined) {
    throw new SnapdirError('PATH_NOT_FOUND', { path: PROMOTED_MANIFEST, rev: 'live' });
  }
  const settling = readPromoted(bytes, () => unmergedBase(path));
  const { merged, conflicts } = mergePromoted([settling], prefer);
  const text = formatPromoted(merged);
  const settled = conflicts.length === 0 || prefer !== null;
  const written = settled && !same(bytes, text);
  if (written && !replace(env, store, bytes, text)) {
    throw new SnapdirError('IO', { operation: 'write', path, errno: 'EBUSY' });
  }
  return { written, names: merged.size, conflicts, base: settling.base !== undefined };
}
