import { setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { giveWay } from '../../base/giveWay';
import { nodeFs } from '../disk/nodeFs';
import { helpWith } from '../jobs/crew';
import type { EndMessage, HelperStart, JobMessage } from './protocol';

/** A helper thread. A bundle of its own: it starts sooner, and takes less memory, without all that only the engine needs. */
function help(port: MessagePort, { thread, background }: HelperStart): void {
  if (background) {
    giveWay(process.platform, setPriority);
  }
  port.on('message', (message: JobMessage | EndMessage) =>
    message.type === 'end' ? port.close() : helpWith(nodeFs, message.job, thread),
  );
}

if (parentPort !== null) {
  help(parentPort, workerData as HelperStart);
}
