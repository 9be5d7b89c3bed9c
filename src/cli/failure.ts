import { isCancelled } from '../base/abort';
import { SnapdirError, type ErrorCode } from '../core/errors';
import { describeError } from './errorWords';
import { exitCodes, type ExitCode } from './exitCodes';
import { UsageError } from './usageError';

/** A failure as it is told: `code` and `message` go to `--json`, `message` to people. */
export interface Failure {
  code: ErrorCode | 'USAGE' | 'CANCELLED' | 'INTERNAL';
  message: string;
  data?: unknown;
  exit: ExitCode;
}

/** Codes that mean "called in a wrong way", not "could not be done". */
const WRONG_USE: ReadonlySet<ErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'INVALID_NAME',
  'NOTHING_TO_RECOVER',
]);

/** What went wrong, in words, and the exit status that goes with it. */
export function toFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { code: 'USAGE', message: error.message, exit: exitCodes.wrongUse };
  }
  if (isCancelled(error)) {
    return { code: 'CANCELLED', message: 'Cancelled.', exit: exitCodes.cancelled };
  }
  if (SnapdirError.is(error)) {
    const exit = WRONG_USE.has(error.code) ? exitCodes.wrongUse : exitCodes.failed;
    return { code: error.code, message: describeError(error), data: error.data, exit };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    message: `Unexpected error: ${reason}. This is a fault of Snapdir; SNAPDIR_DEBUG=1 shows where it happened.`,
    exit: exitCodes.failed,
  };
}
