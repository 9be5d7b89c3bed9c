import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/invariant';
import { nodeFs } from '../disk/nodeFs';
import { helpWith } from '../jobs/crew';
import { serve } from './serve';
import type { JobMessage, WorkerStart } from './protocol';

const NICE = 5;

/** Entry point of every worker thread of the engine: one that answers calls, and its helpers. */
const start = workerData as WorkerStart;
const port = parentPort;
invariant(port, 'this file runs in a worker thread only');

/** On Linux a priority belongs to a thread, so the editor keeps its own. Elsewhere it would lose it, too. */
function giveWay(): void {
  try {
    setPriority(0, NICE);
  } catch {
    // Not allowed here: then the work is as urgent as any.
  }
}

if (start.background && process.platform === 'linux') {
  giveWay();
}
if (start.role === 'engine') {
  serve(port, start, { entry: __filename, randomName: () => randomBytes(16).toString('hex') });
} else {
  const { thread } = start;
  port.on('message', (message: JobMessage) => helpWith(nodeFs, message.job, thread));
}
