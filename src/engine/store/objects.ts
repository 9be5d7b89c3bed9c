import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import { isHex64 } from '../../core/ids';
import { shard } from '../../core/storeLayout';
import type { Control, EngineEnv } from '../context';
import { discard, join, writeAll } from '../disk/durable';
import type { Stat } from '../disk/fs';
import { errnoOf, io } from '../disk/fsErrors';
import { Blake3Hasher } from '../hashing/blake3';
import type { Store } from './storeRoot';
import { findInTrash, rescueObject } from './trash';

let hasher: Blake3Hasher | undefined;

/**
 * This thread's read buffer: the hasher's own memory, so that what is read need not be copied to be
 * hashed. Only for code that uses it up before it calls anything else.
 */
export function ioBuffer(): Uint8Array {
  hasher ??= new Blake3Hasher();
  return hasher.window;
}

/** This thread's hasher, reset. */
export function freshHasher(): Blake3Hasher {
  hasher ??= new Blake3Hasher();
  return hasher.reset();
}

/**
 * Where an object lies (store-format §4). The checksum comes from files that others may have written,
 * so it is checked before it becomes a path (H31).
 * @throws PARSE
 */
export function objectPath(store: Store, checksum: string): string {
  if (!isHex64(checksum)) {
    throw new SnapdirError('PARSE', { what: 'checksum', reason: 'expected 64 hex digits' });
  }
  return join(store.objects, shard(checksum));
}

/** The object's file, or undefined. Its content is not checked. */
export function statObject(env: EngineEnv, store: Store, checksum: string): Stat | undefined {
  const path = objectPath(store, checksum);
  const stat = io('stat', path, () => env.fs.lstat(path));
  return stat?.kind === 'file' ? stat : undefined;
}

/**
 * Where an object can be read: what a garbage collection set aside although somebody wants it is brought
 * back (H50), or read where it lies when the store is read-only.
 */
function pathToRead(env: EngineEnv, store: Store, checksum: string): string {
  const path = objectPath(store, checksum);
  const isThere = statObject(env, store, checksum) !== undefined;
  if (isThere || (store.readOnly === null && rescueObject(env, store, checksum))) {
    return path;
  }
  return findInTrash(env, store, 'objects', checksum) ?? path;
}

function openObject(env: EngineEnv, path: string, checksum: string, shown?: string): number {
  try {
    return env.fs.open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') {
      const data = shown === undefined ? { checksum } : { checksum, path: shown };
      throw new SnapdirError('OBJECT_NOT_FOUND', data, { cause: error });
    }
    throw error;
  }
}

/** Reads an object piece by piece, hashes it, hands each piece on, and checks the sum at the end. */
function streamObject(
  env: EngineEnv,
  path: string,
  checksum: string,
  options: { shown?: string; control?: Control; onPiece?: (bytes: Uint8Array, n: number) => void },
): number {
  const fd = openObject(env, path, checksum, options.shown);
  const pieces = ioBuffer();
  const hash = freshHasher();
  let total = 0;
  try {
    for (;;) {
      throwIfCancelled(options.control?.signal);
      const count = env.fs.read(fd, pieces, 0, pieces.length);
      if (count === 0) {
        break;
      }
      hash.update(pieces, 0, count);
      options.onPiece?.(pieces, count);
      total += count;
    }
  } finally {
    env.fs.close(fd);
  }
  const actual = hash.digest();
  if (actual !== checksum) {
    const where = options.shown === undefined ? {} : { path: options.shown };
    throw new SnapdirError('INTEGRITY', {
      address: checksum,
      expected: checksum,
      actual,
      ...where,
    });
  }
  return total;
}

/**
 * An object's bytes, checked.
 * @param shown the path it is wanted for, for the message
 * @throws OBJECT_NOT_FOUND, INTEGRITY, INVALID_ARGUMENT (larger than 2 GiB: stream it), IO
 */
export function readObject(
  env: EngineEnv,
  store: Store,
  checksum: string,
  shown?: string,
): Uint8Array {
  const path = pathToRead(env, store, checksum);
  const size = io('stat', path, () => env.fs.lstat(path))?.size ?? 0;
  if (size > 2 ** 31) {
    throw new SnapdirError('INVALID_ARGUMENT', {
      argument: shown ?? checksum,
      reason: { is: 'too-large-to-open' },
    });
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  const onPiece = (piece: Uint8Array, count: number): void => {
    // A file longer than it was a moment ago is damaged; the checksum says so below.
    bytes.set(piece.subarray(0, Math.min(count, size - offset)), offset);
    offset = Math.min(size, offset + count);
  };
  io('read', path, () =>
    streamObject(env, path, checksum, { onPiece, ...(shown === undefined ? {} : { shown }) }),
  );
  return bytes;
}

/**
 * An object's bytes into memory that is there, checked.
 * @returns its size, which may be another than that of `into`: it is as much of it as fits
 * @throws OBJECT_NOT_FOUND, INTEGRITY, IO
 */
export function readObjectInto(
  env: EngineEnv,
  store: Store,
  checksum: string,
  into: Uint8Array,
): number {
  const path = pathToRead(env, store, checksum);
  let at = 0;
  const onPiece = (piece: Uint8Array, count: number): void => {
    const fits = Math.min(count, into.length - at);
    into.set(piece.subarray(0, fits), at);
    at += fits;
  };
  return io('read', path, () => streamObject(env, path, checksum, { onPiece }));
}

/**
 * Copies an object into a new file at `destination` (which must not exist), checking while copying.
 * On damage the destination is removed. Not synced unless `sync`.
 * @returns bytes
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function copyObject(
  env: EngineEnv,
  store: Store,
  checksum: string,
  destination: string,
  options: { mode: number; control: Control; sync: boolean; shown?: string },
): number {
  const { fs } = env;
  const path = pathToRead(env, store, checksum);
  return io('write', destination, () => {
    const fd = fs.open(destination, 'wx', 0o600);
    try {
      const bytes = streamObject(env, path, checksum, {
        ...options,
        onPiece: (piece, count) => writeAll(fs, fd, piece, count),
      });
      fs.chmod(destination, options.mode);
      if (options.sync) {
        fs.fsync(fd);
      }
      fs.close(fd);
      return bytes;
    } catch (error) {
      fs.close(fd);
      discard(fs, destination);
      throw error;
    }
  });
}

/**
 * Hashes a stored object whole.
 * @returns its bytes' count
 * @throws OBJECT_NOT_FOUND, INTEGRITY, IO, AbortError
 */
export function checkObject(
  env: EngineEnv,
  store: Store,
  checksum: string,
  control: Control,
  shown?: string,
): number {
  const path = objectPath(store, checksum);
  return io('read', path, () =>
    streamObject(env, path, checksum, { control, ...(shown === undefined ? {} : { shown }) }),
  );
}
