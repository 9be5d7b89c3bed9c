import type { Stat } from '../../../src/engine/disk/fs';
import type { Inode } from '../../crash/inodes';
import { MemoryFs } from '../../crash/memoryFs';

/** A file system whose clock people set, and whose times are as coarse as some are. */
export class ClockFs extends MemoryFs {
  grainNs = 1n;

  protected override stat(node: Inode): Stat {
    const stat = super.stat(node);
    const cut = (time: bigint): bigint => time - (time % this.grainNs);
    return { ...stat, mtimeNs: cut(stat.mtimeNs), ctimeNs: cut(stat.ctimeNs) };
  }

  /** Writes into the file itself: it keeps its number, and here its size. */
  overwrite(path: string, text: string): void {
    const node = this.node(path);
    if (node?.kind === 'file' && node.length === text.length) {
      const own = this.table.mutable(node.ino);
      own.data = new TextEncoder().encode(text);
      own.mtime = own.ctime = this.time += 1_000n;
    }
  }
}
