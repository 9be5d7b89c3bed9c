import type { UndoObstacle } from '../undoObstacle';
import type { RecordId } from '../ids';
import type { Logged, LoggedRestore } from './log';
import { reversedBy, type Reversals } from './reversals';

/** One operation that is to be undone or redone. */
export interface Step {
  what: 'undo' | 'redo';
  /** The operation. */
  root: Logged;
  /** The record whose effect is taken back: the operation itself, or the undo or redo that came last. */
  decider: Logged;
}

/** What undo and redo are worked out from. */
export interface Past {
  log: readonly Logged[];
  reversals: Reversals;
  /** The records whose files undo, and redo, of restores would bring back; the next one last. */
  undoableRestores: readonly LoggedRestore[];
  redoableRestores: readonly LoggedRestore[];
}

/** It only keeps a checkpoint that is being promoted: part of that promotion. */
export function isPin(record: Logged): boolean {
  return record.kind === 'tag' && record.promoting !== undefined;
}

/** Whether two restores may have changed the same files. */
export type Meet = (a: LoggedRestore, b: LoggedRestore) => boolean;

/** What happens without anybody asking for it: undo and redo pass over it, and it does not end a redo. */
export function isAutomatic(record: Logged): boolean {
  switch (record.kind) {
    case 'take':
      return record.trigger === 'auto' || record.trigger === 'safety';
    case 'delete':
      return record.prune?.automatic === true;
    case 'gc':
      // Content that was set aside long before was deleted for good: there is nothing to bring back.
      return record.objects + record.manifests === 0;
    case 'tag':
      return isPin(record);
    default:
      return false;
  }
}

/** Undo and redo pass over it, and it does not end a redo: nobody asked for it, or it is for good. */
const isPassedOver = (record: Logged): boolean => record.kind === 'forget' || isAutomatic(record);

interface Placed extends Step {
  at: number;
}

/** The step that would turn each operation over, in the order of their deciders. */
function allSteps({ log, reversals }: Past): Placed[] {
  const steps: Placed[] = [];
  for (const [index, root] of log.entries()) {
    if (reversedBy(root) === null) {
      const reversal = reversals.byRoot.get(root.id);
      const at = reversal?.at ?? index;
      const what = reversal?.done === false ? 'redo' : 'undo';
      steps.push({ what, root, decider: log[at] ?? root, at });
    }
  }
  return steps.sort((a, b) => a.at - b.at);
}

/** An operation of its own that somebody asked for. */
const isFresh = (record: Logged): boolean => reversedBy(record) === null && !isPassedOver(record);

/**
 * The operation that {@link stepsInOrder} begins with, without a look at all the others: each view asks.
 * @returns its id; null: there is none
 */
export function nextRoot({ log, reversals }: Past, what: 'undo' | 'redo'): RecordId | null {
  const fresh = log.findLastIndex(isFresh);
  const unreversed = log.findLastIndex((one) => isFresh(one) && !reversals.byRoot.has(one.id));
  let at = what === 'redo' ? fresh : unreversed;
  let next = what === 'redo' ? null : (log[unreversed]?.id ?? null);
  for (const reversal of reversals.byRoot.values()) {
    if (reversal.at > at && reversal.done === (what === 'undo')) {
      const root = log.find(({ id }) => id === reversal.root);
      if (root !== undefined && isFresh(root) && (what === 'undo' || root.kind !== 'gc')) {
        at = reversal.at;
        next = root.id;
      }
    }
  }
  return next;
}

/** What undo, or redo, without a name would take, one after the other, the next one first. */
export function stepsInOrder(past: Past, what: 'undo' | 'redo'): Step[] {
  // Only what was undone since the last new operation can be redone in turn.
  const after = what === 'undo' ? -1 : past.log.findLastIndex(isFresh);
  return allSteps(past)
    .filter((step) => step.what === what && step.at > after && !isPassedOver(step.root))
    .filter(({ root }) => what === 'undo' || root.kind !== 'gc')
    .reverse();
}

/**
 * What brings everything that people did back to how it was right after the record at `until`, in the
 * order in which it has to be done: the latest first. What happened by itself stays.
 */
export function stepsBackTo(past: Past, then: Reversals, until: number): Step[] {
  const known = new Set(past.log.slice(0, until + 1));
  const isDoneThen = ({ root }: Step): boolean => known.has(root) && then.isDone(root.id);
  return allSteps(past)
    .filter(({ at, root }) => at > until && !isPassedOver(root) && root.kind !== 'gc')
    .filter((step) => isDoneThen(step) !== (step.what === 'undo'))
    .reverse();
}

/** The step that a row of the list of operations offers; undefined where a later record replaced it. */
export function stepOf(
  past: Past,
  byId: ReadonlyMap<RecordId, Logged>,
  record: Logged,
): Step | undefined {
  const { log, reversals } = past;
  const own = reversals.of(record.id);
  const rootId = own?.root ?? record.id;
  const now = reversals.byRoot.get(rootId);
  const root = byId.get(rootId);
  const decider = now === undefined ? record : log[now.at];
  if (root === undefined || decider === undefined || (own !== undefined && decider !== record)) {
    return undefined;
  }
  return { what: now?.done === false ? 'redo' : 'undo', root, decider };
}

/** Why a step cannot be taken, as far as the records alone tell; null: they tell nothing against it. */
export function obstacleTo(
  past: Past,
  step: Step,
  { safeties, meet }: { safeties: ReadonlySet<RecordId>; meet: Meet },
): UndoObstacle | null {
  const { what, root } = step;
  if (root.kind === 'gc') {
    return what === 'redo' ? 'collect-again' : null;
  }
  if (root.kind === 'forget') {
    return 'forgotten';
  }
  if (root.kind === 'restore') {
    return restoreObstacle(past, step, meet);
  }
  return root.kind === 'take' && safeties.has(root.id) ? 'part-of-restore' : null;
}

/** A restore goes back, or forth, alone where those that came since have nothing to do with its files. */
function restoreObstacle(past: Past, { what, decider }: Step, meet: Meet): UndoObstacle | null {
  const order = what === 'undo' ? past.undoableRestores : past.redoableRestores;
  const at = order.findIndex(({ id }) => id === decider.id);
  const one = order[at];
  if (one === undefined) {
    return what === 'undo' ? 'later-restore' : 'restored-anew';
  }
  if (!order.slice(at + 1).some((later) => meet(one, later))) {
    return null;
  }
  return what === 'undo' ? 'later-restore' : 'undone-later';
}
