import type { WorkerOptions } from 'node:worker_threads';
import type { WorkerStart } from './protocol';

/**
 * Megabytes for what a thread has just made. By default it is four times as much: it saves no time here, and a thread of
 * the editor would hold some thirty megabytes more for as long as the window is open.
 */
const YOUNG_MB = 12;

/** How a thread of the engine is started. In the editor it is to take little memory. */
export function workerOptions(workerData: WorkerStart): WorkerOptions {
  return workerData.background
    ? { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } }
    : { workerData };
}
