import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { discard, ensureDir, join } from '../disk/durable';
import { io, withMissing } from '../disk/fsErrors';
import type { FileTable } from '../hashing/fileTable';
import { WORTH_CLONING } from '../jobs/drafts';
import type { Store } from '../store/storeRoot';

/** Below this many bytes a full disk is met soon enough while writing. */
const WORTH_ASKING = 64 * 1024 * 1024;

/**
 * Refuses to fill a new store with what cannot fit (H9), before anything is written. Nothing that could fit is refused:
 * files of one size may be one content, large ones are not counted where they can be cloned, and of a store that has
 * content already nobody knows before reading what it lacks. (On a file system that compresses it may still be too strict.)
 * @param of.rows the files that are to be read
 * @throws DISK_FULL, with at most how much is missing; IO
 */
export function requireSpace(
  env: EngineEnv,
  store: Store,
  { table, rows }: { table: FileTable; rows: readonly number[] },
): void {
  const { sizes } = table.columns;
  const bytes = rows.reduce((sum, row) => sum + sizes[row]!, 0);
  if (bytes < WORTH_ASKING || !isEmpty(env, store)) {
    return;
  }
  const free = env.fs.freeBytes(store.path);
  if (free === undefined || bytes <= free) {
    return;
  }
  const limit = io('create', store.tmp, () => canClone(env, store)) ? WORTH_CLONING : Infinity;
  const distinct = new Set(rows.map((row) => sizes[row]!).filter((size) => size < limit));
  const needed = [...distinct].reduce((sum, size) => sum + size, 0);
  if (needed > free) {
    const full = new SnapdirError('DISK_FULL', { path: store.path });
    throw withMissing(env.fs, full, { path: store.path, bytes, files: rows.length });
  }
}

const isEmpty = (env: EngineEnv, { objects }: Store): boolean =>
  io('list', objects, () => env.fs.readdir(objects)).every(({ kind }) => kind !== 'dir');

/** Whether a file of the folder would share its bytes with its object. */
function canClone(env: EngineEnv, { root, tmp }: Store): boolean {
  const { fs } = env;
  ensureDir(fs, tmp, 0o700);
  if (fs.lstat(fs.realpath(root))?.dev !== fs.lstat(tmp)?.dev) {
    return false;
  }
  const [from, to] = [join(tmp, env.randomName()), join(tmp, env.randomName())];
  try {
    fs.close(fs.open(from, 'wx', 0o600));
    return fs.clone(from, to);
  } finally {
    discard(fs, from);
    discard(fs, to);
  }
}
