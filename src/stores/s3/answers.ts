import { SnapdirError } from '../../core/errors';
import type { StoreBytes, StoreEntry } from '../../core/permanentStore';

/** A version without the quotes that ETags have. */
export const bare = (etag: string): string => etag.replace(/^(W\/)?"(.*)"$/, '$2');

/** Whether a failure is just a status. */
export const isStatus = (error: unknown, status: number): boolean =>
  SnapdirError.is(error, 'REMOTE_FAILED') && error.data.status === status;

/** HEAD has no body, so its 404 has no name of its own. */
export const isMissing = (error: unknown): boolean =>
  SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND') || isStatus(error, 404);

/** A size, and a version where there is one. */
export const withVersion = (
  size: number,
  version: string | undefined,
): Omit<StoreBytes, 'bytes'> =>
  version === undefined || version === '' ? { size } : { size, version };

/** What is known of an object. */
export function entryOf(
  key: string,
  size: number,
  etag: string,
  modified: Date | undefined,
): StoreEntry {
  return {
    key,
    ...withVersion(size, bare(etag)),
    ...(modified === undefined ? {} : { modifiedMs: modified.getTime() }),
  };
}
