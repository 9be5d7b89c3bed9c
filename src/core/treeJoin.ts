import type { ChangeSide } from './change';
import { compareEntries, isAscending, sortEntries } from './order';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from './tree';

/** Anything that a tree holds at a path. */
export type TreeNode = ManifestEntry | LinkEntry;

/** A node as one side of a change. */
export function toSide(node: TreeNode): ChangeSide {
  if ('target' in node) {
    return { kind: 'link', target: node.target };
  }
  const { type, mode, size, checksum } = node;
  return type === 'D' ? { kind: 'dir', mode } : { kind: 'file', mode, size, checksum };
}

/** Called once for each path that either tree holds; a path of two kinds is one path. In no order. */
export type Visit = (left: TreeNode | undefined, right: TreeNode | undefined) => void;

/** The nodes that found no partner of their own kind yet. */
class Singles {
  readonly left = new Map<RelPath, TreeNode>();
  readonly right: TreeNode[] = [];

  /** A path whose kind differs meets here; what is left is on one side only. */
  visit(visit: Visit): void {
    for (const right of this.right) {
      visit(this.left.get(right.path), right);
      this.left.delete(right.path);
    }
    for (const left of this.left.values()) {
      visit(left, undefined);
    }
  }
}

function joinEntries(left: Tree, right: Tree, singles: Singles, visit: Visit): void {
  const compare = compareEntries(left.entries, right.entries);
  const [a, b] = [left.entries, right.entries].map((entries) =>
    isAscending(entries, compare) ? entries : sortEntries(entries),
  ) as [ManifestEntry[], ManifestEntry[]];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i]!;
    const y = b[j]!;
    const order = compare(x, y);
    if (order === 0) {
      visit(x, y);
    } else if (order < 0) {
      singles.left.set(x.path, x);
    } else {
      singles.right.push(y);
    }
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
  for (; i < a.length; i++) {
    singles.left.set(a[i]!.path, a[i]!);
  }
  for (; j < b.length; j++) {
    singles.right.push(b[j]!);
  }
}

/**
 * Brings two trees together path by path: a merge over the sorted entries. It looks at every path and
 * never skips a directory whose checksums agree, since those say nothing of names (reliability H34).
 */
export function joinTrees(left: Tree, right: Tree, visit: Visit): void {
  const singles = new Singles();
  joinEntries(left, right, singles, visit);
  for (const link of left.links) {
    singles.left.set(link.path, link);
  }
  for (const link of right.links) {
    singles.right.push(link);
  }
  singles.visit(visit);
}
