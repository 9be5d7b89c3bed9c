import type { InodeTable } from './inodes';
import type { LogEntry } from './memoryCore';

/** Names that change together. */
export interface PendingNames {
  id: number;
  names: { dir: number; name: string; ino: number }[];
}

/**
 * Plays a log and tracks what is durable. The model is POSIX with atomic renames: names change in any
 * order and any subset until their folder is synced, bytes and modes until the file is; a rename is
 * one change (as every journaling file system has it), synced through either folder.
 */
export class Disk {
  /** What survives for certain. */
  readonly durable: InodeTable;
  pending: PendingNames[] = [];
  readonly dirty = new Map<number, number>();
  readonly modes = new Map<number, number>();
  /** Grows whenever `durable` changes. */
  version = 0;
  private ids = 0;
  private readonly written: InodeTable;

  /** @param written where the bytes of inodes made by the run are */
  constructor(start: InodeTable, written: InodeTable) {
    this.durable = start.fork();
    this.written = written;
  }

  play(entry: LogEntry): void {
    switch (entry.op) {
      case 'new':
        this.durable.add(entry.ino, entry.kind, entry.mode, entry.time, entry.target).data =
          this.written.get(entry.ino).data;
        break;
      case 'names':
        this.pending.push({ id: this.ids++, names: entry.names });
        break;
      case 'data':
        this.dirty.set(entry.ino, entry.length);
        break;
      case 'mode':
        this.modes.set(entry.ino, entry.mode);
        break;
      case 'time':
        this.durable.mutable(entry.ino).mtime = entry.time;
        break;
      case 'fsync':
        this.syncInode(entry.ino);
        break;
      case 'fsyncDir':
        this.syncInode(entry.ino);
        this.commit((names) => names.some((name) => name.dir === entry.ino));
        break;
      case 'sync':
        for (const ino of [...this.dirty.keys(), ...this.modes.keys()]) {
          this.syncInode(ino);
        }
        this.commit(() => true);
    }
  }

  private syncInode(ino: number): void {
    const length = this.dirty.get(ino);
    const mode = this.modes.get(ino);
    if (length !== undefined) {
      this.durable.mutable(ino).length = length;
      this.dirty.delete(ino);
      this.version++;
    }
    if (mode !== undefined) {
      this.durable.mutable(ino).mode = mode;
      this.modes.delete(ino);
      this.version++;
    }
  }

  /** Makes the chosen name changes durable, with every earlier change of the same names. */
  private commit(chosen: (names: PendingNames['names']) => boolean): void {
    const needed = new Set<string>();
    const kept: PendingNames[] = [];
    const done: PendingNames[] = [];
    for (const change of this.pending.toReversed()) {
      const keys = change.names.map((name) => `${name.dir}/${name.name}`);
      if (chosen(change.names) || keys.some((key) => needed.has(key))) {
        keys.forEach((key) => needed.add(key));
        done.push(change);
      } else {
        kept.push(change);
      }
    }
    for (const change of done.reverse()) {
      this.version++;
      applyNames(this.durable, change.names);
    }
    this.pending = kept.reverse();
  }
}

/** Does changes of names. */
export function applyNames(table: InodeTable, names: PendingNames['names']): void {
  for (const { dir, name, ino } of names) {
    table.assign(dir, name, ino);
  }
}
