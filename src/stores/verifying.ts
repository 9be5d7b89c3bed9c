import { SnapdirError } from '../core/errors';
import type { HashBytes } from '../core/hasher';
import type { SnapshotId } from '../core/ids';
import { snapshotIds } from '../core/manifest';
import type { PermanentStore, StoreBytes } from '../core/permanentStore';
import { addressOf } from '../core/storeKeys';

/** Whether whole content is what its key says. What has no address of its own always is. */
export function isGenuine(key: string, bytes: Uint8Array, hash: HashBytes): boolean {
  const address = addressOf(key);
  if (address === undefined || hash(bytes) === address.id) {
    return true;
  }
  return address.kind === 'manifest' && isReadAs(bytes, address.id as SnapshotId, hash);
}

/** snapdir's tools wrote manifests whose id counts without their comments, or in another order (docs/format.md). */
function isReadAs(bytes: Uint8Array, id: SnapshotId, hash: HashBytes): boolean {
  try {
    return Object.values(snapshotIds(bytes, hash)).includes(id);
  } catch {
    return false;
  }
}

/**
 * Checks all whole content that is read against its key, so that nobody ever relies on other bytes. What is wrong is read
 * once more: it may have been the way. Parts cannot be checked; `readPieces` checks them when they are all there.
 * What is written under an address is checked first.
 */
export function verifying(store: PermanentStore, hash: HashBytes): PermanentStore {
  const wrong = (key: string, bytes: Uint8Array): SnapdirError => {
    const expected = addressOf(key)?.id ?? '';
    const data = { store: store.label, key, expected, actual: hash(bytes) };
    return new SnapdirError('REMOTE_INTEGRITY', data);
  };
  const genuine = (key: string, { bytes, size }: StoreBytes): boolean =>
    bytes.length !== size || isGenuine(key, bytes, hash);
  return {
    id: store.id,
    url: store.url,
    label: store.label,
    head: (key, call) => store.head(key, call),
    list: (prefix, call) => store.list(prefix, call),
    delete: (key, call) => store.delete(key, call),
    capabilities: (call) => store.capabilities(call),
    concurrency: () => store.concurrency(),
    close: () => store.close(),
    async get(key, call) {
      let found = await store.get(key, call);
      if (!genuine(key, found)) {
        found = await store.get(key, call);
      }
      if (!genuine(key, found)) {
        throw wrong(key, found.bytes);
      }
      return found;
    },
    async put(key, content, call) {
      if (content instanceof Uint8Array && !isGenuine(key, content, hash)) {
        throw wrong(key, content);
      }
      return await store.put(key, content, call);
    },
  };
}
