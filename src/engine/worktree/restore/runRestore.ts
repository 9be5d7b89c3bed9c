import { isCancelled } from '../../../base/abort';
import type { RestoreResult } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import { parentOf } from '../../../core/paths';
import { planFingerprint } from '../../../core/restorePlan';
import { sameTree, scopeTree } from '../../../core/scopeTree';
import type { RelPath, Tree } from '../../../core/tree';
import { quietControl, type Control, type EngineEnv } from '../../context';
import { io } from '../../disk/fsErrors';
import { acquireLease, keepAlive, type Lease } from '../../disk/lease';
import { FolderCursor } from '../../disk/safePath';
import { blake3 } from '../../hashing/blake3';
import { requireWritable, type Store } from '../../store/storeRoot';
import { carryOut, conclude, endRestore, toStage, type Work } from './carryOut';
import { checkNames, checkSpace, refuseTarget } from './checks';
import { damageError } from './damagedContent';
import type { Intent } from './intent';
import { writeJournal, type Journal } from './journal';
import { lookAt, planWith, withoutUntouchable, type Look } from './look';
import { requireNoPending } from './pendingRestore';
import { refuseUncaptured, takeSafety, type Safety } from './safety';
import { safeLstat } from './safeLstat';
import type { Staged } from './staged';
import { closeStaging, openStaging, stageAll, stagingPlace, type Staging } from './staging';
import { toSteps, type Step } from './steps';

/** What a caller agreed to. */
export interface Agreed {
  fingerprint: string | undefined;
}

interface Prepared {
  env: EngineEnv;
  store: Store;
  lease: Lease;
  /** Keeps the lease alive. */
  control: Control;
  intent: Intent;
}

/**
 * Restores in place: look, plan, check everything, stage everything, safety checkpoint, journal, converge,
 * verify, record. Nothing in the folder changes before the journal is durable; from then on it ends at the
 * target or (cancelled) where it began, also after a crash.
 */
export function runRestore(
  env: EngineEnv,
  store: Store,
  makeIntent: () => Intent,
  agreed: Agreed,
  control: Control,
): RestoreResult {
  requireWritable(store);
  refuseTarget(env, store, store.root);
  const lease = acquireLease(env, store, 'restore');
  try {
    return io('restore', store.root, () => {
      requireNoPending(env, store);
      const intent = makeIntent();
      const prepared = { env, store, lease, control: keepAlive(lease, control), intent };
      return planAndRestore(prepared, agreed, control);
    });
  } finally {
    lease.dispose();
  }
}

function planAndRestore(prepared: Prepared, agreed: Agreed, control: Control): RestoreResult {
  const { env, store, intent } = prepared;
  const look = lookAt(env, store, intent, prepared.control);
  requireAgreed(agreed, look.fingerprint);
  // An undo is recorded in any case: it is undone then, even where the files were as they should be.
  if (look.planned.items.length === 0 && intent.purpose === 'restore') {
    return nothingToDo(look);
  }
  checkNames(env, look);
  checkSpace(env, store.root, look.planned.bytes);
  return { ...restoreWith(prepared, look, agreed, control), withheld: look.withheld };
}

function requireAgreed(agreed: Agreed, fingerprint: () => string): void {
  if (agreed.fingerprint !== undefined && agreed.fingerprint !== fingerprint()) {
    throw new SnapdirError('PLAN_CHANGED', {
      reason: 'folder',
    });
  }
}

function nothingToDo(look: Look): RestoreResult {
  const { left, unchanged } = look.planned.counts;
  const counts = { written: 0, deleted: 0, left, unchanged, failed: look.refused.length };
  const { withheld, refused: failed } = look;
  return {
    operation: null,
    safety: null,
    counts,
    failed,
    conflicts: [],
    withheld,
    changedOwner: [],
  };
}

function restoreWith(
  prepared: Prepared,
  look: Look,
  agreed: Agreed,
  control: Control,
): RestoreResult {
  const { env, store, lease } = prepared;
  const id = env.randomName();
  const place = stagingPlace(env, store);
  let work: Work;
  let staged: Staged;
  try {
    let staging = openStaging(env, store, id, place);
    let steps = stepsFor(prepared, look, look.live);
    staged = stage(prepared, staging, steps);
    const safety = takeSafety(prepared, look);
    refuseUncaptured(look, safety.skipped);
    const again = replan(prepared, look, safety);
    if (again !== undefined) {
      // Files changed since the look: what the safety checkpoint holds is what will be replaced.
      requireAgreed(agreed, () => again.fingerprint);
      closeStaging(env, store, id);
      staging = openStaging(env, store, id, place);
      steps = again.steps;
      staged = stage(prepared, staging, steps);
    }
    const journal = makeJournal(prepared, look, { id, place, steps, safety });
    prepared.control.progress({ phase: 'write', done: 0, total: steps.length });
    lease.check();
    writeJournal(env, store, journal);
    work = { env, store, lease, control, journal, staging };
  } catch (error) {
    abandon(env, store, id);
    throw error;
  }
  return finishOrRollBack(work, staged);
}

/** Nothing was touched: only staged files have to go. */
function abandon(env: EngineEnv, store: Store, id: string): void {
  try {
    closeStaging(env, store, id);
  } catch (error) {
    env.log.warn(`restore ${id}: staged files stay until the next restore: ${String(error)}`);
  }
}

/** Cancelled half-way: back to where it began, then the cancellation goes on. */
function finishOrRollBack(work: Work, staged: Staged): RestoreResult {
  try {
    return conclude(work, carryOut(work, 'after', staged));
  } catch (error) {
    if (!isCancelled(error)) {
      throw error;
    }
    const { env, store, journal } = work;
    // A run of its own: its staged files must not meet those of the run that was cancelled.
    const staging = openStaging(env, store, journal.id, journal.staging);
    const { failed } = carryOut({ ...work, staging, control: quietControl }, 'before');
    if (failed.length === journal.refused.length) {
      endRestore(work);
    }
    throw error;
  }
}

function stage(prepared: Prepared, staging: Staging, steps: readonly Step[]): Staged {
  const { env, store, control } = prepared;
  const cursor = new FolderCursor(env, store.root);
  try {
    const shared = (path: RelPath): boolean => (safeLstat(env, cursor, path)?.nlink ?? 1) > 1;
    const items = toStage(steps, 'after', shared);
    return stageAll(env, store, staging, { steps, goal: 'after', items }, control);
  } catch (error) {
    const { snapshot } = prepared.intent;
    throw damageError(env, store, { snapshot, steps, error }, control);
  } finally {
    cursor.dispose();
  }
}

/** The plan's steps, and the folders on the way that have to be opened up for them. */
function stepsFor(prepared: Prepared, look: Pick<Look, 'planned'>, live: Tree): Step[] {
  const steps = toSteps(look.planned.items);
  const shut = new Map<RelPath, number>();
  for (const { type, path, mode } of live.entries) {
    if (type === 'D' && (mode & 0o700) !== 0o700) {
      shut.set(path, mode & 0o777);
    }
  }
  if (shut.size === 0 || prepared.env.platform === 'win32') {
    return steps;
  }
  const known = new Set(steps.map(({ path }) => path));
  for (const { path } of [...steps]) {
    for (let folder = path; folder !== '';) {
      folder = parentOf(folder);
      const mode = shut.get(folder);
      if (mode !== undefined && !known.has(folder)) {
        known.add(folder);
        const state = { kind: 'dir' as const, mode };
        steps.push({ path: folder, before: state, after: state });
      }
    }
  }
  return steps;
}

/**
 * The plan from the safety checkpoint's tree: only what is in it may be replaced. undefined: it is the one
 * that was made already.
 */
function replan(
  prepared: Prepared,
  look: Look,
  safety: Safety,
): { fingerprint: string; steps: Step[] } | undefined {
  const { intent, env } = prepared;
  const blocked = new Map(safety.skipped);
  look.blocked.forEach((path) => blocked.set(path, 'unknown'));
  const seen = scopeTree(safety.tree, intent.scope);
  const live = withoutUntouchable(seen, blocked, () => undefined);
  if (sameTree(live, look.live)) {
    return undefined;
  }
  const target = withoutUntouchable(look.target, blocked, () => undefined);
  const planned = planWith(intent, live, target, env.platform);
  const fingerprint = planFingerprint(planned, blake3);
  return fingerprint === look.fingerprint()
    ? undefined
    : { fingerprint, steps: stepsFor(prepared, { planned }, live) };
}

function makeJournal(
  prepared: Prepared,
  look: Look,
  of: { id: string; place: Journal['staging']; steps: Step[]; safety: Safety },
): Journal {
  const { env, intent } = prepared;
  const { purpose, checkpoint, snapshot, headBefore, scope, exact, reverses } = intent;
  return {
    ...{ purpose, snapshot, headBefore, scope, exact, reverses },
    id: of.id,
    started: env.clock.now(),
    checkpoint: checkpoint?.id ?? null,
    safety: of.safety.checkpoint,
    safetySnapshot: of.safety.snapshot,
    head: intent.head ?? of.safety.checkpoint,
    left: look.planned.counts.left,
    unchanged: look.planned.counts.unchanged,
    refused: look.refused,
    staging: of.place,
    steps: of.steps,
  };
}
