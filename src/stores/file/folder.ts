// Paths below a store's folder. No link below it is ever followed: a folder that many people write to could lead
// anywhere. Whoever may write to the folder may write to what is made in it: its mode is theirs, whatever the umask.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  open,
  realpath,
  rename,
  rmdir,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SnapdirError } from '../../core/errors';

/** Windows has no such flag; there a link is seen by `lstat` alone. */
const NO_FOLLOW = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;

/** Drafts and locks. Not a key's place, and no name that snapdir's tools know. */
export const TEMP = '.snapdir-tmp';
/** Setgid, so that what is made has the folder's group; and what group and others may. */
const SHARED_FOLDER = 0o2077;
const SHARED_FILE = 0o066;

/** The code of a system error (`ENOENT`, …); empty for anything else. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** A system error as a typed one. */
export function storeError(
  label: string,
  operation: string,
  path: string,
  cause: unknown,
): unknown {
  const errno = errnoOf(cause);
  if (errno === '' || cause instanceof SnapdirError) {
    return cause;
  }
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new SnapdirError('REMOTE_FULL', { store: label }, { cause });
  }
  if (errno === 'EROFS') {
    return new SnapdirError('REMOTE_READ_ONLY', { store: label, disk: true }, { cause });
  }
  return new SnapdirError('IO', { operation, path, errno }, { cause });
}

/** A folder that holds a store. */
export class Folder {
  readonly path: string;
  /** Of files in it: for group and others as the folder has it, and never to be run. */
  readonly fileMode: number;
  private readonly folderMode: number;
  private readonly label: string;
  /** Nothing of a working store is here, or around. */
  private isNoWorkingStore = false;
  /** Whether folders are made with other bits than asked for; undefined: none was made yet. Windows has no such bits. */
  private masked: boolean | undefined = process.platform === 'win32' ? false : undefined;

  private constructor(path: string, label: string, mode: number) {
    this.path = path;
    this.label = label;
    this.fileMode = 0o600 | (mode & SHARED_FILE);
    this.folderMode = 0o700 | (mode & SHARED_FOLDER);
  }

  /**
   * Opens the folder, which a person chose: it may be reached through links itself. Where it is missing it is made only if
   * `make` says so, and never those above it: a disk that is not there would get a double on another one.
   * @throws REMOTE_FOLDER_NOT_FOUND, REMOTE_WORKING_STORE, IO, REMOTE_READ_ONLY
   */
  static async open(path: string, label: string, make: boolean): Promise<Folder> {
    const missing = (at: string): SnapdirError =>
      new SnapdirError('REMOTE_FOLDER_NOT_FOUND', { store: label, path: at });
    try {
      if (make) {
        const above = await realpath(dirname(path)).catch(() => dirname(path));
        await refuseWorkingStore(await realpath(path).catch(() => above), label);
        await mkdir(path).catch((error: unknown) => {
          if (errnoOf(error) !== 'EEXIST') {
            throw errnoOf(error) === 'ENOENT' ? missing(dirname(path)) : error;
          }
        });
      }
      const real = await realpath(path);
      const stat = await lstat(real);
      if (!stat.isDirectory()) {
        throw new SnapdirError('IO', { operation: 'open', path, errno: 'ENOTDIR' });
      }
      return new Folder(real, label, stat.mode);
    } catch (error) {
      throw errnoOf(error) === 'ENOENT' ? missing(path) : storeError(label, 'open', path, error);
    }
  }

  /** Looked at till it was once found to be none. @throws REMOTE_WORKING_STORE where nothing of a permanent store may be written */
  async refuseWorkingStore(): Promise<void> {
    if (!this.isNoWorkingStore) {
      await refuseWorkingStore(this.path, this.label);
      this.isNoWorkingStore = true;
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
        throw storeError(this.label, 'look at', path, error);
      }
    }
    if (!make) {
      return false;
    }
    try {
      await this.makeFolder(path);
      return true;
    } catch (error) {
      if (!['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(errnoOf(error))) {
        throw storeError(this.label, 'make', path, error);
      }
      // Somebody else made it meanwhile, or it is a link after all.
      return this.isFolder(path, false);
    }
  }

  /**
   * Makes a folder with the mode that is meant. Where the umask takes bits away it comes into place when it has them: a moment
   * without would keep others out, and a process that is killed just then would do so for good.
   */
  private async makeFolder(path: string): Promise<void> {
    if (this.masked === false) {
      await mkdir(path, this.folderMode);
      return;
    }
    const temp = join(this.path, TEMP);
    const draft = path === temp ? `${temp}-${randomUUID()}` : join(temp, randomUUID());
    if (path !== temp) {
      await this.isFolder(temp, true);
    }
    await mkdir(draft, this.folderMode);
    try {
      this.masked ??= ((await lstat(draft)).mode & 0o077) !== (this.folderMode & 0o077);
      if (this.masked) {
        await setMode(() => chmod(draft, this.folderMode));
      }
      await rename(draft, path);
    } catch (error) {
      await rmdir(draft).catch(() => undefined);
      throw error;
    }
  }

  /** Makes a new file, with the mode that is meant before anything is in it. */
  async newFile(path: string): Promise<FileHandle> {
    const file = await open(path, 'wx', this.fileMode);
    try {
      if (((await file.stat()).mode & 0o077) !== (this.fileMode & 0o077)) {
        await setMode(() => file.chmod(this.fileMode));
      }
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
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
      throw storeError(this.label, 'read', path, error);
    }
  }
}

/**
 * A working store (`FORMAT` and `records`) collects its own garbage, and what is promoted into it would be that. So would
 * be what lies below one.
 * @throws REMOTE_WORKING_STORE
 */
async function refuseWorkingStore(path: string, label: string): Promise<void> {
  for (let at = path; ; at = dirname(at)) {
    const [format, records] = await Promise.all(
      ['FORMAT', 'records'].map((name) => lstat(join(at, name)).catch(() => undefined)),
    );
    if (format?.isFile() === true && records?.isDirectory() === true) {
      throw new SnapdirError('REMOTE_WORKING_STORE', { store: label, path: at });
    }
    if (dirname(at) === at) {
      return;
    }
  }
}

/** Disks without modes refuse to change them, and need none. */
async function setMode(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error))) {
      throw error;
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
