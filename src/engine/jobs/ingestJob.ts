import { CancelledError, type CancelSignal } from '../../base/abort';
import { discard, writeAll } from '../disk/durable';
import type { Fs, Stat } from '../disk/fs';
import { errnoOf, throwOwnLack } from '../disk/fsErrors';
import { isOpenedAt } from '../disk/openedAt';
import type { Blake3Hasher } from '../hashing/blake3';
import { Flag, sameContentStat, setStat, setSum } from '../hashing/fileTable';
import { freshHasher, ioBuffer } from '../store/objects';
import { cloneDraft, draftPath, openDraft, WORTH_CLONING } from './drafts';
import { createInPlace, findObject, moveInPlace, type Objects } from './place';
import { itemPath, Slot, type SharedWork } from './sharedJob';

/** Reads files once: hash, and (unless the store has it) a copy: in its place, or in the job's folder. */
export interface IngestJob extends SharedWork, Objects {
  kind: 'ingest';
  /** false: hash only, write nothing. */
  store: boolean;
  /** A folder of this job's own below the store's `tmp/`; each thread has one inside. */
  jobDir: string;
  /**
   * true: objects are written straight to their place and nothing is synced; the coordinator has put up a
   * mark that says so (`store/unsynced.ts`). false: each is synced in the job's folder, to be published later.
   */
  direct: boolean;
  /** The real path of `root`, to tell where a file was opened; '' where nobody can (`openedAt.ts`). */
  real: string;
  /** The file system's time when the job began, in nanoseconds. */
  startNs: bigint;
  /** Item → why it failed, see {@link FAILURES}; and 1 + the thread that wrote its copy (0: none). */
  failures: Uint8Array;
  threads: Uint8Array;
  /** One element, see `Clones`. */
  clones: Int32Array;
}

/** Why a file could not be captured, by number in `failures`; 0: it could. */
export const FAILURES = ['', 'vanished', 'special', 'EACCES', 'EPERM', 'EIO', 'EBUSY', 'other'];
const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const ATTEMPTS = 3;

class ReadFailure extends Error {
  readonly failure: number;

  constructor(failure: number) {
    super(FAILURES[failure]);
    this.failure = failure;
  }
}

/**
 * Errors while reading concern this one file; errors while writing stop the whole take, and so does a lack of our own:
 * a take that succeeds without a file may say so only of a file that cannot be read.
 */
function reading<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    throwOwnLack(error, 'read', path);
    const index = VANISHED.has(errno) ? 1 : FAILURES.indexOf(errno);
    throw new ReadFailure(index === -1 ? FAILURES.length - 1 : index);
  }
}

/**
 * Captures one file. A file that changes under the reader is read again, up to three times (H14).
 * @param signal the coordinator's own: while it reads a large file, nobody else could stop it
 */
export function ingestOne(
  fs: Fs,
  job: IngestJob,
  item: number,
  thread: number,
  signal?: CancelSignal,
): void {
  const path = itemPath(job, item);
  const row = job.rows[item]!;
  const { flags } = job.columns;
  // What an earlier take that failed had noted of this row.
  flags[row]! &= ~(Flag.NEW | Flag.FAILED);
  try {
    for (let attempt = 1; ; attempt++) {
      const pass = readOnce(fs, job, { path, item, thread, signal });
      const stable = sameContentStat(job.columns, row, pass.stat);
      setStat(job.columns, row, pass.stat);
      if (stable || attempt === ATTEMPTS) {
        setSum(job.columns, row, pass.hex);
        flags[row]! |= Flag.HASHED | (stable ? 0 : Flag.UNSTABLE);
        settle(fs, job, item, pass);
        return;
      }
      dropDraft(fs, job, item);
    }
  } catch (error) {
    if (!(error instanceof ReadFailure)) {
      throw error;
    }
    dropDraft(fs, job, item);
    job.failures[item] = error.failure;
    flags[row]! |= Flag.FAILED;
  }
}

/** A copy is kept only when the store has not got the content already. */
function settle(fs: Fs, job: IngestJob, item: number, pass: Pass): void {
  const { flags } = job.columns;
  const row = job.rows[item]!;
  if (job.threads[item] === 0) {
    flags[row]! |= pass.placed ? Flag.NEW : 0;
    return;
  }
  if (findObject(fs, job, pass, job.startNs) === 'stored') {
    dropDraft(fs, job, item);
    return;
  }
  flags[row]! |= Flag.NEW;
  if (job.direct) {
    moveInPlace(fs, job, pass.hex, draftPath(job, job.threads[item]! - 1, item));
    job.threads[item] = 0;
  }
}

function dropDraft(fs: Fs, job: IngestJob, item: number): void {
  const thread = job.threads[item]! - 1;
  if (thread >= 0) {
    discard(fs, draftPath(job, thread, item));
    job.threads[item] = 0;
  }
}

interface Target {
  path: string;
  item: number;
  thread: number;
  signal: CancelSignal | undefined;
}

/** What one pass over a file gave. */
interface Pass {
  stat: Stat;
  hex: string;
  /** Bytes that were hashed. */
  size: number;
  /** The object was put in its place. */
  placed: boolean;
}

function readOnce(fs: Fs, job: IngestJob, target: Target): Pass {
  const fd = reading(target.path, () => fs.open(target.path, 'r'));
  try {
    const below = target.path.slice(job.root.length + 1);
    if (!reading(target.path, () => isOpenedAt(fs, fd, job.real, below))) {
      // What a link led to is not the folder's, and never comes into the store.
      throw new ReadFailure(FAILURES.indexOf('vanished'));
    }
    const expected = job.columns.sizes[job.rows[target.item]!]!;
    if (job.store && expected >= WORTH_CLONING && cloneDraft(fs, job, target, fd)) {
      return hashClone(fs, job, target, fd);
    }
    const buffer = ioBuffer();
    const hasher = freshHasher();
    const first = reading(target.path, () => fs.read(fd, buffer, 0, buffer.length));
    hasher.update(buffer, 0, first);
    // A file that fits the buffer is known whole before anything has to be written.
    const whole = first < buffer.length && first === expected;
    const size = whole ? first : first + streamRest(fs, job, target, { fd, first, hasher });
    const stat = statAfter(fs, target, fd, size);
    const hex = hasher.digest();
    const placed =
      whole && job.store && keep(fs, job, target, { hex, bytes: buffer.subarray(0, size) });
    return { stat, hex, size, placed };
  } finally {
    fs.close(fd);
  }
}

/**
 * The file's stat after it was read. What was read must be what it speaks of, or the next look would take
 * the sum on trust: an impossible time keeps the row from ever matching. The size is that of the object.
 */
function statAfter(fs: Fs, { path }: Target, fd: number, size: number): Stat {
  const stat = reading(path, () => fs.fstat(fd));
  if (stat.kind !== 'file') {
    throw new ReadFailure(FAILURES.indexOf('special'));
  }
  return size === stat.size ? stat : { ...stat, size, ctimeNs: -1n };
}

/** A clone is a moment of the file that nobody writes to any more: its own bytes are what is hashed. */
function hashClone(fs: Fs, job: IngestJob, target: Target, source: number): Pass {
  job.threads[target.item] = target.thread + 1;
  const clone = fs.open(draftPath(job, target.thread, target.item), 'r');
  try {
    const hasher = freshHasher();
    const size = streamPieces(fs, job, target, { fd: clone, hasher }, () => undefined);
    const stat = statAfter(fs, target, source, size);
    return { stat, hex: hasher.digest(), size, placed: false };
  } finally {
    fs.close(clone);
  }
}

/** Keeps content that is in memory whole. Returns whether it is in its place now and was not before. */
function keep(
  fs: Fs,
  job: IngestJob,
  target: Target,
  content: { hex: string; bytes: Uint8Array },
): boolean {
  const { hex, bytes } = content;
  const found = findObject(fs, job, { hex, size: bytes.length }, job.startNs);
  if (found === 'stored') {
    return false;
  }
  if (found === 'missing' && job.direct && createInPlace(fs, job, hex, bytes)) {
    return true;
  }
  // To be synced first (`publishJob.ts`); or something else lies there: torn by a kill, or just being written by another.
  writeDraft(fs, job, target, (out) => writeAll(fs, out, bytes));
  return false;
}

/** The rest of a large file: hashed and copied piece by piece, in constant memory. Returns its bytes. */
function streamRest(
  fs: Fs,
  job: IngestJob,
  target: Target,
  at: { fd: number; first: number; hasher: Blake3Hasher },
): number {
  if (!job.store) {
    return streamPieces(fs, job, target, at, () => undefined);
  }
  const buffer = ioBuffer();
  let size = 0;
  writeDraft(fs, job, target, (out) => {
    const keepPiece = (count: number): void => writeAll(fs, out, buffer, count);
    if (at.first > 0) {
      keepPiece(at.first);
    }
    size = streamPieces(fs, job, target, at, keepPiece);
  });
  return size;
}

/** Reads and hashes to the end, handing on each piece. Returns the bytes. */
function streamPieces(
  fs: Fs,
  job: IngestJob,
  target: Target,
  at: { fd: number; hasher: Blake3Hasher },
  onPiece: (count: number) => void,
): number {
  const buffer = ioBuffer();
  let size = 0;
  for (;;) {
    if (Atomics.load(job.state, Slot.STOP) !== 0 || target.signal?.aborted === true) {
      throw new CancelledError();
    }
    Atomics.add(job.state, Slot.BEAT, 1);
    const count = reading(target.path, () => fs.read(at.fd, buffer, 0, buffer.length));
    if (count === 0) {
      return size;
    }
    at.hasher.update(buffer, 0, count);
    size += count;
    onPiece(count);
  }
}

function writeDraft(fs: Fs, job: IngestJob, target: Target, write: (fd: number) => void): void {
  const fd = openDraft(fs, job, target);
  job.threads[target.item] = target.thread + 1;
  try {
    write(fd);
  } finally {
    fs.close(fd);
  }
}
