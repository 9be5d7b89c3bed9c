import { hashText } from '../../core/hasher';
import type { EngineMethods, RestorePlan, RestoreResult, UndoParams } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { Step } from '../../core/history/undoing';
import { fitting } from '../../core/messageSize';
import { OperationLog } from '../../core/operationLog';
import type { Control, EngineEnv } from '../context';
import { acquireLease, keepAlive, type Lease } from '../disk/lease';
import { blake3 } from '../hashing/blake3';
import { makeAllDurable } from '../store/barrier';
import { appendRecord, loadHistory } from '../store/records';
import { requireContent } from '../store/requireContent';
import { requireWritable, type Store } from '../store/storeRoot';
import { undoCollection } from '../store/undoCollection';
import { foldIntents, intentAgainst, type Intent } from '../worktree/restore/intent';
import { planIntent } from '../worktree/restore/planRestore';
import { runRestore } from '../worktree/restore/runRestore';
import { findTask, operationLog, reversalOf, type Task } from './undoTask';

type Plan = EngineMethods['planUndoOperations'];
type Undo = EngineMethods['undoOperations'];

/** What lists inside a result may take of a message, in bytes. */
const PLAN_BYTES = 300_000;

/**
 * What undoing or redoing operations of any kind would do. Nothing is written.
 * @throws NOTHING_TO_UNDO, CANNOT_UNDO, REV_NOT_FOUND (no such operation) and what `planRestore` throws
 */
export function planUndoOperations(
  env: EngineEnv,
  store: Store,
  params: Plan['params'],
  control: Control,
): Plan['result'] {
  const task = findTask(env, store, params, control);
  const plan = planFiles(env, store, task, params, control);
  const { listed, unlisted } = task.change;
  return {
    operations: task.infos,
    restore: plan && shorten(plan),
    listed: listed.length,
    unlisted: unlisted.length,
    fingerprint: fingerprintOf(task, plan),
  };
}

/** What all restores among the steps come to; null: there is none. */
function planFiles(
  env: EngineEnv,
  store: Store,
  { steps }: Task,
  params: Plan['params'],
  control: Control,
): RestorePlan | null {
  const intents = steps.flatMap(
    (step) => intentOf(env, store, step, { steps, params }, control) ?? [],
  );
  return intents.length === 0
    ? null
    : planIntent(env, store, foldIntents(intents), control, params.limit);
}

function intentOf(
  env: EngineEnv,
  store: Store,
  { what, decider }: Step,
  { steps, params: { rules, to } }: { steps: readonly Step[]; params: UndoParams },
  control: Control,
): Intent | undefined {
  const turned = to === undefined ? null : new Set(steps.map(({ root }) => root.id));
  return decider.kind === 'restore'
    ? intentAgainst(env, store, decider, { what, rules, turned }, control)
    : undefined;
}

function shorten(plan: RestorePlan): RestorePlan {
  const items = fitting(plan.items, PLAN_BYTES);
  return { ...plan, items, truncated: plan.truncated || items.length < plan.items.length };
}

/** Names the steps and, where files would change, the plan for them. */
function fingerprintOf({ steps }: Task, plan: RestorePlan | null): string {
  const names = steps.map(({ what, decider }) => `${what} ${decider.id}`);
  return hashText([...names, plan?.fingerprint ?? ''].join('\n'), blake3);
}

/**
 * Undoes or redoes one operation, or everything since one: restores first, each with a safety checkpoint
 * of its own, then a record for each other operation. Killed half-way it leaves some of them done, each
 * of them whole.
 * @throws what {@link planUndoOperations} throws, PLAN_CHANGED, STORE_BUSY, RESTORE_PENDING, READ_ONLY, DISK_FULL,
 * IO, AbortError
 */
export function undoOperations(
  env: EngineEnv,
  store: Store,
  params: Undo['params'],
  control: Control,
): Undo['result'] {
  requireWritable(store);
  const task = findTask(env, store, params, control);
  const plan = agreedPlan(env, store, task, params, control);
  const restoring = task.steps.filter(({ decider }) => decider.kind === 'restore');
  // One restore is carried out exactly as it was agreed to; of several only the first can be compared.
  const fingerprint = restoring.length === 1 ? plan?.fingerprint : undefined;
  const restores = restoring.map((step): RestoreResult => {
    const intent = (): Intent => {
      requireCurrent(env, store, step);
      requireApart(env, store, { step, params }, control);
      return intentOf(env, store, step, { steps: task.steps, params }, control)!;
    };
    return runRestore(env, store, intent, { fingerprint }, control);
  });
  const others = task.steps.filter(({ decider }) => decider.kind !== 'restore');
  if (others.length > 0) {
    undoRecords(env, store, { steps: others, task }, control);
  }
  return {
    operations: task.infos,
    restores: restores.map((result) => ({
      ...result,
      failed: fitting(result.failed, PLAN_BYTES),
      conflicts: fitting(result.conflicts, PLAN_BYTES),
    })),
    listed: task.change.listed.length,
    unlisted: task.change.unlisted.length,
    head: loadHistory(env, store).history.head,
  };
}

/** The plan for the files that somebody agreed to; null: nobody had to. @throws PLAN_CHANGED */
function agreedPlan(
  env: EngineEnv,
  store: Store,
  task: Task,
  params: Undo['params'],
  control: Control,
): RestorePlan | null {
  if (params.fingerprint === undefined) {
    return null;
  }
  const plan = planFiles(env, store, task, params, control);
  if (fingerprintOf(task, plan) !== params.fingerprint) {
    throw changed();
  }
  return plan;
}

function changed(): SnapdirError {
  return new SnapdirError('PLAN_CHANGED', { reason: 'operations' });
}

/** Somebody else may have done it meanwhile. @throws PLAN_CHANGED */
function requireCurrent(env: EngineEnv, store: Store, { what, root, decider }: Step): void {
  const now = new OperationLog(loadHistory(env, store).history).stepOf(root.id);
  if (now?.what !== what || now.decider.id !== decider.id) {
    throw changed();
  }
}

/**
 * A restore of the same files may have come since this one was found to go back alone. On the way back to an earlier
 * time each is the last one when its turn comes.
 * @throws PLAN_CHANGED
 */
function requireApart(
  env: EngineEnv,
  store: Store,
  { step, params }: { step: Step; params: UndoParams },
  control: Control,
): void {
  if (params.to === undefined && operationLog(env, store, control).obstacleTo(step) !== null) {
    throw changed();
  }
}

/**
 * Writes the records, with the lease: no collection may set aside what comes back to the list between the
 * look for it and the record.
 */
function undoRecords(
  env: EngineEnv,
  store: Store,
  { steps, task }: { steps: readonly Step[]; task: Task },
  control: Control,
): void {
  const lease = acquireLease(env, store, 'undo');
  try {
    const alive = keepAlive(lease, control);
    steps.forEach((step) => requireCurrent(env, store, step));
    bringBackContent(env, store, task, alive);
    for (const step of steps) {
      undoOne(env, store, { step, lease }, alive);
    }
  } finally {
    lease.dispose();
  }
}

/** @throws CANNOT_UNDO when it was deleted for good */
function bringBackContent(env: EngineEnv, store: Store, task: Task, control: Control): void {
  try {
    requireContent(env, store, task.change.listed, control);
  } catch (error) {
    const gone = ['MANIFEST_NOT_FOUND', 'OBJECT_NOT_FOUND', 'INTEGRITY'] as const;
    if (gone.some((code) => SnapdirError.is(error, code))) {
      const { what, root } = task.steps[0]!;
      const data = { operation: root.id, what, obstacle: 'content-gone' } as const;
      throw new SnapdirError('CANNOT_UNDO', data, { cause: error });
    }
    throw error;
  }
  // What comes back to the list, or gets its name back, is to stay.
  makeAllDurable(env, store, control);
}

function undoOne(
  env: EngineEnv,
  store: Store,
  { step, lease }: { step: Step; lease: Lease },
  control: Control,
): void {
  const { root } = step;
  const record = reversalOf(step);
  if (root.kind === 'gc') {
    undoCollection(env, store, { gcId: root.trash, lease }, control);
  }
  if (record !== undefined) {
    lease.check();
    appendRecord(env, store, record);
  }
}
