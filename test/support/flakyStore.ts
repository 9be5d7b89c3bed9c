import { theirWords } from '../../src/core/causes';
import { SnapdirError } from '../../src/core/errors';
import type { PermanentStore } from '../../src/core/permanentStore';

/** What goes wrong with a call: before it is done, or after (its answer is lost). */
export type Fault = { before: SnapdirError } | { after: SnapdirError };

const where = { store: 'team', host: 'example.org' };
/** Failures that pass. */
export const passing = {
  lost: new SnapdirError('REMOTE_CONNECTION_LOST', { ...where, tryTls: false }),
  slow: new SnapdirError('REMOTE_SLOW_DOWN', where),
  timeout: new SnapdirError('REMOTE_TIMEOUT', { ...where, seconds: 1 }),
  trouble: new SnapdirError('REMOTE_FAILED', {
    ...{ store: 'team', operation: 'put', status: 500 },
    reason: { is: 'answered', answer: theirWords('InternalError') },
  }),
};

/** The store with faults: `next` is asked before every call. */
export function flaky(
  store: PermanentStore,
  next: (operation: string, key: string) => Fault | undefined,
): PermanentStore {
  const through = async <T>(operation: string, key: string, work: () => Promise<T>): Promise<T> => {
    const fault = next(operation, key);
    if (fault !== undefined && 'before' in fault) {
      throw fault.before;
    }
    const value = await work();
    if (fault !== undefined) {
      throw fault.after;
    }
    return value;
  };
  return {
    id: store.id,
    url: store.url,
    label: store.label,
    head: (key, call) => through('head', key, () => store.head(key, call)),
    get: (key, call) => through('get', key, () => store.get(key, call)),
    put: (key, content, call) => through('put', key, () => store.put(key, content, call)),
    delete: (key, call) => through('delete', key, () => store.delete(key, call)),
    async *list(prefix, call) {
      for await (const entry of store.list(prefix, call)) {
        await through('list', entry.key, () => Promise.resolve());
        yield entry;
      }
    },
    capabilities: (call) => store.capabilities(call),
    concurrency: () => store.concurrency(),
    close: () => store.close(),
  };
}
