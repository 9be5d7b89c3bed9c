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
}

const NOTHING = new Uint8Array(0);

/** All inodes of one state. `fork` is cheap: inodes are copied when they are first changed. */
export class InodeTable {
  private readonly inodes: Map<number, Inode>;
  private token: object = {};

  constructor(inodes = new Map<number, Inode>()) {
    this.inodes = inodes;
  }

  fork(): InodeTable {
    // Neither side may change what both now share.
    this.token = {};
    return new InodeTable(new Map(this.inodes));
  }

  get(ino: number): Inode {
    const node = this.inodes.get(ino);
    if (node === undefined) {
      throw new Error(`no inode ${ino}`);
    }
    return node;
  }

  /** The inode, ready to be changed. */
  mutable(ino: number): Inode {
    const node = this.get(ino);
    if (node.owner === this.token) {
      return node;
    }
    const copy: Inode = {
      ...node,
      entries: node.entries === undefined ? undefined : new Map(node.entries),
      owner: this.token,
    };
    this.inodes.set(ino, copy);
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
    };
    this.inodes.set(ino, node);
    return node;
  }

  has(ino: number): boolean {
    return this.inodes.has(ino);
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
