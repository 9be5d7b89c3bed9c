import type { CheckpointId } from '../ids';
import { standsAlone, type Logged, type LoggedTake } from './log';

/** How the lines of a timeline part: each restore of an older checkpoint may begin another one. */
export interface Lines {
  /** HEAD and everything before it. */
  before: Set<CheckpointId>;
  /** How many things come after HEAD. */
  after: number;
  /** How many lines go on from each checkpoint. */
  children: Map<CheckpointId, number>;
  /** The later children of a checkpoint that went on elsewhere before, each with that checkpoint. */
  branchOf: Map<CheckpointId, CheckpointId>;
  /** How many lines go on from a checkpoint, where it is more than one. */
  forks: Map<CheckpointId, number>;
  /** What is not HEAD, nor before it, nor after it. */
  aside: ReadonlySet<CheckpointId>;
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
  const before = ancestorsOf(head, parentOf, living.length);
  const after = new Set<CheckpointId>();
  const aside = new Set<CheckpointId>();
  const lines: Lines = {
    ...{ before, after: 0, aside },
    ...{ children: new Map(), branchOf: new Map(), forks: new Map() },
  };
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
      addChild(lines, parent, take.id);
    }
  }
  lines.after = after.size;
  return lines;
}

function addChild(
  { children, branchOf, forks }: Lines,
  parent: CheckpointId,
  id: CheckpointId,
): void {
  const count = (children.get(parent) ?? 0) + 1;
  children.set(parent, count);
  if (count > 1) {
    branchOf.set(id, parent);
    forks.set(parent, count);
  }
}

/**
 * The lines with one take more, which is HEAD now and has the HEAD before it as its parent; undefined where all of
 * them must be found anew. What was passed in must not be used any more.
 */
export function goOn(
  lines: Lines,
  id: CheckpointId,
  parent: CheckpointId | null,
): Lines | undefined {
  // What came after the HEAD before is beside the line now.
  if (parent === null || lines.after > 0) {
    return undefined;
  }
  lines.before.add(id);
  addChild(lines, parent, id);
  return lines;
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

/**
 * The lines with one record more at the end, where that is plain to see; undefined: they have to be found anew.
 * @param head HEAD before it
 */
export function linesAfter(
  lines: Lines,
  entry: Logged,
  head: CheckpointId | null,
  parentOf: (id: CheckpointId) => CheckpointId | null,
): Lines | undefined {
  if (entry.kind === 'gc' || entry.kind === 'tag') {
    return lines;
  }
  if (entry.kind !== 'take' || standsAlone(entry)) {
    return undefined;
  }
  const parent = parentOf(entry.id);
  return parent === head ? goOn(lines, entry.id, parent) : undefined;
}
