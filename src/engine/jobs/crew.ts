import { throwIfCancelled } from '../../base/abort';
import type { Control, EngineEnv } from '../context';
import { runPart, type SharedJob } from './runPart';
import { Slot, stopJob, throwIfStopped } from './sharedJob';

/** How often a waiting thread looks whether it was cancelled. */
const STEP_MS = 50;

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
  if (job.heavy === true ? job.count > 1 : job.count >= WORTH_SHARING) {
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
export function helpWith(fs: EngineEnv['fs'], job: SharedJob, thread: number): void {
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
