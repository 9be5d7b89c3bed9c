import { CancelledError, type CancelSignal } from '../../base/abort';
import { EMPTY_COUNT } from '../disk/folderCounts';
import type { DirEntry, Fs } from '../disk/fs';
import { errnoOf, throwOwnLack } from '../disk/fsErrors';
import { findDigest, wordsOfHex, type DigestColumns } from '../store/digestTable';
import { checkFile } from './checkFile';
import { sharedState, Slot, type SharedState } from './sharedJob';
import { foldersIn, NOWHERE, type Spread } from './spread';

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
  /** `size`: stat everything. `strangers`: stat what the table does not have. `hash`: read that. */
  look: 'size' | 'strangers' | 'hash';
  /** The first-level folders, three digits each. */
  folders: string[];
  known: DigestColumns;
  /**
   * Where what the table has lies, on a file system whose folders count what is in them (`folderCounts.ts`):
   * a folder whose count is just that is not listed. So a stranger beside an object of the table in one and the
   * same folder of the third level, as for one pair in 69 billion, goes unseen. Empty: everything is listed.
   */
  spread: Spread;
  /** By thread: how many were looked at, and their bytes. */
  totals: Float64Array;
  /** What is not in the table: with `hash` where it is damaged, otherwise all of it. */
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
  of: { known: DigestColumns; room: number },
): SurveyJob {
  const folders = list(fs, root).filter(isShard);
  const { known, room } = of;
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
  return {
    ...sharedState(folders.length),
    ...{ kind: 'survey', root, look, known, spread: NOWHERE },
    folders: folders.map(({ name }) => name),
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
  const expected = foldersIn(job.spread, first);
  const top = `${job.root}/${first}`;
  const seconds = isAsExpected(fs, top, expected.size)
    ? [...expected.keys()]
    : list(fs, top)
        .filter(isShard)
        .map(({ name }) => name);
  for (const second of seconds) {
    if (stopped()) {
      throw new CancelledError();
    }
    const dir = `${top}/${second}`;
    if (!isAsExpected(fs, dir, expected.get(second) ?? 0) && isFolder(fs, job, dir)) {
      for (const third of list(fs, dir).filter(isShard)) {
        surveyFolder(walk, `${dir}/${third.name}`, first + second + third.name);
      }
    }
  }
}

/** Whether a folder holds as many folders as what the table has needs: then it holds no others. */
function isAsExpected(fs: Fs, dir: string, folders: number): boolean {
  if (folders === 0) {
    return false;
  }
  const stat = fs.lstat(dir);
  return stat?.kind === 'dir' && stat.nlink === EMPTY_COUNT + folders;
}

/** What was not listed may be anything by now: no link is followed. */
function isFolder(fs: Fs, { spread }: SurveyJob, dir: string): boolean {
  return spread.length === 0 || fs.lstat(dir)?.kind === 'dir';
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
  if (job.look !== 'size' && row >= 0) {
    return;
  }
  if (job.look === 'hash') {
    hashOne(walk, path, hex);
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
function hashOne(walk: Walk, path: string, hex: string): void {
  const { job, fs, stopped } = walk;
  let bytes = -1;
  try {
    bytes = checkFile(fs, job, { path, hex, stopped });
  } catch (error) {
    throwOwnLack(error, 'read', path);
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    if (errno === 'ENOENT') {
      return;
    }
  }
  if (bytes >= 0) {
    count(walk, bytes);
  } else {
    wordsOfHex(hex, wanted);
    addStranger(job.strangers, 0n, 0);
  }
}
