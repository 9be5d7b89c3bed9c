import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import {
  formatPromoted,
  MAX_PROMOTED_BYTES,
  parsePromoted,
  PROMOTED_MANIFEST,
  type Promoted,
} from '../../core/promotion/promotedManifest';
import { fromOutside } from '../../core/outsideText';
import type { EngineEnv } from '../context';
import { ensureDir, join, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import type { Store } from '../store/storeRoot';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

const TRIES = 20;

/** `snapdir.json` of the folder. @throws UNSAFE_PATH (a link), PARSE (too large), IO */
export function readOwn(
  env: EngineEnv,
  store: Store,
): { path: string; bytes: Uint8Array | undefined } {
  const path = join(store.root, PROMOTED_MANIFEST);
  const stat = io('stat', path, () => env.fs.lstat(path));
  if (stat !== undefined && stat.kind !== 'file') {
    throw new SnapdirError('UNSAFE_PATH', { path, reason: 'not-file' });
  }
  const read = (): Uint8Array | undefined => readFile(env.fs, path, MAX_PROMOTED_BYTES);
  return { path, bytes: fromOutside('promoted', path, read) };
}

/** Whether both are the same text, or none. */
export const sameText = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;

/** Replaces the text of `snapdir.json`, unless somebody else did meanwhile: false. */
export function replaceOwn(
  env: EngineEnv,
  store: Store,
  before: Uint8Array | undefined,
  text: Uint8Array,
): boolean {
  const { path, bytes } = readOwn(env, store);
  if (!sameText(before, bytes)) {
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
    const { path, bytes } = readOwn(env, store);
    const promoted = bytes === undefined ? new Map() : parsePromoted(bytes);
    const exists = bytes !== undefined || create;
    set.forEach(({ name, snapshot }) => promoted.set(name, snapshot));
    const text = formatPromoted(promoted);
    const changed = set.length > 0 && exists && !sameText(bytes, text);
    if (!changed || replaceOwn(env, store, bytes, text)) {
      return { path, exists, changed, promoted: listed(promoted) };
    }
    if (tries === 0) {
      throw new SnapdirError('IO', { operation: 'write', path, errno: 'EBUSY' });
    }
  }
}
