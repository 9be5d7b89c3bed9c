import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { InodeTable } from '../../crash/inodes';
import { checkListed, filesOf, viewStore, type StoreView } from '../../crash/oracle';

/** What a reader of the store finds on a real disk, without any of the engine's file code. */
export interface DiskView extends StoreView {
  /** Checkpoints that are not deleted; each that is not whole is named in `broken`. */
  listed: Set<string>;
  /** A checkpoint's files and links: path → `644 text`, `-> target`. */
  files(id: string): Record<string, string>;
}

/** Copies a store into the oracle's own tables and looks at it. */
export function viewDisk(root: string): DiskView {
  const table = new InodeTable();
  let next = 1;
  table.add(next, 'dir', 0o755, 0n);
  const copy = (path: string, dir: number, name: string): void => {
    const stat = lstatSync(path, { bigint: true });
    const ino = ++next;
    const kind = stat.isDirectory() ? 'dir' : stat.isFile() ? 'file' : 'link';
    const node = table.add(ino, kind, Number(stat.mode & 0o7777n), stat.mtimeNs);
    table.assign(dir, name, ino);
    if (kind === 'dir') {
      readdirSync(path).forEach((child) => copy(join(path, child), ino, child));
    } else if (kind === 'file') {
      node.data = readFileSync(path);
      node.length = node.data.length;
    }
  };
  table.add(++next, 'dir', 0o755, 0n);
  table.assign(1, 'folder', next);
  const store = join(root, '.snapdir');
  if (lstatSync(store, { throwIfNoEntry: false }) !== undefined) {
    copy(store, next, '.snapdir');
  }
  const view = viewStore(table);
  return { ...view, listed: checkListed(view), files: (id) => filesOf(view, id) };
}

/** The files and links of a folder as {@link DiskView.files} shows them. */
export function filesIn(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (dir: string, prefix: string): void => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) {
        if (prefix !== '' || (name !== '.snapdir' && name !== 'lost+found')) {
          visit(path, `${prefix}${name}/`);
        }
      } else {
        found[prefix + name] = stat.isSymbolicLink()
          ? `-> ${readlinkSync(path)}`
          : `${(stat.mode & 0o7777).toString(8)} ${readFileSync(path).toString('utf8')}`;
      }
    }
  };
  visit(root, '');
  return found;
}
