import { SnapdirError } from '../core/errors';
import type { PermanentStore } from '../core/permanentStore';

/** The store, for reading only. @param label what errors call it */
export function readOnly(store: PermanentStore, label = store.url): PermanentStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new SnapdirError('REMOTE_READ_ONLY', { store: label }));
  return {
    id: store.id,
    url: store.url,
    head: (key, call) => store.head(key, call),
    get: (key, call) => store.get(key, call),
    list: (prefix, call) => store.list(prefix, call),
    put: refuse,
    delete: refuse,
    capabilities: () => Promise.resolve({ conditional: false }),
    concurrency: () => store.concurrency(),
    close: () => store.close(),
  };
}
