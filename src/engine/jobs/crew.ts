import { throwIfCancelled } from '../../base/abort';
import type { Control, EngineEnv } from '../context';
import { runPart, type SharedJob } from './runPart';
import { Slot, stopJob, throwIfStopped } from './sharedJob';

/** A sync of the file system that holds `path`, done by one helper. */
export interface SyncJob {
  kind: 'sync';
  path: string;
  result: Int32Array;
}

const SyncResult = { NONE: 0, BEGUN: 1, DONE: 2, FAILED: 3 } as const;

/** How often a waiting thread looks whether it was cancelled. */
const STEP_MS = 50;

/** When no helper has begun by then, the engine's own thread does it. */
const NOBODY_MS = 1_000;

/** Below this many items the hand-over costs more than it saves. */
const WORTH_SHARING = 256;
/** A helper that gave no sign of life for this long is given up; its items are done here. */
const PATIENCE_MS = 60_000;

/**
 * Runs a job to its end on this thread and the helpers.
 * @throws the error that stopped it (raw, with errno), AbortError
 */
export function runJob(
  env: EngineEnv,
  job: SharedJob,
  control: Control,
  onProgress?: (done: number) => void,
): void {
  if (job.count >= WORTH_SHARING) {
    env.crew?.start(job);
  }
  runPart(env.fs, job, 0, {
    signal: control.signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  // A helper that has not begun by now (it is just starting, or busy) finds the job closed.
  Atomics.store(job.state, Slot.CLOSED, 1);
  waitForHelpers(job, control, onProgress);
  throwIfCancelled(control.signal);
  throwIfStopped(job);
}

/**
 * Makes everything on a path's file system durable. Done by a helper where there is one: the sync of a busy
 * disk can take long, and nothing can interrupt it; so this thread can at least stop waiting.
 * @returns false where there is no such thing
 * @throws AbortError
 */
export function syncAll(env: EngineEnv, path: string, control: Control): boolean {
  const result = new Int32Array(new SharedArrayBuffer(4));
  if (env.crew === undefined || env.crew.start({ kind: 'sync', path, result }) === 0) {
    return env.fs.syncFileSystem(path);
  }
  for (let waited = 0; ; waited += STEP_MS) {
    const state = Atomics.load(result, 0);
    if (state === SyncResult.DONE || state === SyncResult.FAILED) {
      return state === SyncResult.DONE;
    }
    throwIfCancelled(control.signal);
    if (waited > NOBODY_MS) {
      // No helper is free, or none lives: whoever is first does it.
      doSync(env.fs, { path, result });
    }
    Atomics.wait(result, 0, state, STEP_MS);
  }
}

function waitForHelpers(
  job: SharedJob,
  control: Control,
  onProgress?: (done: number) => void,
): void {
  let beat = -1;
  let quiet = 0;
  for (;;) {
    const running = Atomics.load(job.state, Slot.RUNNING);
    if (running <= 0) {
      return;
    }
    Atomics.wait(job.state, Slot.RUNNING, running, STEP_MS);
    if (control.signal.aborted) {
      stopJob(job);
    }
    onProgress?.(Atomics.load(job.state, Slot.DONE));
    const now = Atomics.load(job.state, Slot.BEAT);
    quiet = now === beat ? quiet + STEP_MS : 0;
    beat = now;
    if (quiet > PATIENCE_MS) {
      stopJob(job, new Error('a worker thread stopped answering'));
      return;
    }
  }
}

/** What a helper does with what it is sent. */
export function helpWith(fs: EngineEnv['fs'], job: SharedJob | SyncJob, thread: number): void {
  if (job.kind === 'sync') {
    doSync(fs, job);
    return;
  }
  Atomics.add(job.state, Slot.RUNNING, 1);
  try {
    if (Atomics.load(job.state, Slot.CLOSED) === 0) {
      runPart(fs, job, thread);
    }
  } finally {
    Atomics.sub(job.state, Slot.RUNNING, 1);
    Atomics.notify(job.state, Slot.RUNNING);
  }
}

/** Several threads are sent it; the first one does it. */
function doSync(fs: EngineEnv['fs'], { path, result }: Pick<SyncJob, 'path' | 'result'>): void {
  if (Atomics.compareExchange(result, 0, SyncResult.NONE, SyncResult.BEGUN) !== SyncResult.NONE) {
    return;
  }
  const done = fs.syncFileSystem(path);
  Atomics.store(result, 0, done ? SyncResult.DONE : SyncResult.FAILED);
  Atomics.notify(result, 0);
}
