import { CancelledError, isCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { Failure } from './protocol';

/** The thread cannot reach a store; the editor's thread may. */
export class ElsewhereError extends Error {}

/** An error as messages carry it. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ElsewhereError) {
    return { kind: 'elsewhere' };
  }
  if (isCancelled(error)) {
    return { kind: 'cancelled' };
  }
  if (SnapdirError.is(error)) {
    return { kind: 'known', error: error.toJSON() };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'crashed', message, stack };
}

/** The error that a message carries. */
export function fromFailure(failure: Failure): Error {
  switch (failure.kind) {
    case 'elsewhere':
      return new ElsewhereError('the thread cannot reach the store');
    case 'cancelled':
      return new CancelledError();
    case 'known':
      return SnapdirError.fromJSON(failure.error);
    case 'crashed':
      return Object.assign(new Error(failure.message), { stack: failure.stack });
  }
}
