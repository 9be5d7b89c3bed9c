import { randomUUID } from 'node:crypto';
import type { HashBytes } from '../core/hasher';
import type { OpenStore, PermanentStore } from '../core/permanentStore';
import { labelOfRemote, redactUrl, type Remote } from '../core/remote';
import { caching, type ContentCache } from './caching';
import { FileStore } from './file/fileStore';
import { readOnly } from './readOnly';
import { retrying } from './retrying';
import { S3Connection, type S3Places } from './s3/s3Client';
import { S3Store } from './s3/s3Store';
import { transferTo, type Transfer } from './transfer';
import { verifying } from './verifying';

/** What opening stores needs; the composition root has it. */
export interface StorePlaces extends S3Places {
  hash: HashBytes;
  /** Read when a store is opened; what its own settings say goes first. */
  transfer: () => Transfer;
  cache?: ContentCache;
}

/** Opens stores by what their remote says: retried, verified, cached, and read-only where settings say so. */
export function storeOpener(places: StorePlaces): OpenStore {
  return async (remote, call) => {
    const transfer = transferTo(remote, places.transfer());
    const raw = await openRaw(remote, places, transfer, call?.make);
    const tried = retrying(raw, { transfer });
    const store = caching(verifying(tried, places.hash), places.hash, places.cache);
    return remote.readOnly ? readOnly(store) : store;
  };
}

/** The store itself, with nothing around it. `make`: a folder that is missing is made. */
export async function openRaw(
  remote: Remote,
  places: S3Places,
  transfer: Transfer,
  make = false,
): Promise<PermanentStore> {
  const { place, url } = remote;
  switch (place.kind) {
    case 'file':
      return await FileStore.open(place.path, {
        url: redactUrl(url),
        label: labelOfRemote(remote),
        make: make && !remote.readOnly,
      });
    case 's3':
      return new S3Store(await S3Connection.open(remote, places, transfer), {
        ...{ newNonce: randomUUID, conditions: places.conditions },
      });
  }
}
