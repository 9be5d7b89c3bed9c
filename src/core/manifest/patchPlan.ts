import { compareUtf8 } from '../order';
import { baseName, parentOf } from '../paths';
import type { ManifestEntry, RelPath } from '../tree';

/** What is at a path now; null: nothing. Of a folder only the mode is read. */
export interface PathChange {
  path: RelPath;
  now: ManifestEntry | null;
}

/** A folder in which something changes, somewhere below. */
export interface Dirty {
  path: RelPath;
  /** Its own change, if any. */
  own: PathChange | undefined;
  /** Sorted by key: the name, a folder's with a `/` behind it. */
  children: { key: string; file?: ManifestEntry | null; dir?: Dirty }[];
}

/** Puts the changes into the folders that hold them, down from the root. */
export function planPatch(changes: readonly PathChange[]): Dirty {
  const folders = new Map<RelPath, Dirty>();
  const folderAt = (path: RelPath): Dirty => {
    let folder = folders.get(path);
    if (folder === undefined) {
      folder = { path, own: undefined, children: [] };
      folders.set(path, folder);
      if (path !== '') {
        folderAt(parentOf(path)).children.push({ key: `${baseName(path)}/`, dir: folder });
      }
    }
    return folder;
  };
  for (const change of changes) {
    const { path, now } = change;
    if (path !== '') {
      const file = now?.type === 'F' ? now : null;
      folderAt(parentOf(path)).children.push({ key: baseName(path), file });
    }
    if (now?.type === 'D' || path === '') {
      folderAt(path).own = change;
    } else {
      // It may have been a folder: then that goes, with all that is in it.
      folderAt(path).own = { path, now: null };
    }
  }
  for (const { children } of folders.values()) {
    children.sort((a, b) => compareUtf8(a.key, b.key));
  }
  return folderAt('');
}

/** Whether a change says that something is there. */
export function isThere({ file, dir }: Dirty['children'][number]): boolean {
  if (dir === undefined) {
    return (file ?? null) !== null;
  }
  return (dir.own?.now ?? null) !== null || dir.children.some(isThere);
}
