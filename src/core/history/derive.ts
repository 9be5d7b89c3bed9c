import type { CheckpointId } from '../ids';
import type { Derived } from './derived';
import { withForgetting } from './forgetting';
import { standsAlone, type Logged, type LoggedRestore, type LoggedTake } from './log';
import { reversedBy, Reversals } from './reversals';

function applyTags(state: Derived, record: Extract<Logged, { kind: 'tag' }>): void {
  if (record.promoting !== undefined) {
    state.promoted.add(record.checkpoint);
    return;
  }
  const now = state.tags.get(record.checkpoint) ?? state.takes.get(record.checkpoint)?.tags ?? [];
  const next = new Set(now);
  record.add.forEach((tag) => next.add(tag));
  record.remove.forEach((tag) => next.delete(tag));
  state.tags.set(record.checkpoint, [...next].sort());
}

/** A restore is undoable until it is undone, and redoable from then until files are restored anew. */
function applyRestore(state: Derived, record: LoggedRestore): void {
  const { undoStack, redoStack } = state;
  if (record.purpose === 'undo') {
    const i = undoStack.findLastIndex((one) => one.id === record.reverses);
    if (i >= 0) {
      redoStack.push({ restore: undoStack[i]!, undo: record });
      undoStack.splice(i, 1);
    }
    return;
  }
  if (record.purpose === 'redo') {
    const { reverses } = record;
    const i = redoStack.findLastIndex(
      (one) => one.undo.id === reverses || one.restore.id === reverses,
    );
    if (i >= 0) {
      redoStack.splice(i, 1);
    }
  } else {
    redoStack.length = 0;
  }
  undoStack.push(record);
}

/** HEAD as the record asks for it, when that checkpoint is known. */
function moveHead(state: Derived, to: CheckpointId | null): void {
  // The record of the checkpoint may be damaged; then HEAD stays where it is known.
  if (to === null || state.takes.has(to)) {
    state.head = to;
  } else {
    state.awaited.add(to);
  }
}

function applyOne(state: Derived, record: Logged): void {
  switch (record.kind) {
    case 'take':
      // What was imported says nothing about the files in the folder. After a safety checkpoint the restore's
      // record says where HEAD is; without one, nothing was restored.
      if (!standsAlone(record)) {
        state.head = record.id;
      }
      return;
    case 'restore':
      moveHead(state, record.head);
      applyRestore(state, record);
      return;
    case 'ref':
      if (record.checkpoint === null) {
        state.refs.delete(record.name);
      } else {
        state.refs.set(record.name, record.checkpoint);
        state.promoted.add(record.checkpoint);
      }
      return;
    case 'tag':
      applyTags(state, record);
      return;
    case 'rename':
      state.messages.set(record.checkpoint, record.message);
      return;
    case 'delete':
      record.checkpoints.forEach((id) => (record.prune ? state.pruned : state.deleted).add(id));
      return;
    case 'undo':
    case 'gc':
    case 'forget':
      return;
  }
}

/** The nearest checkpoint that is not deleted: this one, or up along the parents. */
export function nearestLiving(
  state: Pick<Derived, 'takes' | 'deleted'>,
  from: CheckpointId | null,
): CheckpointId | null {
  let id = from;
  // Parents are named by their hash, so there is no cycle; the count guards against a forged cache.
  for (let steps = state.takes.size; id !== null && steps >= 0; steps--) {
    const take = state.takes.get(id);
    if (take === undefined) {
      return null;
    }
    if (!state.deleted.has(id)) {
      return id;
    }
    id = take.parent;
  }
  return null;
}

/** Restores count even when they were undone: the files, and HEAD, went there and back. */
function isApplied({ reversals }: Derived, record: Logged): boolean {
  return (
    record.kind === 'take' ||
    record.kind === 'restore' ||
    (reversedBy(record) === null && reversals.isDone(record.id))
  );
}

/** Takes that were undone, and what retention took and nobody has named, before or since. */
function dropUnlisted({ deleted, pruned, promoted, ...state }: Derived): void {
  for (const { root, done } of state.reversals.byRoot.values()) {
    if (!done && state.takes.has(root)) {
      deleted.add(root);
    }
  }
  for (const id of pruned) {
    if (!promoted.has(id) && !hasWords(state, id)) {
      deleted.add(id);
    }
  }
}

/** Somebody tagged or renamed it. */
function hasWords(
  { tags, takes, messages }: Pick<Derived, 'tags' | 'takes' | 'messages'>,
  id: CheckpointId,
): boolean {
  return (tags.get(id) ?? takes.get(id)?.tags ?? []).length > 0 || messages.has(id);
}

function dropDanglingRefs(state: Derived): void {
  for (const [name, id] of [...state.refs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!state.takes.has(id) || state.deleted.has(id)) {
      state.refs.delete(name);
      state.dangling.add(id);
    } else {
      state.refsOf.set(id, [...(state.refsOf.get(id) ?? []), name]);
    }
  }
}

/** Whether a record that sorts before a take speaks of it all the same: another machine's clock was ahead. */
function isForetold(state: Derived, { id }: LoggedTake): boolean {
  const { takes, deleted, pruned, dangling, tags, messages, reversals, awaited } = state;
  const sets = [takes, deleted, pruned, dangling, tags, messages, reversals.byRoot, awaited];
  return sets.some((one) => one.has(id));
}

/**
 * What {@link derive} would give with one record more at the end, or undefined where only that can tell. Done here is
 * what happens all day: takes, restores, tags, and what retention and garbage collection note; each would fold all
 * before it anew. What was passed in must not be used any more.
 */
export function withNewest(state: Derived, record: Logged): Derived | undefined {
  if (reversedBy(record) !== null || state.reversals.byRoot.has(record.id)) {
    return undefined;
  }
  switch (record.kind) {
    case 'take':
      return withTake(state, record);
    case 'delete':
      return withDeletion(state, record);
    case 'restore':
      moveHead(state, record.head);
      applyRestore(state, record);
      return { ...state, head: nearestLiving(state, state.head) };
    case 'tag':
      // A tag, and a promotion, bring back what retention took.
      if (state.pruned.has(record.checkpoint)) {
        return undefined;
      }
      applyTags(state, record);
      return { ...state };
    case 'gc':
      return { ...state };
    default:
      return undefined;
  }
}

function withTake(state: Derived, take: LoggedTake): Derived | undefined {
  // What was forgotten is here again: less is gone.
  if (isForetold(state, take) || state.forgetting.gone.has(take.snapshot)) {
    return undefined;
  }
  state.takes.set(take.id, take);
  state.living.push(take);
  noteParent(state, take);
  return standsAlone(take) ? { ...state } : { ...state, head: take.id };
}

function noteParent({ takes, awaited }: Derived, { parent }: LoggedTake): void {
  if (parent !== null && !takes.has(parent)) {
    awaited.add(parent);
  }
}

function withDeletion(
  state: Derived,
  { checkpoints, prune }: Extract<Logged, { kind: 'delete' }>,
): Derived {
  const { deleted, pruned, promoted, dangling, refs, refsOf } = state;
  for (const id of checkpoints) {
    if (prune) {
      pruned.add(id);
    }
    const kept = prune !== undefined && (promoted.has(id) || hasWords(state, id));
    if (!kept) {
      deleted.add(id);
    }
  }
  for (const [name, id] of refs) {
    if (deleted.has(id)) {
      refs.delete(name);
      refsOf.delete(id);
      dangling.add(id);
    }
  }
  const living = state.living.filter(({ id }) => !deleted.has(id));
  return { ...state, living, head: nearestLiving(state, state.head) };
}

/** Folds a log that is in order. Pure: the same records give the same state, whenever each arrived. */
export function derive(written: readonly Logged[]): Derived {
  const { log, forgetting } = withForgetting(written);
  const state: Derived = {
    log,
    forgetting,
    takes: new Map(),
    living: [],
    deleted: new Set(),
    pruned: new Set(),
    head: null,
    refs: new Map(),
    refsOf: new Map(),
    promoted: new Set(),
    dangling: new Set(),
    tags: new Map(),
    messages: new Map(),
    reversals: new Reversals(log),
    undoStack: [],
    redoStack: [],
    awaited: new Set(),
  };
  const takes = log.filter((record) => record.kind === 'take');
  takes.forEach((take) => state.takes.set(take.id, take));
  takes.forEach((take) => noteParent(state, take));
  for (const record of log) {
    if (isApplied(state, record)) {
      applyOne(state, record);
    }
  }
  dropUnlisted(state);
  state.living = takes.filter((take) => !state.deleted.has(take.id));
  state.head = nearestLiving(state, state.head);
  dropDanglingRefs(state);
  return state;
}
