import { discard, ensureDir } from '../disk/durable';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';

/** Where the threads of a job keep copies until they are published. */
interface Drafts {
  /** A folder of this job's own below the store's `tmp/`; each thread has one inside. */
  jobDir: string;
  /** One element, see {@link Clones}. */
  clones: Int32Array;
}

interface Item {
  item: number;
  thread: number;
}

/** Whether the file system can clone: found out by the first large file. */
export const Clones = { UNKNOWN: 0, YES: 1, NO: 2 } as const;

/** Below this a copy is as fast as a clone. */
export const WORTH_CLONING = 1024 * 1024;

/** Where a thread keeps an item's copy. */
export function draftPath(job: Pick<Drafts, 'jobDir'>, thread: number, item: number): string {
  return `${job.jobDir}/${thread}/${item}`;
}

function makeFolder(fs: Fs, job: Drafts, thread: number): void {
  ensureDir(fs, job.jobDir, 0o700);
  ensureDir(fs, `${job.jobDir}/${thread}`, 0o700);
}

/** Creates an item's copy, still empty. */
export function openDraft(fs: Fs, job: Drafts, { item, thread }: Item): number {
  const path = draftPath(job, thread, item);
  try {
    return fs.open(path, 'wx', 0o600);
  } catch (error) {
    // This thread's first copy: its folder is not there yet.
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
    makeFolder(fs, job, thread);
    return fs.open(path, 'wx', 0o600);
  }
}

/** Makes an item's copy as a clone of an open file. false: there are no clones here. */
export function cloneDraft(fs: Fs, job: Drafts, { item, thread }: Item, source: number): boolean {
  if (Atomics.load(job.clones, 0) === Clones.NO) {
    return false;
  }
  makeFolder(fs, job, thread);
  const path = draftPath(job, thread, item);
  if (!fs.clone(source, path)) {
    Atomics.store(job.clones, 0, Clones.NO);
    // Some systems have made the file by the time they find out.
    discard(fs, path);
    return false;
  }
  Atomics.store(job.clones, 0, Clones.YES);
  // It came with its file's mode and perhaps its time; it is an object of our own, made now.
  fs.chmod(path, 0o600);
  fs.touch(path);
  return true;
}
