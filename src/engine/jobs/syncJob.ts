import { throwIfCancelled } from '../../base/abort';
import type { Control, EngineEnv } from '../context';
import type { Fs } from '../disk/fs';
import { sharedState, Slot, stopJob, throwIfStopped, type SharedState } from './sharedJob';

/** Makes everything durable that was written to the file system of `path`. */
export interface SyncJob extends SharedState {
  kind: 'sync';
  path: string;
  /** One element, see {@link Synced}. */
  result: Int32Array;
}

/** What became of a sync. */
const Synced = { PENDING: 0, YES: 1, NO: 2 } as const;

/** Never throws: what failed is thrown by the coordinator. */
export function syncOne(fs: Fs, job: SyncJob): void {
  let result: number = Synced.NO;
  try {
    result = fs.syncFileSystem(job.path) ? Synced.YES : Synced.NO;
  } catch (error) {
    stopJob(job, error);
  }
  Atomics.store(job.result, 0, result);
  Atomics.notify(job.result, 0);
}

const STEP_MS = 20;
/** A thread that could not say within this time that it has taken the job has died, or is at something else. */
const PATIENCE_MS = 2000;

/**
 * Syncs a file system on another thread where there is one, so that a cancellation need not wait for the
 * disk: the sync itself goes on then, and harms nobody.
 * @returns false where a file system cannot be synced as a whole
 * @throws AbortError, and what the system says of a sync that failed
 */
export function syncInBackground(env: EngineEnv, path: string, control: Control): boolean {
  const result = new Int32Array(new SharedArrayBuffer(4));
  const job: SyncJob = { ...sharedState(1), kind: 'sync', path, result };
  if ((env.crew?.start(job) ?? 0) === 0) {
    return env.fs.syncFileSystem(path);
  }
  for (let waited = 0; Atomics.load(result, 0) === Synced.PENDING; waited += STEP_MS) {
    throwIfCancelled(control.signal);
    Atomics.wait(result, 0, Synced.PENDING, STEP_MS);
    // Whoever adds the first of these has the job.
    if (waited > PATIENCE_MS && Atomics.compareExchange(job.state, Slot.NEXT, 0, 1) === 0) {
      return env.fs.syncFileSystem(path);
    }
  }
  throwIfStopped(job);
  return Atomics.load(result, 0) === Synced.YES;
}
