import type { Readable } from 'node:stream';
import { CancelledError } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { StoreCall } from '../../core/permanentStore';

/** What an answer said of its body. */
export interface BodyFacts {
  store: string;
  host: string;
  key: string;
  /** Bytes that were announced; undefined where they were not. */
  length: number | undefined;
  timeoutSeconds: number;
}

/**
 * All of an answer's body. Without a sign of life for so many seconds it is given up.
 * @throws REMOTE_TRUNCATED, REMOTE_TIMEOUT, AbortError, the network's own errors
 */
export function readBody(body: Readable, facts: BodyFacts, call: StoreCall): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let got = 0;
    const end = (finish: () => void): void => {
      clearTimeout(idle);
      call.signal?.removeEventListener('abort', cancel);
      finish();
    };
    const fail = (error: Error): void => {
      end(() => reject(error));
      body.destroy();
    };
    const cancel = (): void => fail(new CancelledError());
    const { store, host, key, length, timeoutSeconds: seconds } = facts;
    const idle = setTimeout(
      () => fail(new SnapdirError('REMOTE_TIMEOUT', { store, host, seconds })),
      seconds * 1000,
    );
    let last = performance.now();
    // The socket has a limit of its own, which may come first.
    const short = (): SnapdirError =>
      performance.now() - last > seconds * 900
        ? new SnapdirError('REMOTE_TIMEOUT', { store, host, seconds })
        : new SnapdirError('REMOTE_TRUNCATED', { store, key, expected: length ?? 0, actual: got });
    body.on('data', (chunk: Buffer) => {
      idle.refresh();
      last = performance.now();
      chunks.push(chunk);
      got += chunk.length;
    });
    // After `fail` the promise is settled, and what comes then changes nothing.
    body.once('error', (error) => fail(length !== undefined && got < length ? short() : error));
    body.once('end', () =>
      end(() => (length === undefined || got === length ? resolve(join(chunks)) : reject(short()))),
    );
    body.once('close', () => end(() => reject(short())));
    call.signal?.addEventListener('abort', cancel);
    if (call.signal?.aborted === true) {
      cancel();
    }
  });
}

/** One piece keeps its memory; nobody else holds it. */
function join(chunks: Buffer[]): Uint8Array {
  const [only] = chunks;
  const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
