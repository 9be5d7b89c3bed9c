import type { WorkerOptions } from 'node:worker_threads';
import type { WorkerStart } from './protocol';

/**
 * Megabytes for what a thread has just made. By default it is four times as much: it saves no time here, and a thread of
 * the editor would hold some thirty megabytes more for as long as the window is open.
 */
const YOUNG_MB = 12;
/** Of the thread that only looks: what it has to do is small, or goes page by page. */
const YOUNG_LOOKING_MB = 8;

/** How a thread of the engine is started. In the editor it is to take little memory. */
export function workerOptions(workerData: WorkerStart): WorkerOptions {
  if (!workerData.background) {
    return { workerData };
  }
  const looks = workerData.role === 'engine' && workerData.looks;
  const maxYoungGenerationSizeMb = looks ? YOUNG_LOOKING_MB : YOUNG_MB;
  return { workerData, resourceLimits: { maxYoungGenerationSizeMb } };
}
