// What it means that a key may not be read. Without the right to list, servers do not say that something is missing, but
// that it may not be seen; so does Ceph where that right has a condition on `s3:prefix`, which a GET cannot meet.
import { SnapdirError } from '../../core/errors';
import type { StoreCall, StoreEntry } from '../../core/permanentStore';

/**
 * Why a key could not be read, by what the list says of exactly this key: it is not there (`REMOTE_KEY_NOT_FOUND`), it
 * may not be read, or it may not be listed, so that nobody knows.
 */
export async function whyRefused(
  error: unknown,
  key: string,
  of: { list(prefix: string, call: StoreCall): AsyncIterable<StoreEntry>; call: StoreCall },
): Promise<unknown> {
  if (!SnapdirError.is(error, 'REMOTE_DENIED')) {
    return error;
  }
  const { store, bucket } = error.data;
  try {
    for await (const entry of of.list(key, of.call)) {
      if (entry.key === key) {
        const permission = 's3:GetObject';
        return new SnapdirError('REMOTE_DENIED', { store, bucket, permission }, { cause: error });
      }
    }
  } catch (listing) {
    return listing; // Refused as well, it names the right to list.
  }
  return new SnapdirError('REMOTE_KEY_NOT_FOUND', { store, key }, { cause: error });
}
