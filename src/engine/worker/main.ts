import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { giveWay } from '../../base/giveWay';
import { randomName } from './randomName';
import { serve } from './serve';
import type { EngineStart } from './protocol';

// What a process with one short errand loads instead of starting threads.
export { createDirectEngine } from './directEngine';
export { blake3 } from '../hashing/blake3';

/** Entry point of the engine's threads that answer calls. */
function work(port: MessagePort, start: EngineStart): void {
  if (start.background) {
    giveWay(process.platform, setPriority);
  }
  serve(port, start, { helperPath: join(__dirname, 'helper.cjs'), randomName });
}

if (parentPort !== null) {
  work(parentPort, workerData as EngineStart);
}
