import { SnapdirError } from '../core/errors';
import type { PermanentStore } from '../core/permanentStore';

/** The store, for reading only. */
export function readOnly(store: PermanentStore): PermanentStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new SnapdirError('REMOTE_READ_ONLY', { store: store.label }));
  return {
    id: store.id,
    url: store.url,
    label: store.label,
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
