import { isCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';

/** The errno of a Node-style error (`ENOENT`, …), or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * Turns a file system error into the one that a person can act on: DISK_FULL, READ_ONLY or IO.
 * A SnapdirError, a cancellation and a program error come back as they are.
 */
export function translate(error: unknown, operation: string, path: string): unknown {
  const errno = errnoOf(error);
  if (SnapdirError.is(error) || isCancelled(error) || errno === undefined) {
    return error;
  }
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SnapdirError('DISK_FULL', { path }, { cause: error });
    case 'EROFS':
      return new SnapdirError('READ_ONLY', { path }, { cause: error });
    default:
      return new SnapdirError('IO', { operation, path, errno }, { cause: error });
  }
}

/** Runs one step and translates its failure. */
export function io<T>(operation: string, path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw translate(error, operation, path);
  }
}
