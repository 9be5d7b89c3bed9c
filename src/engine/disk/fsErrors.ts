import { isCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { Fs } from './fs';

/** The errno of a Node-style error (`ENOENT`, …), or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** As {@link errnoOf}, also of an error that was translated to IO. */
export function errnoBehind(error: unknown): string | undefined {
  return SnapdirError.is(error, 'IO') ? error.data.errno : errnoOf(error);
}

/**
 * What this process or this machine has too little of: open files, memory. Not EAGAIN, which is about the one
 * file: a pipe, or one that another program holds.
 */
const OWN_LACK = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']);

/**
 * Whether an error, raw or translated, says nothing about the file that was asked for: nobody may then call that
 * file unreadable, damaged or absent and go on.
 */
export function isOwnLack(error: unknown): boolean {
  return OWN_LACK.has(errnoBehind(error) ?? '');
}

/**
 * For code that goes on without what it cannot look at.
 * @throws IO, where nothing could be looked at now (see {@link isOwnLack})
 */
export function throwOwnLack(error: unknown, operation: string, path: string): void {
  if (isOwnLack(error)) {
    throw translate(error, operation, path);
  }
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
      return new SnapdirError('DISK_FULL', { path }, { cause: error });
    case 'EDQUOT':
      return new SnapdirError('DISK_FULL', { path, quota: true }, { cause: error });
    case 'EROFS':
      return new SnapdirError('READ_ONLY', { path }, { cause: error });
    default:
      return new SnapdirError('IO', { operation, path, errno }, { cause: error });
  }
}

/**
 * Adds to a full disk's error how much is missing, as far as the free space tells: with room left it is
 * another limit (of the number of files, say).
 * @param of.path where there is to be space; `bytes`: what is still to be written; `files`: in how many files
 */
export function withMissing(
  fs: Fs,
  error: unknown,
  of: { path: string; bytes: number; files: number },
): unknown {
  if (!SnapdirError.is(error, 'DISK_FULL') || error.data.missing !== undefined) {
    return error;
  }
  const free = fs.freeBytes(of.path);
  // Each file takes whole blocks, and a block for its folder.
  const missing = of.bytes + 2 * BLOCK * of.files - (free ?? Infinity);
  if (error.data.quota === true || missing <= 0) {
    return error;
  }
  return new SnapdirError('DISK_FULL', { ...error.data, missing }, { cause: error.cause });
}

const BLOCK = 4096;

/** Runs one step and translates its failure. */
export function io<T>(operation: string, path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw translate(error, operation, path);
  }
}

/**
 * For what no step translated: the path that the system names, where it is one that people know.
 * @param path what to name otherwise
 */
export function translateRaw(error: unknown, operation: string, path: string): unknown {
  const { path: named, syscall } = error as { path?: unknown; syscall?: unknown };
  const isKnown = typeof named === 'string' && named !== '' && !named.startsWith('/proc/self/fd/');
  const call = typeof syscall === 'string' ? syscall : operation;
  return translate(error, isKnown ? call : operation, isKnown ? named : path);
}
