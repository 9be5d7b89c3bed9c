import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { systemClock } from '../../base/clock';
import type { DirEntry, Fs, NodeKind, OpenMode, Stat } from './fs';
import { networkKind } from './networkKind';
import { patientRename } from './patientRename';
import { syncFolder } from './syncFolder';

const windows = process.platform === 'win32';
const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK } = fs.constants;
// O_NONBLOCK: a file swapped for a fifo must not hang us (H18). Neither flag exists on Windows.
const READ = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
const SYNC = windows ? O_RDWR : READ;
const CREATE = O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0);

const GONE = new Set(['ENOENT', 'ENOTDIR']);

type BigStats = fs.BigIntStats;

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): NodeKind {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'dir';
  }
  return entry.isSymbolicLink() ? 'link' : 'special';
}

/** The kind in `st_mode`. Plain numbers: the methods of Node's own bigint stats cost as much as the call. */
function kindOfMode(mode: number): NodeKind {
  const type = mode & S_IFMT;
  if (type === S_IFREG) {
    return 'file';
  }
  if (type === S_IFDIR) {
    return 'dir';
  }
  return type === S_IFLNK ? 'link' : 'special';
}

/** Windows has no mode bits that mean anything: constants there, so that ids are stable (store-format §9). */
function permissions(mode: number, kind: NodeKind): number {
  if (windows) {
    return kind === 'dir' ? 0o755 : 0o644;
  }
  return mode & 0o7777;
}

function toStat(stat: BigStats): Stat {
  const mode = Number(stat.mode);
  const kind = kindOfMode(mode);
  return {
    kind,
    mode: permissions(mode, kind),
    size: Number(stat.size),
    dev: stat.dev,
    ino: stat.ino,
    nlink: Number(stat.nlink),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    blocks: Number(stat.blocks),
  };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** One name that UTF-8 decoding damaged shows up as U+FFFD: only then the costly byte listing is needed. */
function readdir(path: string): DirEntry[] {
  const entries = fs.readdirSync(path, { withFileTypes: true });
  let suspicious = false;
  const result: DirEntry[] = entries.map((entry) => {
    suspicious ||= entry.name.includes('\uFFFD') || !entry.name.isWellFormed();
    return { name: entry.name, kind: kindOf(entry), valid: true };
  });
  if (!suspicious) {
    return result;
  }
  if (windows) {
    return result.map((entry) => ({ ...entry, valid: entry.name.isWellFormed() }));
  }
  return readdirBytes(path);
}

function readdirBytes(path: string): DirEntry[] {
  const raw = fs.readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  return raw.map((entry) => {
    const bytes = entry.name as unknown as Buffer;
    const name = bytes.toString('utf8');
    return { name, kind: kindOf(entry), valid: Buffer.from(name, 'utf8').equals(bytes) };
  });
}

function lstat(path: string): Stat | undefined {
  try {
    const stat = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? undefined : toStat(stat);
  } catch (error) {
    if (GONE.has(codeOf(error) ?? '')) {
      return undefined;
    }
    throw error;
  }
}

function pathOf(fd: number): string | undefined {
  return process.platform === 'linux' ? fs.readlinkSync(`/proc/self/fd/${fd}`) : undefined;
}

/** What `sync` says when the disk could not take what was written. */
const SYNC_ERRORS = {
  'Input/output error': 'EIO',
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
};

/**
 * `sync -f` is syncfs(2), which Node does not have. One call makes a whole batch durable (H4). A sync that
 * failed is an error, not a reason to try another way: a second one may say that all is well (H6).
 */
function syncFileSystem(path: string): boolean {
  if (process.platform !== 'linux') {
    return false;
  }
  const { status, stderr } = spawnSync('sync', ['-f', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  if (status === 0) {
    return true;
  }
  for (const [text, code] of Object.entries(SYNC_ERRORS)) {
    if (status !== null && stderr.includes(text)) {
      throw Object.assign(new Error(`${code}: sync -f`), { code, syscall: 'syncfs', path });
    }
  }
  return false;
}

/** What `COPYFILE_FICLONE_FORCE` says where there are no clones, or not between these two places. */
const NO_CLONES = new Set([
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'ENOTTY',
  'EXDEV',
  'EINVAL',
  'EPERM',
]);

function clone(from: string | number, to: string): boolean {
  if (typeof from === 'number') {
    return process.platform === 'linux' && clone(`/proc/self/fd/${from}`, to);
  }
  try {
    const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants;
    fs.copyFileSync(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (NO_CLONES.has(codeOf(error) ?? '')) {
      return false;
    }
    throw error;
  }
}

function writable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function freeBytes(path: string): number | undefined {
  try {
    const info = fs.statfsSync(path);
    return info.bavail * info.bsize;
  } catch {
    return undefined;
  }
}

const rename = (from: string, to: string): void => fs.renameSync(from, to);
/** A folder is never replaced by a rename, however long one waits. */
const isNoFolder = (path: string): boolean => lstat(path)?.kind !== 'dir';

/** The machine's file system. */
export const nodeFs: Fs = {
  open: (path: string, how: OpenMode, mode = 0o600) =>
    how === 'wx' ? fs.openSync(path, CREATE, mode) : fs.openSync(path, how === 'r' ? READ : SYNC),
  close: (fd) => fs.closeSync(fd),
  read: (fd, buffer, offset, length, at) => fs.readSync(fd, buffer, offset, length, at ?? null),
  write: (fd, buffer, offset, length) => fs.writeSync(fd, buffer, offset, length, null),
  fsync: (fd) => fs.fsyncSync(fd),
  // libuv has no such call on Windows.
  fsyncDir: windows ? () => undefined : syncFolder,
  syncFileSystem,
  fstat: (fd) => toStat(fs.fstatSync(fd, { bigint: true })),
  pathOf,
  lstat,
  readdir,
  mkdir: (path, mode) => fs.mkdirSync(path, { mode }),
  rmdir: (path) => fs.rmdirSync(path),
  unlink: (path) => fs.unlinkSync(path),
  rename: windows ? patientRename(rename, isNoFolder) : rename,
  link: (existing, path) => fs.linkSync(existing, path),
  clone,
  symlink: (target, path) => fs.symlinkSync(target, path),
  readlink: (path) => fs.readlinkSync(path),
  chmod: (path, mode) => fs.chmodSync(path, mode),
  chown: (path, uid, gid) => fs.lchownSync(path, uid, gid),
  touch: (path) => {
    const seconds = systemClock.now() / 1000;
    fs.utimesSync(path, seconds, seconds);
  },
  realpath: (path) => fs.realpathSync.native(path),
  writable,
  freeBytes,
  networkKind,
};
