import { throwIfCancelled, type CancelSignal } from '../base/abort';
import type { Change } from './change';
import { sortByPath } from './order';
import { baseName, inScope } from './paths';
import type { ChangeCounts } from './records';
import { joinTrees, toSide, type TreeNode } from './treeJoin';
import type { RelPath, Tree } from './tree';

export interface CompareOptions {
  /** Only what lies within these. */
  paths?: readonly RelPath[];
  signal?: CancelSignal;
}

export interface TreeComparison {
  /** Sorted by path (UTF-8 byte order). */
  changes: Change[];
  counts: ChangeCounts;
}

const CANCEL_EVERY = 4096;

function same(left: TreeNode, right: TreeNode): boolean {
  if ('target' in left || 'target' in right) {
    return 'target' in left && 'target' in right && left.target === right.target;
  }
  if (left.type !== right.type || left.mode !== right.mode) {
    return false;
  }
  return left.type === 'D' || left.checksum === right.checksum;
}

/** The difference at one path, or undefined where there is none. */
function changeAt(left: TreeNode | undefined, right: TreeNode | undefined): Change | undefined {
  if (left !== undefined && right !== undefined) {
    return same(left, right)
      ? undefined
      : { status: 'M', path: right.path, left: toSide(left), right: toSide(right) };
  }
  const node = left ?? right;
  // A tree without a root line is the empty tree: that the folder itself is there is no news.
  if (node === undefined || node.path === '') {
    return undefined;
  }
  return left === undefined
    ? { status: 'A', path: node.path, right: toSide(node) }
    : { status: 'D', path: node.path, left: toSide(node) };
}

/** The files of one content that are only left or only right. */
interface Moved {
  deleted: Change[];
  added: Change[];
}

function groupByContent(changes: readonly Change[], signal?: CancelSignal): Moved[] {
  const groups = new Map<string, Moved>();
  let seen = 0;
  for (const change of changes) {
    if (++seen % CANCEL_EVERY === 0) {
      throwIfCancelled(signal);
    }
    const side = change.status === 'A' ? change.right : change.left;
    const paired = change.status === 'A' || change.status === 'D';
    // Empty files are all alike: that one went and another came says nothing.
    if (!paired || side?.kind !== 'file' || side.checksum === undefined || side.size === 0) {
      continue;
    }
    let group = groups.get(side.checksum);
    if (group === undefined) {
      group = { deleted: [], added: [] };
      groups.set(side.checksum, group);
    }
    (change.status === 'A' ? group.added : group.deleted).push(change);
  }
  return [...groups.values()].filter((one) => one.deleted.length > 0 && one.added.length > 0);
}

/** Pairs each deleted file with at most one added one: first those that kept their base name. */
function pairUp(group: Moved, pairs: Map<Change, Change>): void {
  if (group.deleted.length === 1 && group.added.length === 1) {
    pairs.set(group.added[0]!, group.deleted[0]!);
    return;
  }
  const byName = new Map<string, Change[]>();
  for (const change of sortByPath(group.deleted)) {
    const name = baseName(change.path);
    const alike = byName.get(name);
    if (alike === undefined) {
      byName.set(name, [change]);
    } else {
      alike.push(change);
    }
  }
  const unpaired = [];
  for (const added of sortByPath(group.added)) {
    const deleted = byName.get(baseName(added.path))?.shift();
    if (deleted === undefined) {
      unpaired.push(added);
    } else {
      pairs.set(added, deleted);
    }
  }
  const rest = sortByPath([...byName.values()].flat());
  unpaired.slice(0, rest.length).forEach((added, i) => pairs.set(added, rest[i]!));
}

/** Turns a deleted and an added file of equal content into one rename. */
function findRenames(changes: Change[], signal?: CancelSignal): Change[] {
  const pairs = new Map<Change, Change>();
  for (const group of groupByContent(changes, signal)) {
    pairUp(group, pairs);
  }
  if (pairs.size === 0) {
    return changes;
  }
  const gone = new Set(pairs.values());
  return changes
    .filter((change) => !gone.has(change))
    .map((change) => {
      const from = pairs.get(change);
      return from?.left === undefined
        ? change
        : { ...change, status: 'R', oldPath: from.path, left: from.left };
    });
}

/** Counts changes. Directories are not counted, unless one took a file's place. */
export function summarize(changes: readonly Change[]): ChangeCounts {
  const counts: ChangeCounts = { added: 0, deleted: 0, modified: 0, renamed: 0 };
  const field = { A: 'added', D: 'deleted', M: 'modified', R: 'renamed' } as const;
  for (const change of changes) {
    const sides = [change.left, change.right].filter((side) => side !== undefined);
    if (sides.some((side) => side.kind !== 'dir')) {
      counts[field[change.status]]++;
    }
  }
  return counts;
}

/**
 * What differs between two trees: added, deleted, modified (content, mode or kind) and renamed (equal
 * content, never for empty files). `paths` restricts both trees to what lies within them. The folder
 * itself (`''`) is listed only where its mode differs.
 * @throws AbortError
 */
export function compareTrees(
  left: Tree,
  right: Tree,
  options: CompareOptions = {},
): TreeComparison {
  const scope = options.paths ?? null;
  const found: Change[] = [];
  let seen = 0;
  joinTrees(left, right, (a, b) => {
    if (++seen % CANCEL_EVERY === 0) {
      throwIfCancelled(options.signal);
    }
    const change = changeAt(a, b);
    if (change !== undefined && inScope(change.path, scope)) {
      found.push(change);
    }
  });
  throwIfCancelled(options.signal);
  const renamed = findRenames(found, options.signal);
  throwIfCancelled(options.signal);
  const changes = sortByPath(renamed);
  throwIfCancelled(options.signal);
  return { changes, counts: summarize(changes) };
}
