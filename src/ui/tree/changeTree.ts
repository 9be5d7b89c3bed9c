import type { Change } from '../../core/change';
import type { RelPath } from '../../core/tree';

/** A folder that holds changes; a chain of folders with nothing else in them is one (`src/ui`). */
export interface ChangeFolder {
  path: RelPath;
  /** What the row shows: the path below the parent row. */
  label: string;
  folders: ChangeFolder[];
  changes: Change[];
}

/** Changes as a person sees them: a folder is listed only where no change below it tells the same. */
export function visibleChanges(changes: readonly Change[]): Change[] {
  const parents = new Set<string>();
  for (const { path, oldPath } of changes) {
    addParents(parents, path);
    if (oldPath !== undefined) {
      addParents(parents, oldPath);
    }
  }
  return changes.filter((c) => !isFolderChange(c) || (c.path !== '' && !parents.has(c.path)));
}

function addParents(parents: Set<string>, path: RelPath): void {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const parent = path.slice(0, at);
    if (parents.has(parent)) {
      return;
    }
    parents.add(parent);
  }
}

/** Whether a change is about a folder itself: there is nothing to diff. */
export function isFolderChange(change: Change): boolean {
  return (change.right ?? change.left)?.kind === 'dir';
}

/** Arranges changes (sorted by path) as folders and files. */
export function buildChangeTree(changes: readonly Change[]): ChangeFolder {
  const root: ChangeFolder = { path: '', label: '', folders: [], changes: [] };
  const byPath = new Map<RelPath, ChangeFolder>([['', root]]);
  const folderAt = (path: RelPath): ChangeFolder => {
    const known = byPath.get(path);
    if (known !== undefined) {
      return known;
    }
    const cut = path.lastIndexOf('/');
    const parent = folderAt(cut < 0 ? '' : path.slice(0, cut));
    const folder: ChangeFolder = { path, label: path.slice(cut + 1), folders: [], changes: [] };
    parent.folders.push(folder);
    byPath.set(path, folder);
    return folder;
  };
  for (const change of changes) {
    const cut = change.path.lastIndexOf('/');
    folderAt(cut < 0 ? '' : change.path.slice(0, cut)).changes.push(change);
  }
  root.folders = root.folders.map(compact);
  return root;
}

function compact(folder: ChangeFolder): ChangeFolder {
  let result = folder;
  while (result.changes.length === 0 && result.folders.length === 1) {
    const only = result.folders[0]!;
    result = { ...only, label: `${result.label}/${only.label}` };
  }
  return { ...result, folders: result.folders.map(compact) };
}
