import { inScope, parentOf } from '../../core/paths';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../core/tree';

/** Everything that a snapshot holds, before its manifest is made. */
export interface Whole {
  files: ManifestEntry[];
  dirs: { path: RelPath; mode: number }[];
  links: LinkEntry[];
}

/** A take of a part: the parent's tree with that part replaced by what is there now. */
export function carryOver(
  parent: Tree | undefined,
  part: Whole,
  scope: readonly RelPath[],
  force: readonly RelPath[],
): Whole {
  const forced = new Set(force);
  const replaced = (path: RelPath): boolean => inScope(path, [...scope]) || forced.has(path);
  const files = new Map<RelPath, ManifestEntry>();
  const dirs = new Map<RelPath, number>();
  const links = new Map<RelPath, LinkEntry>();
  for (const entry of parent?.entries ?? []) {
    if (entry.type === 'D' && (entry.path === '' || !replaced(entry.path))) {
      dirs.set(entry.path, entry.mode);
    } else if (entry.type === 'F' && !replaced(entry.path)) {
      files.set(entry.path, entry);
    }
  }
  for (const link of parent?.links ?? []) {
    if (!replaced(link.path)) {
      links.set(link.path, link);
    }
  }
  for (const dir of part.dirs) {
    dirs.set(dir.path, dir.mode);
  }
  part.files.forEach((file) => files.set(file.path, file));
  part.links.forEach((link) => links.set(link.path, link));
  return consistent({ files, dirs, links });
}

/** What was a file may be a folder now, and the other way round: nothing may lie below a file. */
function consistent(tree: {
  files: Map<RelPath, ManifestEntry>;
  dirs: Map<RelPath, number>;
  links: Map<RelPath, LinkEntry>;
}): Whole {
  const alive = new Map<RelPath, boolean>([['', true]]);
  const isAlive = (dir: RelPath): boolean => {
    let known = alive.get(dir);
    if (known === undefined) {
      known = tree.dirs.has(dir) && isAlive(parentOf(dir));
      alive.set(dir, known);
    }
    return known;
  };
  for (const path of tree.dirs.keys()) {
    // Only the newer look can have found a folder where the parent's tree has a file.
    tree.files.delete(path);
    tree.links.delete(path);
  }
  return {
    files: [...tree.files.values()].filter((file) => isAlive(parentOf(file.path))),
    dirs: [...tree.dirs].filter(([path]) => isAlive(path)).map(([path, mode]) => ({ path, mode })),
    links: [...tree.links.values()].filter((link) => isAlive(parentOf(link.path))),
  };
}
