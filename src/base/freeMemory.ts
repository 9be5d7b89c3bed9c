interface Port {
  postMessage(message: unknown, handOver?: readonly ArrayBuffer[]): void;
  close(): void;
}

/** Of newer runtimes. */
type Movable = ArrayBuffer & { transfer?(length: number): ArrayBuffer };

/**
 * Gives memory back now, which nobody looks at any more: its arrays are empty after that. A thread that makes few objects
 * is not cleaned up for minutes, whatever they hold. Memory that threads share stays, and so does an array that is a part
 * of something larger.
 */
export function freeMemory(...arrays: readonly ArrayBufferView[]): void {
  const whole = new Set<Movable>();
  for (const { buffer, byteLength } of arrays) {
    if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) {
      whole.add(buffer);
    }
  }
  if ('transfer' in ArrayBuffer.prototype) {
    whole.forEach((buffer) => buffer.transfer?.(0));
    return;
  }
  if (whole.size === 0) {
    return;
  }
  // Before Node 22: what is handed over to nobody is gone.
  const { MessageChannel: Channel } = globalThis as unknown as {
    MessageChannel: new () => { port1: Port; port2: Port };
  };
  const { port1, port2 } = new Channel();
  port2.close();
  port1.postMessage(null, [...whole]);
  port1.close();
}
