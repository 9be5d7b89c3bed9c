import { SnapdirError } from '../../core/errors';

/** A version without the quotes that ETags have. */
export const bare = (etag: string): string => etag.replace(/^(W\/)?"(.*)"$/, '$2');

/** Whether a failure is just a status. */
export const isStatus = (error: unknown, status: number): boolean =>
  SnapdirError.is(error, 'REMOTE_FAILED') && error.data.status === status;

/** HEAD has no body, so its 404 has no name of its own. */
export const isMissing = (error: unknown): boolean =>
  SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND') || isStatus(error, 404);
