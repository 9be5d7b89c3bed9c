import { CancelledError, type CancelSignal } from '../../base/abort';
import type { DirEntry, Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { findDigest, wordsOfHex, type DigestColumns } from '../store/digestTable';
import { freshHasher, ioBuffer } from '../store/objects';
import { sharedState, Slot, type SharedState } from './sharedJob';

/** What a look at an object of the table found; 0: it is not there. */
export const Found = { GOOD: 1, ODD: 2 } as const;

/**
 * Goes through `.objects` or `.manifests`. Item = first-level folder. Only names of the layout count;
 * everything else that lies there is left alone (H53, H59).
 */
export interface SurveyJob extends SharedState {
  kind: 'survey';
  /** Absolute path of `.objects` or `.manifests`. */
  root: string;
  /** `hash`: read everything. `size`: stat everything. `strangers`: stat what the table does not have. */
  look: 'hash' | 'size' | 'strangers';
  /** The first-level folders, three digits each. */
  folders: string[];
  known: DigestColumns;
  /** Row → one of {@link Found}. */
  found: Uint8Array;
  /** By thread: how many were looked at, and their bytes. */
  totals: Float64Array;
  /** What is not in the table: with `hash` where it is damaged, with `strangers` all of it. */
  strangers: Strangers;
}

/** A list that all threads add to. It may have counted more than it had room for. */
export interface Strangers {
  /** One number: how many. */
  count: Int32Array;
  /** Eight words each. */
  words: Uint32Array;
  mtimes: BigInt64Array;
  sizes: Float64Array;
}

const MAX_THREADS = 64;
const SHARD = /^[0-9a-f]{3}$/;
const REST_DIGITS = 55;

/** A survey of what lies below `root`. */
export function surveyJob(
  fs: Fs,
  root: string,
  look: SurveyJob['look'],
  of: { known: DigestColumns; rows: number; room: number },
): SurveyJob {
  const folders = list(fs, root).filter(isShard);
  const { known, rows, room } = of;
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
  return {
    ...sharedState(folders.length),
    ...{ kind: 'survey', root, look, known },
    folders: folders.map(({ name }) => name),
    found: new Uint8Array(shared(rows)),
    totals: new Float64Array(shared(16 * MAX_THREADS)),
    strangers: {
      count: new Int32Array(shared(4)),
      words: new Uint32Array(shared(32 * room)),
      mtimes: new BigInt64Array(shared(8 * room)),
      sizes: new Float64Array(shared(8 * room)),
    },
  };
}

/** How many were looked at, and their bytes. */
export function totalsOf({ totals }: SurveyJob): { count: number; bytes: number } {
  const sum = { count: 0, bytes: 0 };
  for (let thread = 0; thread < MAX_THREADS; thread++) {
    sum.count += totals[2 * thread]!;
    sum.bytes += totals[2 * thread + 1]!;
  }
  return sum;
}

/** A folder that another process removed meanwhile is empty. */
function list(fs: Fs, dir: string): DirEntry[] {
  try {
    return fs.readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

const isShard = ({ name, kind }: DirEntry): boolean => kind === 'dir' && SHARD.test(name);

/** What one thread knows while it goes through one first-level folder. */
interface Walk {
  fs: Fs;
  job: SurveyJob;
  thread: number;
  stopped: () => boolean;
}

/** Goes through one first-level folder. */
export function surveyOne(
  fs: Fs,
  job: SurveyJob,
  item: number,
  thread: number,
  signal?: CancelSignal,
): void {
  const stopped = (): boolean =>
    signal?.aborted === true || Atomics.load(job.state, Slot.STOP) !== 0;
  const walk: Walk = { fs, job, thread, stopped };
  const first = job.folders[item]!;
  for (const second of list(fs, `${job.root}/${first}`).filter(isShard)) {
    const dir = `${job.root}/${first}/${second.name}`;
    if (stopped()) {
      throw new CancelledError();
    }
    for (const third of list(fs, dir).filter(isShard)) {
      surveyFolder(walk, `${dir}/${third.name}`, first + second.name + third.name);
    }
  }
}

function surveyFolder(walk: Walk, dir: string, prefix: string): void {
  for (const { name, kind } of list(walk.fs, dir)) {
    if (kind === 'file' && name.length === REST_DIGITS && wordsOfHex(prefix + name, wanted)) {
      lookAt(walk, `${dir}/${name}`, prefix + name);
    }
  }
}

const wanted = new Uint32Array(8);

/** `wanted` holds the address. */
function lookAt(walk: Walk, path: string, hex: string): void {
  const { job } = walk;
  const row = findDigest(job.known, wanted);
  if (job.look === 'hash') {
    hashOne(walk, path, hex, row);
    return;
  }
  if (job.look === 'strangers' && row >= 0) {
    return;
  }
  const stat = walk.fs.lstat(path);
  if (stat?.kind !== 'file') {
    return;
  }
  count(walk, stat.size);
  if (row < 0) {
    addStranger(job.strangers, stat.mtimeNs, stat.size);
  }
}

function count({ job, thread }: Walk, bytes: number): void {
  job.totals[2 * thread]! += 1;
  job.totals[2 * thread + 1]! += bytes;
}

function addStranger(strangers: Strangers, mtimeNs: bigint, size: number): void {
  const at = Atomics.add(strangers.count, 0, 1);
  if (at < strangers.sizes.length) {
    strangers.words.set(wanted, 8 * at);
    strangers.mtimes[at] = mtimeNs;
    strangers.sizes[at] = size;
  }
}

/** Reads one object whole. What cannot be read is damaged; what vanished is not there. */
function hashOne(walk: Walk, path: string, hex: string, row: number): void {
  const { job } = walk;
  let bytes = -1;
  try {
    bytes = hashFile(walk, path, hex);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    if (errno === 'ENOENT') {
      return;
    }
  }
  if (row >= 0) {
    job.found[row] = bytes < 0 ? Found.ODD : Found.GOOD;
  } else if (bytes < 0) {
    addStranger(job.strangers, 0n, 0);
  }
  if (bytes >= 0) {
    count(walk, bytes);
  }
}

/** The object's bytes, or −1 where its content is not what its name says. */
function hashFile({ fs, job, stopped }: Walk, path: string, hex: string): number {
  const fd = fs.open(path, 'r');
  try {
    const buffer = ioBuffer();
    const hasher = freshHasher();
    let total = 0;
    for (;;) {
      const read = fs.read(fd, buffer, 0, buffer.length);
      if (read === 0) {
        return hasher.digest() === hex ? total : -1;
      }
      hasher.update(buffer, 0, read);
      total += read;
      if (read === buffer.length) {
        Atomics.add(job.state, Slot.BEAT, 1);
        if (stopped()) {
          throw new CancelledError();
        }
      }
    }
  } finally {
    fs.close(fd);
  }
}
