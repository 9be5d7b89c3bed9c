import type { CheckpointId } from '../ids';
import type { LoggedTake } from './log';

/** How the lines of a timeline part: each restore of an older checkpoint may begin another one. */
export interface Lines {
  /** The later children of a checkpoint that went on elsewhere before, each with that checkpoint. */
  branchOf: ReadonlyMap<CheckpointId, CheckpointId>;
  /** How many lines go on from a checkpoint, where it is more than one. */
  forks: ReadonlyMap<CheckpointId, number>;
  /** What is not HEAD, nor before it, nor after it. */
  aside: ReadonlySet<CheckpointId>;
}

/** Taken by a restore beside every line, or brought from somewhere else: neither begins a line. */
function standsAlone(take: LoggedTake): boolean {
  return take.trigger === 'safety' || take.trigger === 'import';
}

/**
 * Finds where lines part.
 * @param living oldest first
 * @param parentOf the nearest living ancestor
 */
export function findLines(
  living: readonly LoggedTake[],
  parentOf: (id: CheckpointId) => CheckpointId | null,
  head: CheckpointId | null,
): Lines {
  const children = new Map<CheckpointId, number>();
  const branchOf = new Map<CheckpointId, CheckpointId>();
  const before = ancestorsOf(head, parentOf, living.length);
  const after = new Set<CheckpointId>();
  const aside = new Set<CheckpointId>();
  for (const take of living) {
    const parent = parentOf(take.id);
    if (parent !== null && (parent === head || after.has(parent))) {
      after.add(take.id);
    }
    if (standsAlone(take)) {
      continue;
    }
    if (head !== null && !before.has(take.id) && !after.has(take.id)) {
      aside.add(take.id);
    }
    if (parent !== null) {
      const count = (children.get(parent) ?? 0) + 1;
      children.set(parent, count);
      if (count > 1) {
        branchOf.set(take.id, parent);
      }
    }
  }
  return { branchOf, forks: new Map([...children].filter(([, count]) => count > 1)), aside };
}

/** HEAD and everything before it. The count guards against a forged cycle. */
function ancestorsOf(
  head: CheckpointId | null,
  parentOf: (id: CheckpointId) => CheckpointId | null,
  limit: number,
): Set<CheckpointId> {
  const before = new Set<CheckpointId>();
  for (let id = head; id !== null && before.size <= limit && !before.has(id); id = parentOf(id)) {
    before.add(id);
  }
  return before;
}
