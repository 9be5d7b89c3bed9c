import { MessageChannel } from 'node:worker_threads';

/** Of newer runtimes. */
type Movable = ArrayBuffer & { transfer?(length: number): ArrayBuffer };

/**
 * Gives memory back now, which nobody looks at any more: its arrays are empty after that. A thread that makes few objects
 * is not cleaned up for minutes, whatever they hold. Memory that threads share stays.
 */
export function freeMemory(...arrays: readonly ArrayBufferView[]): void {
  for (const { buffer } of arrays) {
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) {
      continue;
    }
    const memory = buffer as Movable;
    if (memory.transfer !== undefined) {
      memory.transfer(0);
      continue;
    }
    // Before Node 22: what is handed over to nobody is gone.
    const { port1, port2 } = new MessageChannel();
    port2.close();
    port1.postMessage(null, [memory]);
    port1.close();
  }
}
