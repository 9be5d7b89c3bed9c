import { syncFile } from '../disk/durable';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { draftPath } from './drafts';
import { moveInPlace, type Objects } from './place';
import type { SharedWork } from './sharedJob';

/** Syncs copies and moves them to their place in `.objects`. */
export interface PublishJob extends SharedWork, Objects {
  kind: 'publish';
  jobDir: string;
  /** Item → the item of the ingest job that made the copy. */
  drafts: Uint32Array;
  threads: Uint8Array;
}

const decoder = new TextDecoder('latin1');

/** Publishes one of many objects, synced with its folders by whichever thread has it. */
export function publishOne(fs: Fs, job: PublishJob, item: number): void {
  syncFile(fs, draftOf(job, item));
  for (const dir of place(fs, job, item)) {
    unlessCollected(() => fs.fsyncDir(dir));
  }
}

/**
 * Publishes a few objects, on this thread: all are written before the first is synced, and all are in place before
 * the first folder is synced. A journal that has been written for one of them has the others in it, too, so that
 * one wait for the disk does.
 */
export function publishAll(fs: Fs, job: PublishJob): void {
  for (let item = 0; item < job.count; item++) {
    syncFile(fs, draftOf(job, item));
  }
  const changed = new Set<string>();
  for (let item = 0; item < job.count; item++) {
    place(fs, job, item).forEach((dir) => changed.add(dir));
  }
  for (const dir of changed) {
    unlessCollected(() => fs.fsyncDir(dir));
  }
}

/** @returns the folders that got an entry, the object's own first */
function place(fs: Fs, job: PublishJob, item: number): string[] {
  const at = job.rows[item]! * 64;
  const hex = decoder.decode(job.columns.sums.slice(at, at + 64));
  return moveInPlace(fs, job, hex, draftOf(job, item));
}

function draftOf(job: PublishJob, item: number): string {
  const draft = job.drafts[item]!;
  return draftPath(job, job.threads[draft]! - 1, draft);
}

/** What a collection removed needs no sync; `take` sees that one ran, and looks again. */
function unlessCollected(sync: () => void): void {
  try {
    sync();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}
