import type { PermanentStore } from '../../src/core/permanentStore';
import type { MemoryStore } from '../../src/stores/memory/memoryStore';

/** A store whose requests are written down, and can be held up, failed or changed. */
export interface Watched {
  store: MemoryStore;
  /** `put KEY`, `get KEY`, … in the order in which they began. */
  calls: string[];
  before: ((call: string) => Promise<void>) | undefined;
  after: ((call: string) => Promise<void>) | undefined;
  change: ((call: string, bytes: Uint8Array) => Uint8Array) | undefined;
}

/** Watches a store. */
export function counting(inner: PermanentStore): Watched {
  const watched = {
    calls: [],
    before: undefined,
    after: undefined,
    change: undefined,
  } as unknown as Watched;
  const around = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    watched.calls.push(call);
    await watched.before?.(call);
    const result = await work();
    await watched.after?.(call);
    return result;
  };
  const store: PermanentStore = {
    id: inner.id,
    url: inner.url,
    label: inner.label,
    capabilities: (call) => inner.capabilities(call),
    concurrency: () => inner.concurrency(),
    close: () => inner.close(),
    head: (key, call) => around(`head ${key}`, () => inner.head(key, call)),
    get: (key, call) =>
      around(`get ${key}`, async () => {
        const answer = await inner.get(key, call);
        const bytes = watched.change?.(`get ${key}`, answer.bytes) ?? answer.bytes;
        return { ...answer, bytes };
      }),
    put: (key, content, call) => around(`put ${key}`, () => inner.put(key, content, call)),
    delete: (key, call) => around(`delete ${key}`, () => inner.delete(key, call)),
    async *list(prefix, call) {
      await around(`list ${prefix}`, () => Promise.resolve());
      yield* inner.list(prefix, call);
    },
  };
  watched.store = store as MemoryStore;
  return watched;
}

/** The same store, which says that it cannot keep conditions. */
export function unconditional(inner: PermanentStore): MemoryStore {
  const { store } = counting(inner);
  store.capabilities = () => Promise.resolve({ conditional: false });
  return store;
}

/** Every key, sorted. */
export async function keysOf(store: PermanentStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) {
    keys.push(key);
  }
  return keys;
}
