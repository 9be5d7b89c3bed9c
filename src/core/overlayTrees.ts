import { sortByPath, sortEntries } from './order';
import { isWithin, parentOf } from './paths';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from './tree';

/** What one undone restore brings about in its scope. */
export interface Layer {
  /** How it was before the restore. */
  before: Tree;
  /** What the restore had put there. */
  made: Tree;
}

type Node = ManifestEntry | LinkEntry;

const isDir = (node: Node | undefined): boolean =>
  node !== undefined && 'type' in node && node.type === 'D';

const nodesOf = ({ entries, links }: Tree): Node[] => [...entries, ...links];

/**
 * What is left when several restores are undone one after the other.
 * @param layers the restore that is undone first comes first
 * @returns what there will be, and everything that any of them had put there
 */
export function overlayTrees(layers: readonly Layer[]): Layer {
  const before = new Map<RelPath, Node>();
  const made = new Map<RelPath, Node>();
  const emptied = new Set<RelPath>();
  for (const layer of layers) {
    const nodes = nodesOf(layer.before);
    const there = new Set(nodes.map(({ path }) => path));
    for (const node of nodesOf(layer.made)) {
      made.set(node.path, node);
      if (!there.has(node.path) && isDir(before.get(node.path))) {
        emptied.add(node.path);
      } else if (!there.has(node.path)) {
        before.delete(node.path);
      }
    }
    for (const node of nodes) {
      if (isDir(before.get(node.path)) && !isDir(node)) {
        removeBelow(before, node.path);
      }
      before.set(node.path, node);
      emptied.delete(node.path);
    }
  }
  removeEmptied(before, emptied);
  return { before: toTree(before), made: toTree(made) };
}

/** A folder that something stays in, stays. */
function removeEmptied(nodes: Map<RelPath, Node>, emptied: ReadonlySet<RelPath>): void {
  const needed = new Set<RelPath>();
  for (const path of nodes.keys()) {
    for (let folder = emptied.has(path) ? '' : path; folder !== '' && !needed.has(folder);) {
      needed.add(folder);
      folder = parentOf(folder);
    }
  }
  for (const path of emptied) {
    if (path !== '' && !needed.has(path)) {
      nodes.delete(path);
    }
  }
}

function removeBelow(nodes: Map<RelPath, Node>, folder: RelPath): void {
  for (const path of nodes.keys()) {
    if (path !== folder && isWithin(path, folder)) {
      nodes.delete(path);
    }
  }
}

function toTree(nodes: ReadonlyMap<RelPath, Node>): Tree {
  const all = [...nodes.values()];
  const entries = all.filter((node): node is ManifestEntry => 'type' in node);
  const links = all.filter((node): node is LinkEntry => !('type' in node));
  return { entries: sortEntries(entries), links: sortByPath(links) };
}
