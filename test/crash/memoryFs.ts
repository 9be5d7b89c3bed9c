import type { DirEntry, Fs, OpenMode, Stat } from '../../src/engine/disk/fs';
import type { InodeTable } from './inodes';
import { fail, MemoryCore, type MemoryFsOptions } from './memoryCore';

/**
 * A file system in memory behind the engine's `Fs`. It logs every changing call, can stop at any of
 * them, and is the base from which `crashStates.ts` makes what a power cut may leave.
 */
export class MemoryFs extends MemoryCore implements Fs {
  /** The same files in a new process: nothing open, empty log. */
  fork(options: MemoryFsOptions = this.options): MemoryFs {
    return this.over(this.table.fork(), options);
  }

  /** This file system's clock and numbers over another state of the inodes. */
  over(table: InodeTable, options: MemoryFsOptions = this.options): MemoryFs {
    return new MemoryFs(options, { table, nextIno: this.nextIno, time: this.time });
  }

  open(path: string, how: OpenMode, mode = 0o600): number {
    if (how === 'wx') {
      this.change('open', path);
      const node = this.create('open', path, 'file', mode);
      this.opened.set(this.nextFd, { ino: node.ino, position: 0 });
      return this.nextFd++;
    }
    this.checkAlive();
    const node = this.node(path);
    if (node === undefined) {
      fail('ENOENT', 'open', path);
    }
    if (node.kind === 'link') {
      fail('ELOOP', 'open', path);
    }
    this.opened.set(this.nextFd, { ino: node.ino, position: 0 });
    return this.nextFd++;
  }

  close(fd: number): void {
    this.checkAlive();
    this.opened.delete(fd);
  }

  read(fd: number, buffer: Uint8Array, offset: number, length: number, at?: number): number {
    this.checkAlive();
    const open = this.opened.get(fd) ?? fail('EBADF', 'read', String(fd));
    const node = this.table.get(open.ino);
    if (node.kind !== 'file') {
      fail('EISDIR', 'read', String(fd));
    }
    const from = at ?? open.position;
    const count = Math.max(0, Math.min(length, node.length - from));
    buffer.set(node.data.subarray(from, from + count), offset);
    open.position += at === undefined ? count : 0;
    return count;
  }

  write(fd: number, buffer: Uint8Array, offset: number, length: number): number {
    const fault = this.change('write', String(fd));
    const open = this.opened.get(fd) ?? fail('EBADF', 'write', String(fd));
    const node = this.table.mutable(open.ino);
    const count = fault === 'short' ? Math.min(1, length) : length;
    if (node.length + count > node.data.length) {
      const grown = new Uint8Array(Math.max(64, 2 * node.data.length, node.length + count));
      grown.set(node.data.subarray(0, node.length));
      node.data = grown;
    }
    node.data.set(buffer.subarray(offset, offset + count), node.length);
    node.length += count;
    node.mtime = this.time;
    node.ctime = this.time;
    this.log.push({ op: 'data', ino: node.ino, length: node.length });
    return count;
  }

  private lies(about: 'files' | 'folders'): boolean {
    return this.options.syncsLie === 'all' || this.options.syncsLie === about;
  }

  fsync(fd: number): void {
    this.change('fsync', String(fd));
    const open = this.opened.get(fd) ?? fail('EBADF', 'fsync', String(fd));
    if (!this.lies('files')) {
      this.log.push({ op: 'fsync', ino: open.ino });
    }
  }

  fsyncDir(path: string): void {
    this.change('fsyncDir', path);
    const ino = this.find(path, true) ?? fail('ENOENT', 'fsyncDir', path);
    if (!this.lies('folders')) {
      this.log.push({ op: 'fsyncDir', ino });
    }
  }

  syncFileSystem(path: string): boolean {
    if (this.options.syncFs !== true) {
      return false;
    }
    this.change('sync', path);
    if (this.options.syncsLie === undefined) {
      this.log.push({ op: 'sync' });
    }
    return true;
  }

  fstat(fd: number): Stat {
    this.checkAlive();
    return this.stat(
      this.table.get((this.opened.get(fd) ?? fail('EBADF', 'fstat', String(fd))).ino),
    );
  }

  pathOf(): undefined {
    this.checkAlive();
  }

  lstat(path: string): Stat | undefined {
    this.checkAlive();
    const node = this.node(path);
    return node === undefined ? undefined : this.stat(node);
  }

  readdir(path: string): DirEntry[] {
    this.checkAlive();
    const ino = this.find(path, true) ?? fail('ENOENT', 'readdir', path);
    const entries = this.table.get(ino).entries ?? fail('ENOTDIR', 'readdir', path);
    return [...entries].map(([name, child]) => ({
      name,
      kind: this.table.get(child).kind,
      valid: true,
    }));
  }

  mkdir(path: string, mode: number): void {
    this.change('mkdir', path);
    this.create('mkdir', path, 'dir', mode);
  }

  rmdir(path: string): void {
    this.change('rmdir', path);
    const { dir, name } = this.split('rmdir', path);
    const node = this.node(path) ?? fail('ENOENT', 'rmdir', path);
    if (node.entries === undefined) {
      fail('ENOTDIR', 'rmdir', path);
    }
    if (node.entries.size > 0) {
      fail('ENOTEMPTY', 'rmdir', path);
    }
    this.names([{ dir, name, ino: 0 }]);
  }

  unlink(path: string): void {
    this.change('unlink', path);
    const { dir, name } = this.split('unlink', path);
    const node = this.node(path) ?? fail('ENOENT', 'unlink', path);
    if (node.kind === 'dir') {
      fail('EISDIR', 'unlink', path);
    }
    this.names([{ dir, name, ino: 0 }]);
  }

  rename(from: string, to: string): void {
    this.change('rename', from, to);
    const source = this.split('rename', from);
    const target = this.split('rename', to);
    const node = this.node(from) ?? fail('ENOENT', 'rename', from);
    const there = this.node(to);
    if (there?.ino === node.ino) {
      return; // POSIX: two names of one file stay both.
    }
    if (there?.kind === 'dir' && node.kind !== 'dir') {
      fail('EISDIR', 'rename', to);
    }
    if (node.kind === 'dir' && there !== undefined && there.kind !== 'dir') {
      fail('ENOTDIR', 'rename', to);
    }
    if (there?.entries !== undefined && there.entries.size > 0) {
      fail('ENOTEMPTY', 'rename', to);
    }
    this.names([
      { ...source, ino: 0 },
      { ...target, ino: node.ino },
    ]);
  }

  link(existing: string, path: string): void {
    this.change('link', path);
    const node = this.node(existing) ?? fail('ENOENT', 'link', existing);
    if (this.options.noHardLinks === true || node.kind === 'dir') {
      fail('EPERM', 'link', path);
    }
    const { dir, name } = this.split('link', path);
    if (this.table.get(dir).entries!.has(name)) {
      fail('EEXIST', 'link', path);
    }
    this.names([{ dir, name, ino: node.ino }]);
  }

  clone(): boolean {
    this.checkAlive();
    return false;
  }

  symlink(target: string, path: string): void {
    this.change('symlink', path);
    this.create('symlink', path, 'link', 0o777, target);
  }

  readlink(path: string): string {
    this.checkAlive();
    const node = this.node(path) ?? fail('ENOENT', 'readlink', path);
    return node.kind === 'link' ? node.target : fail('EINVAL', 'readlink', path);
  }

  chmod(path: string, mode: number): void {
    this.change('chmod', path);
    const node = this.table.mutable(this.find(path, true) ?? fail('ENOENT', 'chmod', path));
    node.mode = mode;
    node.ctime = this.time;
    this.log.push({ op: 'mode', ino: node.ino, mode });
  }

  chown(path: string): void {
    fail('EPERM', 'chown', path);
  }

  touch(path: string): void {
    this.change('touch', path);
    const node = this.table.mutable(this.find(path, true) ?? fail('ENOENT', 'touch', path));
    node.mtime = this.time;
    node.ctime = this.time;
    this.log.push({ op: 'time', ino: node.ino, time: this.time });
  }

  realpath(path: string): string {
    this.checkAlive();
    return this.find(path, true) === undefined ? fail('ENOENT', 'realpath', path) : path;
  }

  writable(): boolean {
    this.checkAlive();
    return true;
  }

  networkKind(): undefined {
    this.checkAlive();
  }

  freeBytes(): number | undefined {
    return undefined;
  }
}
