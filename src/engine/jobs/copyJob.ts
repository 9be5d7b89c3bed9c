import { CancelledError, type CancelSignal } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import { shard } from '../../core/storeLayout';
import { discard, writeAll } from '../disk/durable';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { setStat } from '../hashing/fileTable';
import { freshHasher, ioBuffer } from '../store/objects';
import { Clones, WORTH_CLONING } from './drafts';
import { itemPath, Slot, sumOf, type SharedWork } from './sharedJob';

/**
 * Copies objects out of the store to new files, each checked while it is copied: what is written is what
 * was hashed. `columns` hold, item by item, what is wanted (checksum, size, mode), and afterwards the stat.
 */
export interface CopyJob extends SharedWork {
  kind: 'copy';
  objects: string;
  /** The mode bits that a new file gets when it is made with all of them: what the umask leaves. */
  keptModes: number;
  /** Sync what cannot be opened again at once; of the rest the coordinator sees to it when all are written. */
  syncShut: boolean;
  /** Note each file's stat when it is done. */
  wantStats: boolean;
  /** Item → 1: the store has not got its object (the trash may). The other items go on. */
  missing: Uint8Array;
  /** One element: bytes written so far. */
  bytes: BigInt64Array;
  /** One element, see {@link Clones}. */
  clones: Int32Array;
}

/** With these a file can be opened again to sync it, on every platform. */
const OPENS_AGAIN = 0o600;

/** Whether a file of this mode can be opened again by its owner, to sync it. */
export const opensAgain = (mode: number): boolean => (mode & OPENS_AGAIN) === OPENS_AGAIN;

interface Target {
  item: number;
  hex: string;
  from: string;
  to: string;
  signal: CancelSignal | undefined;
}

/**
 * Copies one object. On failure nothing is left at its place.
 * @param signal the coordinator's own: while it copies a large file, nobody else could stop it
 * @throws INTEGRITY, AbortError and raw errors, with the number of the `item`
 */
export function copyOne(fs: Fs, job: CopyJob, item: number, signal?: CancelSignal): void {
  const hex = sumOf(job, item);
  const from = `${job.objects}/${shard(hex)}`;
  const target = { item, hex, from, to: itemPath(job, item), signal };
  try {
    if (job.columns.sizes[item]! < WORTH_CLONING || !cloneTo(fs, job, target)) {
      copyTo(fs, job, target);
    }
  } catch (error) {
    throw Object.assign(error as Error, { item });
  }
}

function openObject(fs: Fs, job: CopyJob, target: Target): number | undefined {
  try {
    return fs.open(target.from, 'r');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ELOOP') {
      throw error;
    }
    job.missing[target.item] = 1;
    return undefined;
  }
}

function copyTo(fs: Fs, job: CopyJob, target: Target): void {
  const source = openObject(fs, job, target);
  if (source === undefined) {
    return;
  }
  try {
    const mode = job.columns.modes[target.item]!;
    const fd = fs.open(target.to, 'wx', mode);
    discardOnError(fs, target.to, fd, () => {
      stream(fs, job, target, source, (bytes, count) => writeAll(fs, fd, bytes, count));
      finish(fs, job, target, fd, (mode & ~job.keptModes) !== 0);
    });
  } finally {
    fs.close(source);
  }
}

/** Ends with the descriptor closed, and with no file when the work failed. */
function discardOnError(fs: Fs, path: string, fd: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    fs.close(fd);
    discard(fs, path);
    throw error;
  }
  fs.close(fd);
}

/** Reads and hashes to the end, handing on each piece. */
function stream(
  fs: Fs,
  job: CopyJob,
  target: Target,
  fd: number,
  onPiece: (bytes: Uint8Array, count: number) => void,
): void {
  const size = job.columns.sizes[target.item]!;
  const buffer = ioBuffer();
  const hasher = freshHasher();
  let total = 0;
  for (;;) {
    const count = fs.read(fd, buffer, 0, buffer.length);
    hasher.update(buffer, 0, count);
    onPiece(buffer, count);
    total += count;
    // As long as it should be: the checksum tells whether it is what it should be.
    if (count === 0 || total === size) {
      break;
    }
    if (Atomics.load(job.state, Slot.STOP) !== 0 || target.signal?.aborted === true) {
      throw new CancelledError();
    }
    Atomics.add(job.state, Slot.BEAT, 1);
  }
  const actual = hasher.digest();
  if (actual !== target.hex) {
    const { hex } = target;
    throw new SnapdirError('INTEGRITY', { address: hex, expected: hex, actual });
  }
  Atomics.add(job.bytes, 0, BigInt(total));
}

function finish(fs: Fs, job: CopyJob, target: Target, fd: number, chmod: boolean): void {
  const mode = job.columns.modes[target.item]!;
  if (chmod) {
    fs.chmod(target.to, mode);
  }
  if (job.syncShut && !opensAgain(mode)) {
    fs.fsync(fd);
  }
  if (job.wantStats) {
    setStat(job.columns, target.item, fs.fstat(fd));
  }
}

/** Clones a large object and checks the clone. false: it has to be copied. */
function cloneTo(fs: Fs, job: CopyJob, target: Target): boolean {
  if (Atomics.load(job.clones, 0) === Clones.NO || fs.lstat(target.from)?.kind !== 'file') {
    return false;
  }
  if (!fs.clone(target.from, target.to)) {
    Atomics.store(job.clones, 0, Clones.NO);
    return false;
  }
  Atomics.store(job.clones, 0, Clones.YES);
  let fd: number;
  try {
    fd = fs.open(target.to, 'r');
  } catch (error) {
    discard(fs, target.to);
    throw error;
  }
  discardOnError(fs, target.to, fd, () => {
    stream(fs, job, target, fd, () => undefined);
    // A clone may come with its object's time; to whoever looks at it, it is a new file.
    fs.touch(target.to);
    finish(fs, job, target, fd, true);
  });
  return true;
}
