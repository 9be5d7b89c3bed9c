import type { NodeKind } from '../../src/engine/disk/fs';

/** A file, folder or link of the file system in memory. */
export interface Inode {
  readonly ino: number;
  readonly kind: NodeKind;
  mode: number;
  /** Files only ever grow (the engine never writes in place), so one buffer serves every version. */
  data: Uint8Array;
  length: number;
  /** Text of a link. */
  target: string;
  /** A folder's names. */
  entries: Map<string, number> | undefined;
  nlink: number;
  mtime: bigint;
  ctime: bigint;
  /** Which table may change this object in place; others copy it first. */
  owner: object;
  /** What `prints.ts` made of a file or link; 0: nothing yet, or it was changed since. */
  print: number;
}

const NOTHING = new Uint8Array(0);
/** A table with so many changes of its own hands them to those that are forked from it. */
const MANY = 24;

/** All inodes of one state. `fork` is cheap: inodes are copied when they are first changed. */
export class InodeTable {
  /** Shared between tables; never changed once there. */
  private base: ReadonlyMap<number, Inode>;
  /** What differs here. */
  private own: Map<number, Inode>;
  private token: object = {};

  constructor(base: ReadonlyMap<number, Inode> = new Map(), own = new Map<number, Inode>()) {
    this.base = base;
    this.own = own;
  }

  fork(): InodeTable {
    // Neither side may change what both now share.
    this.token = {};
    if (this.own.size > MANY) {
      const all = new Map(this.base);
      this.own.forEach((node, ino) => all.set(ino, node));
      this.base = all;
      this.own = new Map();
    }
    return new InodeTable(this.base, new Map(this.own));
  }

  get(ino: number): Inode {
    const node = this.own.get(ino) ?? this.base.get(ino);
    if (node === undefined) {
      throw new Error(`no inode ${ino}`);
    }
    return node;
  }

  /** The inode, ready to be changed. */
  mutable(ino: number): Inode {
    const node = this.get(ino);
    if (node.owner === this.token) {
      node.print = 0;
      return node;
    }
    const copy: Inode = {
      ...node,
      entries: node.entries === undefined ? undefined : new Map(node.entries),
      owner: this.token,
      print: 0,
    };
    this.own.set(ino, copy);
    return copy;
  }

  add(ino: number, kind: NodeKind, mode: number, time: bigint, target = ''): Inode {
    const node: Inode = {
      ino,
      kind,
      mode,
      data: NOTHING,
      length: 0,
      target,
      entries: kind === 'dir' ? new Map() : undefined,
      nlink: 0,
      mtime: time,
      ctime: time,
      owner: this.token,
      print: 0,
    };
    this.own.set(ino, node);
    return node;
  }

  has(ino: number): boolean {
    return this.own.has(ino) || this.base.has(ino);
  }

  /** Points a name at an inode, or (0) removes it; keeps the link counts. */
  assign(dir: number, name: string, ino: number): void {
    const folder = this.mutable(dir);
    const before = folder.entries!.get(name);
    if (before === ino) {
      return;
    }
    if (before !== undefined) {
      this.mutable(before).nlink--;
    }
    if (ino === 0) {
      folder.entries!.delete(name);
    } else {
      folder.entries!.set(name, ino);
      this.mutable(ino).nlink++;
    }
  }
}
