import type { PlanItem, RestorePlan } from './engine';
import { hashText, type HashBytes } from './hasher';
import { sortByPath } from './order';
import { inScope, parentOf } from './paths';
import { joinTrees, toSide, type TreeNode } from './treeJoin';
import type { RelPath, Tree } from './tree';

/** What to do with live files that the target does not have. */
export type Deletion =
  | { kind: 'keep' }
  | { kind: 'exact' }
  /** Delete what this tree has and the target has not: how undo takes away what a restore created. */
  | { kind: 'only'; tree: Tree };

export interface PlanOptions {
  /** null: the whole folder. */
  paths: readonly RelPath[] | null;
  deletion: Deletion;
  /** Nothing here is deleted for not being in the target: it is not there because it was forgotten (H62). */
  leave?: readonly RelPath[];
  /** The mode bits that a restore can set: 0o777 (default), or 0 where there are no modes. */
  modeMask?: number;
}

export interface PlannedRestore {
  /** In the order of work: deletes (deepest first), directories (top-down), then files and links. */
  items: PlanItem[];
  /** Files and links only: directories are items, too, but nobody counts them. */
  counts: RestorePlan['counts'];
  /** Bytes that would be written. */
  bytes: number;
  /** Directories whose mode has to be set in the end, deepest first. */
  dirModes: { path: RelPath; mode: number }[];
}

const DEFAULT_MODE_MASK = 0o777;

function isDir(node: TreeNode | undefined): boolean {
  return node !== undefined && 'type' in node && node.type === 'D';
}

/** Adds every folder above the path. */
function addAncestors(path: RelPath, to: Set<RelPath>): void {
  for (let one = path; one !== '' && !to.has(parentOf(one));) {
    one = parentOf(one);
    to.add(one);
  }
}

function hasAncestorIn(path: RelPath, folders: ReadonlySet<RelPath>): boolean {
  for (let one = path; folders.size > 0 && one !== '';) {
    one = parentOf(one);
    if (folders.has(one)) {
      return true;
    }
  }
  return false;
}

/** What the plan collects while the two trees are joined. */
class Planner {
  private readonly deletes: PlanItem[] = [];
  private readonly dirs: PlanItem[] = [];
  private readonly files: PlanItem[] = [];
  private readonly extra: TreeNode[] = [];
  /** Live directories that give way to a file or link. */
  private readonly replaced = new Set<RelPath>();
  /** Directories outside the scope that are not there now: created where something below needs them. */
  private readonly missingParents = new Map<RelPath, [TreeNode | undefined, TreeNode]>();
  private readonly counts = { create: 0, overwrite: 0, delete: 0, left: 0, unchanged: 0 };
  private readonly dirModes: PlannedRestore['dirModes'] = [];
  private bytes = 0;
  private readonly options: PlanOptions;
  private readonly modeMask: number;

  constructor(options: PlanOptions) {
    this.options = options;
    this.modeMask = options.modeMask ?? DEFAULT_MODE_MASK;
  }

  /** One path of the live tree, the target, or both. */
  visit(live: TreeNode | undefined, target: TreeNode | undefined): void {
    const path = (target ?? live)!.path;
    if (!inScope(path, this.options.paths)) {
      if (target !== undefined && isDir(target) && !isDir(live)) {
        this.missingParents.set(path, [live, target]);
      }
    } else if (target === undefined) {
      this.extra.push(live!);
    } else if (live === undefined) {
      this.create(target);
    } else if (isDir(live) !== isDir(target)) {
      this.replace(live, target);
    } else {
      this.overwrite(live, target);
    }
  }

  private create(target: TreeNode): void {
    if (target.path !== '') {
      this.add({ action: 'create', path: target.path, target: toSide(target) });
    }
    this.wantMode(target);
    this.willWrite(target);
  }

  private replace(live: TreeNode, target: TreeNode): void {
    if (isDir(live)) {
      this.replaced.add(live.path);
    }
    this.add({ action: 'delete', path: live.path, live: toSide(live) });
    this.create(target);
  }

  private overwrite(live: TreeNode, target: TreeNode): void {
    const sameContent = this.sameContent(live, target);
    if (sameContent && this.sameMode(live, target)) {
      this.counts.unchanged += isDir(target) ? 0 : 1;
      return;
    }
    const sides = { live: toSide(live), target: toSide(target) };
    this.add({ action: 'overwrite', path: target.path, ...sides });
    this.wantMode(target);
    if (!sameContent) {
      this.willWrite(target);
    }
  }

  private sameContent(live: TreeNode, target: TreeNode): boolean {
    if ('target' in live || 'target' in target) {
      return 'target' in live && 'target' in target && live.target === target.target;
    }
    return live.type === 'D' || live.checksum === target.checksum;
  }

  private sameMode(live: TreeNode, target: TreeNode): boolean {
    if ('target' in live || 'target' in target) {
      return true;
    }
    return ((live.mode ^ target.mode) & this.modeMask) === 0;
  }

  private wantMode(target: TreeNode): void {
    if ('type' in target && target.type === 'D') {
      this.dirModes.push({ path: target.path, mode: target.mode });
    }
  }

  private willWrite(target: TreeNode): void {
    if ('type' in target && target.type === 'F') {
      this.bytes += target.size;
    }
  }

  private add(item: PlanItem): void {
    const kind = (item.action === 'delete' ? item.live : item.target)?.kind;
    if (kind !== 'dir') {
      this.counts[item.action]++;
    }
    if (item.action === 'delete') {
      this.deletes.push(item);
    } else {
      (kind === 'dir' ? this.dirs : this.files).push(item);
    }
  }

  /** Decides about live paths that the target does not have, once all of them are known. */
  private placeExtra(): void {
    const { deletion, leave = [] } = this.options;
    const only = deletion.kind === 'only' ? pathsOf(deletion.tree) : undefined;
    const kept = new Set<RelPath>();
    const going: TreeNode[] = [];
    for (const node of this.extra) {
      const wanted = deletion.kind === 'exact' || only?.has(node.path) === true;
      const givesWay = wanted || hasAncestorIn(node.path, this.replaced);
      // What was forgotten is in no snapshot: its folder stays where a file would be, and that is told as one in the way.
      if (givesWay && !inScope(node.path, leave)) {
        going.push(node);
      } else {
        this.counts.left += isDir(node) ? 0 : 1;
        addAncestors(node.path, kept);
      }
    }
    for (const node of going) {
      // A directory that something stays in, stays.
      if (!isDir(node) || !kept.has(node.path)) {
        this.add({ action: 'delete', path: node.path, live: toSide(node) });
      }
    }
  }

  /** Directories above what is created are created, too, even where they lie outside the scope. */
  private placeParents(): void {
    const needed = new Set<RelPath>();
    for (const item of [...this.dirs, ...this.files]) {
      addAncestors(item.path, needed);
    }
    for (const [path, [live, target]] of this.missingParents) {
      if (needed.has(path)) {
        if (live === undefined) {
          this.create(target);
        } else {
          this.replace(live, target);
        }
      }
    }
  }

  finish(): PlannedRestore {
    this.placeExtra();
    this.placeParents();
    const { counts, bytes } = this;
    const items = [...deepestFirst(this.deletes), ...sortByPath(this.dirs)];
    // One by one: a spread of half a million arguments would overflow the stack.
    for (const item of sortByPath(this.files)) {
      items.push(item);
    }
    return { items, counts, bytes, dirModes: deepestFirst(this.dirModes) };
  }
}

function pathsOf(tree: Tree): Set<RelPath> {
  const paths = new Set<RelPath>();
  for (const { path } of tree.entries) {
    paths.add(path);
  }
  for (const { path } of tree.links) {
    paths.add(path);
  }
  return paths;
}

function depth(path: RelPath): number {
  return path === '' ? 0 : path.split('/').length;
}

function deepestFirst<T extends { path: RelPath }>(list: readonly T[]): T[] {
  const measured = sortByPath(list).map((item) => ({ item, depth: depth(item.path) }));
  return measured.sort((a, b) => b.depth - a.depth).map(({ item }) => item);
}

/**
 * What brings the live tree to the target, within `paths`. Pure: nothing is read or written.
 * - Live files that the target does not have stay unless `deletion` says otherwise, or they lie in a
 *   directory that gives way to a file.
 * - A directory and a file (or link) at one path: delete, then create. A file and a link: overwrite.
 * - Only the mode differs: overwrite.
 */
export function planRestore(live: Tree, target: Tree, options: PlanOptions): PlannedRestore {
  const planner = new Planner(options);
  joinTrees(live, target, (a, b) => planner.visit(a, b));
  return planner.finish();
}

/** Names exactly this plan: any other item, side, mode or order gives another fingerprint. */
export function planFingerprint(planned: PlannedRestore, hash: HashBytes): string {
  const side = (one: PlanItem['live']): unknown[] | null =>
    one === undefined
      ? null
      : [one.kind, one.mode ?? null, one.size ?? null, one.checksum ?? null, one.target ?? null];
  const items = planned.items.map((item) => [
    item.action,
    item.path,
    side(item.live),
    side(item.target),
  ]);
  const dirModes = planned.dirModes.map(({ path, mode }) => [path, mode]);
  return hashText(JSON.stringify([items, dirModes]), hash);
}
