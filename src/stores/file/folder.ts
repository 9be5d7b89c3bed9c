// Paths below a store's folder. No link below it is ever followed: a folder that many people write to could lead
// anywhere.
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SnapdirError } from '../../core/errors';

/** Windows has no such flag; there a link is seen by `lstat` alone. */
const NO_FOLLOW = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;

/** The code of a system error (`ENOENT`, …); empty for anything else. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** A system error as a typed one. */
export function storeError(url: string, operation: string, path: string, cause: unknown): unknown {
  const errno = errnoOf(cause);
  if (errno === '' || cause instanceof SnapdirError) {
    return cause;
  }
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new SnapdirError('REMOTE_FULL', { store: url }, { cause });
  }
  if (errno === 'EROFS') {
    return new SnapdirError('REMOTE_READ_ONLY', { store: url, disk: true }, { cause });
  }
  return new SnapdirError('IO', { operation, path, errno }, { cause });
}

/** A folder that holds a store. */
export class Folder {
  readonly path: string;
  private readonly url: string;

  private constructor(path: string, url: string) {
    this.path = path;
    this.url = url;
  }

  /**
   * Opens the folder, which a person chose: it may be reached through links itself. It is made where it is missing, but
   * not the folders above it: a disk that is not there would get a double on another one.
   * @throws IO, REMOTE_READ_ONLY
   */
  static async open(path: string, url: string, readOnly: boolean): Promise<Folder> {
    try {
      if (!readOnly) {
        await mkdir(path).catch((error: unknown) => {
          if (errnoOf(error) !== 'EEXIST') {
            throw error;
          }
        });
      }
      return new Folder(await realpath(path), url);
    } catch (error) {
      throw storeError(url, 'open', path, error);
    }
  }

  /** Where a checked key's file is. */
  file(key: string): string {
    return join(this.path, ...key.split('/'));
  }

  /**
   * Makes sure that every folder on the way to a key is a real one, making them where `make` says so.
   * @returns whether they are there
   * @throws UNSAFE_PATH
   */
  async parents(key: string, make: boolean): Promise<boolean> {
    let path = this.path;
    for (const part of key.split('/').slice(0, -1)) {
      path = join(path, part);
      if (!(await this.isFolder(path, make))) {
        return false;
      }
    }
    return true;
  }

  private async isFolder(path: string, make: boolean): Promise<boolean> {
    try {
      const stat = await lstat(path);
      if (!make && stat.isFile()) {
        return false;
      }
      if (!stat.isDirectory()) {
        const reason = stat.isSymbolicLink() ? 'is-link' : 'not-folder';
        throw new SnapdirError('UNSAFE_PATH', { path, reason });
      }
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') {
        throw storeError(this.url, 'look at', path, error);
      }
    }
    if (!make) {
      return false;
    }
    try {
      await mkdir(path);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') {
        throw storeError(this.url, 'make', path, error);
      }
      // Somebody else made it meanwhile, or it is a link after all.
      return this.isFolder(path, false);
    }
    return true;
  }

  /** Opens a key's file to read; undefined where there is none. @throws UNSAFE_PATH, IO */
  async openFile(key: string): Promise<FileHandle | undefined> {
    const path = this.file(key);
    if (!(await this.parents(key, false))) {
      return undefined;
    }
    try {
      const stat = await lstat(path);
      if (stat.isDirectory()) {
        return undefined;
      }
      if (!stat.isFile()) {
        const reason = stat.isSymbolicLink() ? 'is-link' : 'not-file';
        throw new SnapdirError('UNSAFE_PATH', { path, reason });
      }
      return await open(path, constants.O_RDONLY | NO_FOLLOW);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return undefined;
      }
      throw storeError(this.url, 'read', path, error);
    }
  }
}

/** A rename would quietly take a link's place, but whoever put one there meant something else. @throws UNSAFE_PATH */
export async function refuseOther(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat !== undefined && !stat.isFile()) {
    throw new SnapdirError('UNSAFE_PATH', { path, reason: 'not-file' });
  }
}

/** Makes a rename durable. Windows has no such thing. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
