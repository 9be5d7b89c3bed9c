import type { ChangeSide } from '../../../core/change';
import type { PlanItem } from '../../../core/engine';
import type { RelPath } from '../../../core/tree';

/** What is at a path. `null` elsewhere: nothing. */
export type NodeState =
  | { kind: 'file'; mode: number; checksum: string; size: number }
  | { kind: 'dir'; mode: number }
  | { kind: 'link'; target: string };

/**
 * One path that a restore changes, in both directions: finishing a restore brings it to `after`, undoing
 * it to `before`. Both sides are in the store before anything is touched.
 */
export interface Step {
  path: RelPath;
  before: NodeState | null;
  after: NodeState | null;
}

/** The way a run goes. */
export type Goal = 'before' | 'after';

/** The other way. */
export function otherSide(goal: Goal): Goal {
  return goal === 'after' ? 'before' : 'after';
}

/** Mode bits that a restore sets: never set-uid, set-gid or sticky (H32). */
export const MODE_MASK = 0o777;

function toState(side: ChangeSide | undefined): NodeState | null {
  switch (side?.kind) {
    case undefined:
      return null;
    case 'link':
      return { kind: 'link', target: side.target ?? '' };
    case 'dir':
      return { kind: 'dir', mode: (side.mode ?? 0o755) & MODE_MASK };
    case 'file': {
      const { mode = 0o644, checksum = '', size = 0 } = side;
      return { kind: 'file', mode: mode & MODE_MASK, checksum, size };
    }
  }
}

/** A plan's items as steps: one a path, although a change of kind is two items. */
export function toSteps(items: readonly PlanItem[]): Step[] {
  const steps = new Map<RelPath, Step>();
  for (const item of items) {
    const known = steps.get(item.path);
    steps.set(item.path, {
      path: item.path,
      before: known?.before ?? toState(item.live),
      after: toState(item.target) ?? known?.after ?? null,
    });
  }
  return [...steps.values()];
}

/** Whether both are files with the same bytes. */
export function sameContent(a: NodeState | null, b: NodeState | null): boolean {
  return a?.kind === 'file' && b?.kind === 'file' && a.checksum === b.checksum;
}

function depthOf(path: RelPath): number {
  let depth = path === '' ? 0 : 1;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    depth++;
  }
  return depth;
}

/** By depth, and within it by path, so that neighbours share their folder. */
export function shallowFirst<T extends { path: RelPath }>(list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, depth: depthOf(item.path) }));
  keyed.sort(
    (a, b) =>
      a.depth - b.depth || (a.item.path < b.item.path ? -1 : a.item.path > b.item.path ? 1 : 0),
  );
  return keyed.map(({ item }) => item);
}

/** The reverse of {@link shallowFirst}: what is inside a folder comes before it. */
export function deepFirst<T extends { path: RelPath }>(list: readonly T[]): T[] {
  return shallowFirst(list).reverse();
}
