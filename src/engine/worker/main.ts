import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/invariant';
import { nodeFs } from '../disk/nodeFs';
import { helpWith } from '../jobs/crew';
import { serve } from './serve';
import type { JobMessage, WorkerStart } from './protocol';

/** Entry point of every worker thread of the engine: one that answers calls, and its helpers. */
const start = workerData as WorkerStart;
const port = parentPort;
invariant(port, 'this file runs in a worker thread only');

if (start.role === 'engine') {
  serve(port, start, { entry: __filename, randomName: () => randomBytes(16).toString('hex') });
} else {
  const { thread } = start;
  port.on('message', (message: JobMessage) => helpWith(nodeFs, message.job, thread));
}
