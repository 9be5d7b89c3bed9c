import type { CancelSignal } from '../../base/abort';
import type { Fs } from '../disk/fs';
import { copyOne, type CopyJob } from './copyJob';
import { hashRow, type HashJob } from './hashJob';
import { ingestOne, type IngestJob } from './ingestJob';
import { publishOne, type PublishJob } from './publishJob';
import { recheckOne, type RecheckJob } from './recheckJob';
import { removeOne, type RemoveJob } from './removeJob';
import { Slot, stopJob } from './sharedJob';
import { sizeOne, type SizesJob } from './sizesJob';
import { surveyOne, type SurveyJob } from './surveyJob';
import { syncOne, type SyncJob } from './syncJob';

export type SharedJob =
  | CopyJob
  | HashJob
  | IngestJob
  | PublishJob
  | RecheckJob
  | RemoveJob
  | SizesJob
  | SurveyJob
  | SyncJob;

/** Items that a thread takes at a time: few enough to share evenly, many enough to be cheap. */
const RUN = {
  copy: 32,
  hash: 32,
  ingest: 8,
  publish: 32,
  recheck: 64,
  remove: 1,
  sizes: 64,
  survey: 1,
  sync: 1,
} as const;

function perform(
  fs: Fs,
  job: SharedJob,
  item: number,
  thread: number,
  signal?: CancelSignal,
): void {
  switch (job.kind) {
    case 'copy':
      return copyOne(fs, job, item, signal);
    case 'hash':
      return hashRow(fs, job, item, signal);
    case 'ingest':
      return ingestOne(fs, job, item, thread, signal);
    case 'publish':
      return publishOne(fs, job, item);
    case 'recheck':
      return recheckOne(fs, job, item);
    case 'sizes':
      return sizeOne(fs, job, item);
    case 'survey':
      return surveyOne(fs, job, item, thread, signal);
    case 'remove':
      return removeOne(fs, job);
    case 'sync':
      return syncOne(fs, job);
  }
}

/**
 * One thread's part of a job. Returns when no item is left or the job was stopped; never throws.
 * @param thread 0 for the coordinator, 1… for helpers
 */
export function runPart(
  fs: Fs,
  job: SharedJob,
  thread: number,
  hooks: { signal?: CancelSignal; onProgress?: (done: number) => void } = {},
): void {
  const run = job.heavy === true ? 1 : RUN[job.kind];
  try {
    for (;;) {
      const first = Atomics.add(job.state, Slot.NEXT, run);
      if (first >= job.count) {
        return;
      }
      const end = Math.min(first + run, job.count);
      for (let item = first; item < end; item++) {
        // A stat takes so little that looking at the flags each time would cost a tenth of it.
        if ((item === first || job.kind !== 'recheck') && isOver(job, hooks.signal)) {
          return;
        }
        perform(fs, job, item, thread, hooks.signal);
      }
      // Counted whether or not anybody listens on this thread.
      const done = Atomics.add(job.state, Slot.DONE, end - first) + end - first;
      hooks.onProgress?.(done);
    }
  } catch (error) {
    if (isHalt(error)) {
      throw error;
    }
    stopJob(job, error);
  }
}

/** Gives a sign of life, and says whether somebody stopped the job. */
function isOver(job: SharedJob, signal?: CancelSignal): boolean {
  Atomics.add(job.state, Slot.BEAT, 1);
  if (signal?.aborted === true) {
    stopJob(job);
  }
  return Atomics.load(job.state, Slot.STOP) !== 0;
}

/** The crash model ends a run with an error of its own that nothing may catch. */
function isHalt(error: unknown): boolean {
  return error instanceof Error && error.name === 'Halt';
}
