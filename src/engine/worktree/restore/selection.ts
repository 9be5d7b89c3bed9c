import { SnapdirError } from '../../../core/errors';
import { baseName, checkRelPath, inScope, isWithin } from '../../../core/paths';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../../core/tree';

/** What is restored to another place. */
export interface Selection {
  /** Its own name; for everything, or several things, the name of the folder. */
  name: string;
  kind: 'file' | 'dir' | 'link';
  /** Paths below the selection's own place; `''` is the thing itself. Folders before what is in them. */
  entries: ManifestEntry[];
  links: LinkEntry[];
  bytes: number;
}

function below(path: RelPath, base: RelPath): RelPath {
  return base === '' ? path : path.slice(base.length + 1);
}

function kindOf(tree: Tree, path: RelPath, rev: string): Selection['kind'] {
  const entry = tree.entries.find((one) => one.path === path);
  if (entry !== undefined) {
    return entry.type === 'F' ? 'file' : 'dir';
  }
  if (tree.links.some((one) => one.path === path)) {
    return 'link';
  }
  throw new SnapdirError('PATH_NOT_FOUND', { path, rev });
}

/**
 * Picks files and folders out of a tree. One path comes under its own name; several keep their paths.
 * @throws PATH_NOT_FOUND, UNSAFE_PATH
 */
export function select(
  tree: Tree,
  of: { paths: readonly RelPath[] | null; rev: string; folderName: string; windows: boolean },
): Selection {
  const { paths, rev, folderName, windows } = of;
  paths?.forEach((path) => kindOf(tree, path, rev));
  const single = paths?.length === 1 ? paths[0]! : '';
  const wanted = (path: RelPath): boolean =>
    inScope(path, paths) || paths?.some((one) => single === '' && isWithin(one, path)) === true;
  const entries = tree.entries
    .filter(({ path }) => wanted(path))
    .map((entry) => ({ ...entry, path: entry.path === single ? '' : below(entry.path, single) }));
  const links = tree.links
    .filter(({ path }) => wanted(path))
    .map((link) => ({ ...link, path: link.path === single ? '' : below(link.path, single) }));
  for (const { path } of [...entries, ...links]) {
    checkRelPath(path, { windows });
  }
  const bytes = entries.reduce((sum, { type, size }) => sum + (type === 'F' ? size : 0), 0);
  const name = single === '' ? folderName : baseName(single);
  return { name, kind: kindOf(tree, single, rev), entries, links, bytes };
}
