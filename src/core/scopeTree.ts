import { compareEntriesByBytes, type Ordered } from './order';
import { inScope, isWithin, parentOf } from './paths';
import type { ManifestEntry, RelPath, Tree } from './tree';

/**
 * The first index whose entry is not before this one.
 * @param from where to begin: everything before it is before the entry
 */
export function lowerBound(entries: readonly ManifestEntry[], wanted: Ordered, from = 0): number {
  let low = from;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntriesByBytes(entries[middle]!, wanted) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/**
 * The part of a tree that lies in a scope, with the folders above it. A few paths out of many are found
 * without a look at the others. Both trees are in the order of a manifest.
 * @param scope null: everything
 */
export function scopeTree(tree: Tree, scope: readonly RelPath[] | null): Tree {
  if (scope === null || scope.includes('')) {
    return tree;
  }
  const { entries } = tree;
  const chosen = new Set<number>();
  const choose = (type: 'F' | 'D', path: RelPath): number => {
    const index = lowerBound(entries, { type, path });
    const entry = entries[index];
    if (entry?.type === type && entry.path === path) {
      chosen.add(index);
      return index;
    }
    return entries.length;
  };
  for (const path of scope) {
    choose('F', path);
    // What is in a folder comes right after it.
    for (let at = choose('D', path) + 1; at < entries.length; at++) {
      if (!isWithin(entries[at]!.path, path)) {
        break;
      }
      chosen.add(at);
    }
    for (let above = path; above !== '';) {
      above = parentOf(above);
      choose('F', above);
      choose('D', above);
    }
  }
  const indexes = [...chosen].sort((a, b) => a - b);
  const links = tree.links.filter(
    ({ path }) => inScope(path, scope) || scope.some((one) => isWithin(one, path)),
  );
  return { entries: indexes.map((index) => entries[index]!), links };
}

/** Whether two trees hold the same files, folders and links, in the same order. */
export function sameTree(a: Tree, b: Tree): boolean {
  return (
    a.entries.length === b.entries.length &&
    a.links.length === b.links.length &&
    a.entries.every((entry, index) => sameEntry(entry, b.entries[index]!)) &&
    a.links.every(
      ({ path, target }, index) =>
        path === b.links[index]!.path && target === b.links[index]!.target,
    )
  );
}

/** A folder's own size and checksum follow from what is in it, and may be those of a part. */
function sameEntry(a: ManifestEntry, b: ManifestEntry): boolean {
  return (
    a.path === b.path &&
    a.type === b.type &&
    a.mode === b.mode &&
    (a.type === 'D' || (a.checksum === b.checksum && a.size === b.size))
  );
}
