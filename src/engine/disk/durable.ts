import type { EngineEnv } from '../context';
import { SnapdirError } from '../../core/errors';
import { errnoOf, io, translate, withMissing } from './fsErrors';
import type { Fs } from './fs';

/** Joins with `/`, which Node accepts on every platform; cheaper than path.join in hot loops. */
export function join(base: string, name: string): string {
  return `${base}/${name}`;
}

/** The folder of a path made by {@link join}. */
export function dirOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** Writes all of it: one write may take less than it was given (H1). */
export function writeAll(fs: Fs, fd: number, bytes: Uint8Array, length = bytes.length): void {
  let offset = 0;
  while (offset < length) {
    const written = fs.write(fd, bytes, offset, length - offset);
    if (written <= 0) {
      throw Object.assign(new Error('write made no progress'), { code: 'EIO' });
    }
    offset += written;
  }
}

/** Makes a file's bytes durable. */
export function syncFile(fs: Fs, path: string): void {
  const fd = fs.open(path, 'sync');
  try {
    fs.fsync(fd);
  } finally {
    fs.close(fd);
  }
}

/** Creates a folder unless it is there. */
export function ensureDir(fs: Fs, path: string, mode: number): boolean {
  try {
    fs.mkdir(path, mode);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Creates each missing folder of `parts` below `base`; returns the folders that got a new entry. */
export function makeDirs(fs: Fs, base: string, parts: readonly string[], mode: number): string[] {
  const changed: string[] = [];
  let path = base;
  for (const part of parts) {
    const next = join(path, part);
    if (ensureDir(fs, next, mode)) {
      changed.push(path);
    }
    path = next;
  }
  return changed;
}

/** Removes a file of our own if it is there; used on error paths, so it never throws. */
export function discard(fs: Fs, path: string): void {
  try {
    fs.unlink(path);
  } catch {
    // Left for the next cleaning of tmp/.
  }
}

/**
 * Publishes a new file so that it is either absent or whole, also after a power cut: temporary file,
 * fsync, rename, fsync of the folder (reliability §0 rule 3).
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function writeFileDurable(
  env: Pick<EngineEnv, 'fs' | 'randomName'>,
  tmpDir: string,
  path: string,
  bytes: Uint8Array,
  mode = 0o600,
): void {
  writeFileWhole(env, tmpDir, path, { bytes, mode, durable: true });
}

/**
 * As {@link writeFileDurable}; without `durable` it is whole for every process, but not synced.
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function writeFileWhole(
  env: Pick<EngineEnv, 'fs' | 'randomName'>,
  tmpDir: string,
  path: string,
  of: { bytes: Uint8Array; durable: boolean; mode?: number },
): void {
  const { fs } = env;
  const { bytes, durable, mode = 0o600 } = of;
  const tmp = join(tmpDir, env.randomName());
  try {
    const fd = fs.open(tmp, 'wx', mode);
    try {
      writeAll(fs, fd, bytes);
      if (durable) {
        fs.fsync(fd);
      }
    } finally {
      fs.close(fd);
    }
    fs.rename(tmp, path);
  } catch (error) {
    discard(fs, tmp);
    const told = translate(error, 'write', path);
    throw withMissing(fs, told, { path: tmpDir, bytes: bytes.length, files: 1 });
  }
  if (durable) {
    io('sync', path, () => fs.fsyncDir(dirOf(path)));
  }
}

/** Publishes a file that may be lost (caches): whole or absent, but not synced. Failures are ignored. */
export function writeFileRelaxed(
  env: Pick<EngineEnv, 'fs' | 'randomName'>,
  tmpDir: string,
  path: string,
  bytes: Uint8Array,
): void {
  const { fs } = env;
  const tmp = join(tmpDir, env.randomName());
  try {
    const fd = fs.open(tmp, 'wx', 0o600);
    try {
      writeAll(fs, fd, bytes);
    } finally {
      fs.close(fd);
    }
    fs.rename(tmp, path);
  } catch {
    discard(fs, tmp);
  }
}

/**
 * Reads a file whole. For small files of our own: records, manifests, journals.
 * @throws IO; undefined when there is none
 */
export function readFile(
  fs: Fs,
  path: string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | undefined {
  return readInto(fs, path, maxBytes, (size) => new Uint8Array(size));
}

/** As {@link readFile}, into memory that threads can share. */
export function readFileShared(
  fs: Fs,
  path: string,
  maxBytes: number,
): Uint8Array<SharedArrayBuffer> | undefined {
  return readInto(fs, path, maxBytes, (size) => new Uint8Array(new SharedArrayBuffer(size)));
}

/**
 * Reads a file a stretch at a time, into the same memory each time.
 * @param of.stretch bytes to begin with; more where nothing of a stretch is done with
 * @param of.maxBytes of the file
 * @param visit is given what was read and what it left of it the last time, and gives how many bytes of that it is done with;
 * undefined: it wants no more
 * @returns whether there is such a file
 * @throws PARSE (too large), IO, and what `visit` throws
 */
export function readStretches(
  fs: Fs,
  path: string,
  { stretch, maxBytes }: { stretch: number; maxBytes: number },
  visit: (bytes: Uint8Array, last: boolean) => number | undefined,
): boolean {
  const fd = io('read', path, () => openIfThere(fs, path));
  if (fd === undefined) {
    return false;
  }
  try {
    let room = new Uint8Array(stretch);
    let [filled, total] = [0, 0];
    for (;;) {
      if (filled === room.length) {
        const larger = new Uint8Array(2 * room.length);
        larger.set(room);
        room = larger;
      }
      const count = io('read', path, () => fs.read(fd, room, filled, room.length - filled));
      total += count;
      if (total > maxBytes) {
        refuseLarger(path, maxBytes);
      }
      filled += count;
      const done = visit(room.subarray(0, filled), count === 0);
      if (done === undefined || count === 0) {
        return true;
      }
      room.copyWithin(0, done, filled);
      filled -= done;
    }
  } finally {
    fs.close(fd);
  }
}

function refuseLarger(path: string, maxBytes: number): never {
  const reason = `larger than ${maxBytes} bytes`;
  throw new SnapdirError('PARSE', { what: path, reason, why: 'too-large' });
}

/** undefined: somebody took it away in the moment since it was seen. */
function openIfThere(fs: Fs, path: string): number | undefined {
  try {
    return fs.open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function readInto<B extends ArrayBufferLike>(
  fs: Fs,
  path: string,
  maxBytes: number,
  allocate: (size: number) => Uint8Array<B>,
): Uint8Array<B> | undefined {
  const stat = io('read', path, () => fs.lstat(path));
  if (stat?.kind !== 'file') {
    return undefined;
  }
  if (stat.size > maxBytes) {
    refuseLarger(path, maxBytes);
  }
  return io('read', path, () => {
    const fd = openIfThere(fs, path);
    if (fd === undefined) {
      return undefined;
    }
    try {
      const bytes = allocate(stat.size);
      let offset = 0;
      while (offset < bytes.length) {
        const count = fs.read(fd, bytes, offset, bytes.length - offset);
        if (count === 0) {
          break;
        }
        offset += count;
      }
      return offset === bytes.length ? bytes : (bytes.slice(0, offset) as Uint8Array<B>);
    } finally {
      fs.close(fd);
    }
  });
}
