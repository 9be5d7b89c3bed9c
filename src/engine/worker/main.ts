import { setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { nodeFs } from '../disk/nodeFs';
import { helpWith } from '../jobs/crew';
import { randomName } from './randomName';
import { serve } from './serve';
import type { EndMessage, JobMessage, WorkerStart } from './protocol';

const NICE = 5;

// What a process with one short errand loads instead of starting threads.
export { createDirectEngine } from './directEngine';
export { blake3 } from '../hashing/blake3';

/** On Linux a priority belongs to a thread, so the editor keeps its own. Elsewhere it would lose it, too. */
function giveWay(): void {
  try {
    setPriority(0, NICE);
  } catch {
    // Not allowed here: then the work is as urgent as any.
  }
}

/** Entry point of every worker thread of the engine: one that answers calls, and its helpers. */
function work(port: MessagePort, start: WorkerStart): void {
  if (start.background && process.platform === 'linux') {
    giveWay();
  }
  if (start.role === 'engine') {
    serve(port, start, { entry: __filename, randomName });
  } else {
    const { thread } = start;
    port.on('message', (message: JobMessage | EndMessage) =>
      message.type === 'end' ? port.close() : helpWith(nodeFs, message.job, thread),
    );
  }
}

if (parentPort !== null) {
  work(parentPort, workerData as WorkerStart);
}
