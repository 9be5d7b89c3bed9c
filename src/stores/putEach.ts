import { inParallel, Stopper } from '../base/parallel';
import type { BatchCall, PermanentStore, StoreBatch, Written } from '../core/permanentStore';

interface Content {
  key: string;
  bytes: Uint8Array;
}

function* contentsOf({ keys, sizes, bytes }: StoreBatch): Generator<Content, void, undefined> {
  let at = 0;
  for (const [n, key] of keys.entries()) {
    yield { key, bytes: bytes.subarray(at, (at += sizes[n]!)) };
  }
}

/**
 * Writes a batch one by one, some at once. When one fails no other is begun, those under way are stopped and waited for.
 * @throws the first error that is no cancellation; AbortError
 */
export async function putEach(
  store: PermanentStore,
  batch: StoreBatch,
  { width, signal, onWritten }: BatchCall,
): Promise<void> {
  const stopper = new Stopper(signal, new AbortController());
  const written: Written = { count: 0, bytes: 0 };
  try {
    await inParallel(contentsOf(batch), width, stopper, async ({ key, bytes }) => {
      await store.put(key, bytes, { signal: stopper.signal });
      written.count++;
      written.bytes += bytes.length;
      onWritten?.({ ...written });
    });
  } finally {
    stopper.dispose();
  }
}

/** Writes a batch as the store likes it best. @throws as {@link putEach} */
export const putAll = (store: PermanentStore, batch: StoreBatch, call: BatchCall): Promise<void> =>
  store.putMany?.(batch, call) ?? putEach(store, batch, call);
