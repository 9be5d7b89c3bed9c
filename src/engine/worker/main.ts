import { setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { giveWay } from '../../base/giveWay';
import { nodeFs } from '../disk/nodeFs';
import { helpWith } from '../jobs/crew';
import { randomName } from './randomName';
import { serve } from './serve';
import type { EndMessage, JobMessage, WorkerStart } from './protocol';

// What a process with one short errand loads instead of starting threads.
export { createDirectEngine } from './directEngine';
export { blake3 } from '../hashing/blake3';

/** Entry point of every worker thread of the engine: one that answers calls, and its helpers. */
function work(port: MessagePort, start: WorkerStart): void {
  if (start.background) {
    giveWay(process.platform, setPriority);
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
