import type { NodeKind, Stat } from '../../src/engine/disk/fs';
import { InodeTable, type Inode } from './inodes';

/** The process is dead: thrown by the call it was stopped at and by every call after it. */
export class Halt extends Error {
  constructor() {
    super('the process was stopped');
    this.name = 'Halt';
  }
}

/** One change, as the crash model needs it: by inode, so that it can be applied in other orders. */
export type LogEntry =
  | { op: 'new'; ino: number; kind: NodeKind; mode: number; target: string; time: bigint }
  | { op: 'names'; names: { dir: number; name: string; ino: number }[] }
  | { op: 'data'; ino: number; length: number }
  | { op: 'mode'; ino: number; mode: number }
  | { op: 'time'; ino: number; time: bigint }
  | { op: 'fsync'; ino: number }
  | { op: 'fsyncDir'; ino: number }
  | { op: 'sync' };

/** What a fault hook is asked about: the n-th changing call. */
export interface Call {
  n: number;
  name: string;
  path: string;
  /** Of a rename. */
  to: string;
}

export interface MemoryFsOptions {
  /** `syncFileSystem` works (Linux); otherwise every file and folder is synced by itself. */
  syncFs?: boolean;
  /** Seeded bug: these syncs report success and do nothing. */
  syncsLie?: 'all' | 'files' | 'folders';
  /** `link` fails with EPERM, as on exFAT. */
  noHardLinks?: boolean;
  /** An errno to fail a call with, or 'short' for a write of one byte. */
  fault?: (call: Call) => string | undefined;
}

/** An open file: where the next read or write happens. */
export interface Opened {
  ino: number;
  position: number;
}

const ROOT = 1;
const FD = /^\/proc\/self\/fd\/(\d+)(?:\/|$)/;
/** Any `/m<number>/` in front is the same place: each process of a test sees paths of its own. */
const MOUNT = /^\/m\d+(?=\/|$)/;
const MAX_LINKS = 20;

/** Fails as Node's fs does, but for the stack: millions of these are thrown, and it costs most. */
export function fail(code: string, name: string, path: string): never {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new Error(`${code}: ${name} ${path}`);
  Error.stackTraceLimit = stackTraceLimit;
  throw Object.assign(error, { code });
}

const PARTS = new Map<string, readonly string[]>();

/** The names in a path. They are asked for again and again. */
function partsOf(path: string): readonly string[] {
  let parts = PARTS.get(path);
  if (parts === undefined) {
    if (PARTS.size > 20_000) {
      PARTS.clear();
    }
    parts = path.split('/').filter((part) => part !== '' && part !== '.');
    PARTS.set(path, parts);
  }
  return parts;
}

/** Lookup, logging and stopping: what `MemoryFs` makes its calls of. */
export class MemoryCore {
  readonly log: LogEntry[] = [];
  /** Changing calls so far. */
  calls = 0;
  /** The call with this number is not executed, and nothing after it. */
  stopAt = Infinity;
  /** The file system's clock. */
  time = 1_700_000_000_000_000_000n;
  readonly table: InodeTable;
  /** Told of every changing call before it happens; may use the file system itself. */
  onCall: ((call: Call) => void) | undefined;
  protected readonly options: MemoryFsOptions;
  protected readonly opened = new Map<number, Opened>();
  protected nextIno: number;
  protected nextFd = 10;

  constructor(
    options: MemoryFsOptions = {},
    from?: { table: InodeTable; nextIno: number; time: bigint },
  ) {
    this.options = options;
    this.table = from?.table ?? new InodeTable();
    this.nextIno = from?.nextIno ?? ROOT + 1;
    if (from === undefined) {
      this.table.add(ROOT, 'dir', 0o755, this.time).nlink = 1;
    } else {
      this.time = from.time;
    }
  }

  get alive(): boolean {
    return this.calls < this.stopAt;
  }

  protected checkAlive(): void {
    if (!this.alive) {
      throw new Halt();
    }
  }

  /** Counts a changing call; stops or fails it where that was asked for. */
  protected change(name: string, path: string, to = ''): string | undefined {
    this.checkAlive();
    this.calls++;
    this.checkAlive();
    this.time += 1_000n;
    const call = { n: this.calls, name, path, to };
    this.onCall?.(call);
    const fault = this.options.fault?.(call);
    if (fault !== undefined && fault !== 'short') {
      fail(fault, name, path);
    }
    return fault;
  }

  protected node(path: string): Inode | undefined {
    const ino = this.find(path, false);
    return ino === undefined ? undefined : this.table.get(ino);
  }

  /** Follows links in the middle of a path, as every file system does; at its end only if asked. */
  protected find(path: string, followLast: boolean, links = 0): number | undefined {
    let ino = ROOT;
    let rest = path.startsWith('/m') ? path.replace(MOUNT, '') : path;
    const fd = path.startsWith('/proc') ? FD.exec(path) : null;
    if (fd !== null) {
      const open = this.opened.get(Number(fd[1]));
      if (open === undefined) {
        return undefined;
      }
      ino = open.ino;
      rest = path.slice(fd[0].length);
    }
    const parts = partsOf(rest);
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!;
      const entries = this.table.get(ino).entries;
      const next = entries?.get(part);
      if (next === undefined) {
        return undefined;
      }
      const node = this.table.get(next);
      const last = index === parts.length - 1 && !rest.endsWith('/');
      if (node.kind === 'link' && (!last || followLast)) {
        if (links >= MAX_LINKS) {
          fail('ELOOP', 'lookup', path);
        }
        const base = node.target.startsWith('/') ? '' : parts.slice(0, index).join('/');
        const on = [base, node.target, ...parts.slice(index + 1)].join('/');
        return this.find(on, followLast, links + 1);
      }
      ino = next;
    }
    return ino;
  }

  protected split(call: string, path: string): { dir: number; name: string } {
    const cut = path.lastIndexOf('/');
    const dir = this.find(cut <= 0 ? '/' : path.slice(0, cut), true);
    if (dir === undefined) {
      fail('ENOENT', call, path);
    }
    if (this.table.get(dir).kind !== 'dir') {
      fail('ENOTDIR', call, path);
    }
    return { dir, name: path.slice(cut + 1) };
  }

  protected stat(node: Inode): Stat {
    return {
      kind: node.kind,
      mode: node.mode,
      size: node.kind === 'link' ? node.target.length : node.length,
      dev: 1n,
      ino: BigInt(node.ino),
      nlink: node.nlink,
      uid: 0,
      gid: 0,
      mtimeNs: node.mtime,
      ctimeNs: node.ctime,
      blocks: 1,
    };
  }

  protected names(names: { dir: number; name: string; ino: number }[]): void {
    for (const { dir, name, ino } of names) {
      if (ino !== 0) {
        this.table.mutable(ino).ctime = this.time;
      }
      const before = this.table.get(dir).entries!.get(name);
      if (before !== undefined) {
        this.table.mutable(before).ctime = this.time;
      }
      this.table.assign(dir, name, ino);
      const folder = this.table.mutable(dir);
      folder.mtime = this.time;
      folder.ctime = this.time;
    }
    this.log.push({ op: 'names', names });
  }

  protected create(call: string, path: string, kind: NodeKind, mode: number, target = ''): Inode {
    const { dir, name } = this.split(call, path);
    if (this.table.get(dir).entries!.has(name)) {
      fail('EEXIST', call, path);
    }
    const node = this.table.add(this.nextIno++, kind, mode, this.time, target);
    this.log.push({ op: 'new', ino: node.ino, kind, mode, target, time: this.time });
    this.names([{ dir, name, ino: node.ino }]);
    return node;
  }
}
