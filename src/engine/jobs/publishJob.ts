import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { draftPath } from './drafts';
import { moveInPlace, type Objects } from './place';
import type { SharedWork } from './sharedJob';

/** Moves synced copies to their place in `.objects`, and syncs the folders that got an entry. */
export interface PublishJob extends SharedWork, Objects {
  kind: 'publish';
  jobDir: string;
  /** Item → the item of the ingest job that made the copy. */
  drafts: Uint32Array;
  threads: Uint8Array;
}

const decoder = new TextDecoder('latin1');

/** Publishes one object. */
export function publishOne(fs: Fs, job: PublishJob, item: number): void {
  const at = job.rows[item]! * 64;
  const hex = decoder.decode(job.columns.sums.slice(at, at + 64));
  const draft = job.drafts[item]!;
  const from = draftPath(job, job.threads[draft]! - 1, draft);
  for (const dir of moveInPlace(fs, job, hex, from)) {
    unlessCollected(() => fs.fsyncDir(dir));
  }
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
