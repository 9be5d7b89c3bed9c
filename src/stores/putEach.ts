import { isCancelled, throwIfCancelled } from '../base/abort';
import type { BatchCall, PermanentStore, StoreBatch, Written } from '../core/permanentStore';
import { manyWait } from './signals';

/**
 * Writes a batch one by one, some at once. When one fails no other is begun, those under way are stopped and waited for.
 * @throws the first error that is no cancellation; AbortError
 */
export async function putEach(
  store: PermanentStore,
  { keys, sizes, bytes }: StoreBatch,
  { width, signal, onWritten }: BatchCall,
): Promise<void> {
  throwIfCancelled(signal);
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  manyWait(signal);
  signal?.addEventListener('abort', cancel);
  const written: Written = { count: 0, bytes: 0 };
  const errors: unknown[] = [];
  let [next, at] = [0, 0];
  const run = async (): Promise<void> => {
    while (next < keys.length && !stop.signal.aborted) {
      const [key, size, from] = [keys[next]!, sizes[next]!, at];
      next++;
      at += size;
      await store.put(key, bytes.subarray(from, from + size), { signal: stop.signal });
      written.count++;
      written.bytes += size;
      onWritten?.({ ...written });
    }
  };
  const runs = Array.from({ length: Math.max(1, Math.min(width, keys.length)) }, () =>
    run().catch((error: unknown) => {
      errors.push(error);
      stop.abort();
    }),
  );
  await Promise.all(runs);
  signal?.removeEventListener('abort', cancel);
  throwIfCancelled(signal);
  if (errors.length > 0) {
    throw errors.find((error) => !isCancelled(error)) ?? errors[0];
  }
}

/** Writes a batch as the store likes it best. @throws as {@link putEach} */
export const putAll = (store: PermanentStore, batch: StoreBatch, call: BatchCall): Promise<void> =>
  store.putMany?.(batch, call) ?? putEach(store, batch, call);
