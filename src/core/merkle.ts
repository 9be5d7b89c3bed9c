import { invariant } from '../base/invariant';
import { hashText, type HashBytes } from './hasher';
import type { Checksum } from './ids';
import { compareEntries, isAscending } from './order';
import { parentOf } from './paths';
import type { Manifest, ManifestEntry, RelPath } from './tree';

/**
 * The checksum of a directory: of the checksums of its direct children, each once, sorted, joined
 * (store-format §2). Names and modes are not in it, so equal checksums do not mean equal directories (H34).
 */
export function directoryChecksum(childChecksums: readonly string[], hash: HashBytes): Checksum {
  let text = '';
  let last: string | undefined;
  for (const checksum of [...childChecksums].sort()) {
    text += checksum === last ? '' : checksum;
    last = checksum;
  }
  return hashText(text, hash) as Checksum;
}

/** A directory while its children are gathered. */
interface Node {
  path: RelPath;
  mode: number;
  children: string[];
  size: number;
}

/** Gives the node of a path's parent, quickly when neighbours in the list share it. */
function parentFinder(nodes: Map<RelPath, Node>): (path: RelPath) => Node {
  let lastPath: RelPath | undefined;
  let last: Node | undefined;
  return (path) => {
    const parent = parentOf(path);
    if (last === undefined || parent !== lastPath) {
      last = nodes.get(parent);
      lastPath = parent;
      invariant(last, `no directory entry for ${JSON.stringify(parent)}`);
    }
    return last;
  };
}

/**
 * The manifest over captured files and directories: every directory gets its checksum and size, and the
 * whole is put in canonical order. `dirs` holds the root (`''`) and every parent.
 */
export function buildManifest(
  files: readonly ManifestEntry[],
  dirs: readonly { path: RelPath; mode: number }[],
  hash: HashBytes,
): Manifest {
  const nodes = new Map<RelPath, Node>();
  for (const { path, mode } of dirs) {
    nodes.set(path, { path, mode, children: [], size: 0 });
  }
  invariant(nodes.size === dirs.length, 'a directory is given twice');
  invariant(nodes.has(''), 'the root directory is missing');
  const parentNode = parentFinder(nodes);
  for (const file of files) {
    invariant(file.type === 'F' && !nodes.has(file.path), 'a file is not also a directory');
    const parent = parentNode(file.path);
    parent.children.push(file.checksum);
    parent.size += file.size;
  }
  const entries = [...files];
  for (const node of deepestFirst([...nodes.values()])) {
    const checksum = directoryChecksum(node.children, hash);
    entries.push({ type: 'D', mode: node.mode, checksum, size: node.size, path: node.path });
    if (node.path !== '') {
      const parent = parentNode(node.path);
      parent.children.push(checksum);
      parent.size += node.size;
    }
  }
  const compare = compareEntries(entries);
  const sorted = entries.sort(compare);
  invariant(isAscending(sorted, compare), 'a file is given twice');
  return { entries: sorted };
}

/** A child's path is longer than its parent's: the simplest order in which children come first. */
function deepestFirst(nodes: Node[]): Node[] {
  return nodes.sort((a, b) => b.path.length - a.path.length);
}
