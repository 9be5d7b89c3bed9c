import { SnapdirError } from '../../core/errors';
import type { PermanentStore, StoreCall, StoreEntry } from '../../core/permanentStore';
import { ElsewhereError } from './failure';

/**
 * Whether the editor's thread may reach what this one does not: through a proxy, or with certificates that the editor takes
 * from the system.
 */
const isElsewhere = (error: unknown): boolean =>
  error instanceof ElsewhereError || SnapdirError.is(error, 'REMOTE_CERTIFICATE');

/** A store, until it turns out that only another one reaches the same place: then that one, from that call on. */
export function orElsewhere(
  first: PermanentStore,
  open: () => Promise<PermanentStore>,
): PermanentStore {
  let other: Promise<PermanentStore> | undefined;
  let now = first;
  const change = async (): Promise<PermanentStore> => {
    other ??= open();
    now = await other;
    return now;
  };
  const either = async <T>(work: (store: PermanentStore) => Promise<T>): Promise<T> => {
    if (other !== undefined) {
      return await work(await other);
    }
    try {
      return await work(first);
    } catch (error) {
      if (!isElsewhere(error)) {
        throw error;
      }
      return await work(await change());
    }
  };
  async function* list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    let last = call.startAfter;
    try {
      for await (const entry of now.list(prefix, call)) {
        last = entry.key;
        yield entry;
      }
    } catch (error) {
      if (now !== first || !isElsewhere(error)) {
        throw error;
      }
      const rest = last === undefined ? call : { ...call, startAfter: last };
      yield* (await change()).list(prefix, rest);
    }
  }
  return {
    id: first.id,
    url: first.url,
    concurrency: () => now.concurrency(),
    capabilities: (call) => either((store) => store.capabilities(call)),
    head: (key, call) => either((store) => store.head(key, call)),
    get: (key, call) => either((store) => store.get(key, call)),
    list,
    put: (key, content, call) => either((store) => store.put(key, content, call)),
    delete: (key, call) => either((store) => store.delete(key, call)),
    close: async () => {
      await first.close();
      await (await other?.catch(() => undefined))?.close();
    },
  };
}
