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
import type { Control, EngineEnv } from '../context';
import { ensureDir, join, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { oneByOne } from '../disk/oneByOne';
import type { Store } from '../store/storeRoot';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

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

/**
 * Reads `snapdir.json`, works out what it is to say, and writes that: one process after the other, since none of what
 * another one writes meanwhile may get lost. Without a store of this user there is no place to wait at: then what was
 * written meanwhile is found out, and nothing done.
 * @param of.change what it says now; undefined: there is none
 * @throws UNSAFE_PATH, PARSE, STORE_BUSY, DISK_FULL, READ_ONLY, IO, AbortError, and what `change` throws
 */
export function changeOwn<T>(
  env: EngineEnv,
  store: Store,
  of: { control: Control; change: (bytes: Uint8Array | undefined) => Changed<T> },
): T {
  const work = (check: () => void): T => {
    const { path, bytes } = readOwn(env, store);
    const { text, result } = of.change(bytes);
    if (text !== undefined && !sameText(bytes, text)) {
      check();
      if (!sameText(bytes, readOwn(env, store).bytes)) {
        throw new SnapdirError('IO', { operation: 'write', path, errno: 'EBUSY' });
      }
      const options = { bytes: text, durable: true, mode: 0o644 };
      writeFileWhole(env, draftsFor(env, store), path, options);
    }
    return result;
  };
  if (store.readOnly !== null) {
    return work(() => undefined);
  }
  io('create', store.tmp, () => ensureDir(env.fs, store.tmp, 0o700));
  const place = { lease: join(store.tmp, `${PROMOTED_MANIFEST}.lease`), tmp: store.tmp };
  return oneByOne(env, place, {
    operation: PROMOTED_MANIFEST,
    control: of.control,
    work: (lease) => work(() => lease.check()),
  });
}

/** Where the next text is written before it gets its name: on the same disk. */
function draftsFor(env: EngineEnv, { tmp, root, readOnly }: Store): string {
  const isNear = readOnly === null && env.fs.lstat(tmp)?.dev === env.fs.lstat(root)?.dev;
  return isNear ? tmp : root;
}

/** What `snapdir.json` is to say; undefined: it stays as it is. */
export interface Changed<T> {
  text: Uint8Array | undefined;
  result: T;
}

/** Sorted as the text is. */
function listed(promoted: Promoted): Result<'promotedFile'>['promoted'] {
  return [...promoted]
    .map(([name, snapshot]) => ({ name, snapshot }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `snapdir.json` with names set in it. */
function withNames(
  { path, bytes }: { path: string; bytes: Uint8Array | undefined },
  { set, create }: Params<'promotedFile'>,
): Changed<Result<'promotedFile'>> {
  const promoted = bytes === undefined ? new Map() : parsePromoted(bytes);
  const exists = bytes !== undefined || create;
  set.forEach(({ name, snapshot }) => promoted.set(name, snapshot));
  const text = formatPromoted(promoted);
  const changed = set.length > 0 && exists && !sameText(bytes, text);
  const result = { path, exists, changed, promoted: listed(promoted) };
  return { text: changed ? text : undefined, result };
}

/**
 * Reads `snapdir.json` and sets names in it. It is made only when `create` says so.
 * @throws PARSE (also: Git's conflict markers), INVALID_NAME, UNSAFE_PATH (a link), STORE_BUSY, DISK_FULL, READ_ONLY, IO
 */
export function promotedFile(
  env: EngineEnv,
  store: Store,
  params: Params<'promotedFile'>,
  control: Control,
): Result<'promotedFile'> {
  const own = readOwn(env, store);
  const { text, result } = withNames(own, params);
  if (text === undefined) {
    return result;
  }
  const { path } = own;
  const change = (bytes: Uint8Array | undefined): Changed<Result<'promotedFile'>> =>
    withNames({ path, bytes }, params);
  return changeOwn(env, store, { control, change });
}
