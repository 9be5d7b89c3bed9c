/**
 * The file system as the engine sees it: synchronous, few calls, every one of them a crash point.
 * `nodeFs.ts` is the real one; `test/crash/memoryFs.ts` records calls and loses unsynced data.
 * Calls fail with a Node-style error that has `code` (ENOENT, EEXIST, ENOSPC, …).
 */
export type NodeKind = 'file' | 'dir' | 'link' | 'special';

export interface Stat {
  kind: NodeKind;
  /** `st_mode & 07777`. */
  mode: number;
  size: number;
  dev: bigint;
  ino: bigint;
  nlink: number;
  uid: number;
  gid: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  blocks: number;
}

export interface DirEntry {
  /** Lossy where `valid` is false. */
  name: string;
  kind: NodeKind;
  /** Whether the name is valid UTF-8 (POSIX) or well-formed UTF-16 (Windows). */
  valid: boolean;
}

/**
 * `r`: read, links not followed. `wx`: create, fails when the name exists. `sync`: as `r`, for nothing but `fsync`,
 * which needs the right to write on Windows.
 */
export type OpenMode = 'r' | 'wx' | 'sync';

export interface Fs {
  open(path: string, how: OpenMode, mode?: number): number;
  close(fd: number): void;
  /** Reads at the current position, or at `at` without moving it; 0 at the end. */
  read(fd: number, buffer: Uint8Array, offset: number, length: number, at?: number): number;
  /** May write less than asked. */
  write(fd: number, buffer: Uint8Array, offset: number, length: number): number;
  fsync(fd: number): void;
  /** Makes a directory's entries durable. Does nothing where the platform cannot (Windows). */
  fsyncDir(path: string): void;
  /** Makes everything written so far on this path's file system durable; false where there is no such call. */
  syncFileSystem(path: string): boolean;
  fstat(fd: number): Stat;
  /** Where an open file is by now, links resolved; undefined where the platform cannot tell. */
  pathOf(fd: number): string | undefined;
  /** undefined when there is nothing (ENOENT, ENOTDIR). */
  lstat(path: string): Stat | undefined;
  readdir(path: string): DirEntry[];
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  /** Replaces `to` atomically. */
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  /**
   * Makes `to` (which must not exist) a copy that shares its blocks until one of them is written to.
   * @param from a path, or an open file, which nobody can swap for a link
   * @returns false where the file system or the platform cannot
   */
  clone(from: string | number, to: string): boolean;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  /** Links are not followed: the caller has checked that it is a file or a directory. */
  chmod(path: string, mode: number): void;
  /** As for `chmod`. Only root may give a file away; others may choose among their own groups. */
  chown(path: string, uid: number, gid: number): void;
  /** Sets both times to now, by the file system's clock where possible. */
  touch(path: string): void;
  realpath(path: string): string;
  /** Whether this process may write there (access W_OK). */
  writable(path: string): boolean;
  /** Free bytes for this user, or undefined where unknown. */
  freeBytes(path: string): number | undefined;
  /** What kind of network file system this is; undefined for others, and where nobody can tell. */
  networkKind(path: string): string | undefined;
}
