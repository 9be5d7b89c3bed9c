import type { RestoreResult } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import { baseName, checkRelPath, joinPath, parentOf } from '../../../core/paths';
import type { RestoreCounts } from '../../../core/records';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { errnoOf, io } from '../../disk/fsErrors';
import { keepAlive, type Lease } from '../../disk/lease';
import { FolderCursor } from '../../disk/safePath';
import { loadLook } from '../../hashing/statCache';
import { appendRecord } from '../../store/records';
import type { Store } from '../../store/storeRoot';
import { syncAll } from '../../store/syncAll';
import { fileSystemTime } from '../capture';
import { isAt } from './contents';
import { converge, numbered } from './converge';
import { removeJournal, type Journal } from './journal';
import { primeLook } from './primeLook';
import { locate, type Run } from './place';
import { conflictSuffix, settle } from './settle';
import { Staged } from './staged';
import { closeStaging, stageAll, type StageItem, type Staging } from './staging';
import { sameContent, type Goal, type Step } from './steps';
import { verifySteps } from './verifySteps';

/** What a run needs from outside. */
export interface Work {
  env: EngineEnv;
  store: Store;
  lease: Lease;
  control: Control;
  journal: Journal;
  staging: Staging;
}

/** What became of a run. */
export interface Outcome {
  counts: RestoreCounts;
  failed: RestoreResult['failed'];
  conflicts: RelPath[];
  changedOwner: RelPath[];
}

/** Up to this many folders, syncing each is cheaper than syncing the file system. */
const SYNC_EACH_LIMIT = 32;

/** Steps that need a staged file, when nothing was done yet. */
export function toStage(
  steps: readonly Step[],
  goal: Goal,
  sharesInode: (path: RelPath) => boolean,
): StageItem[] {
  const items: StageItem[] = [];
  for (const [n, step] of steps.entries()) {
    const state = step[goal];
    if (state === null || state.kind === 'dir') {
      continue;
    }
    // Only the mode differs: no copy, unless other names would get that mode, too (H21).
    if (!sameContent(step.before, step.after) || sharesInode(step.path)) {
      items.push({ n, path: step.path, state });
    }
  }
  return items;
}

/**
 * Carries out a journal towards the goal: converge, sync, look again, settle what was displaced. The
 * journal stays. Can be called any number of times.
 * @param staged what is staged already; absent: after a crash, find out what is needed
 */
export function carryOut(work: Work, goal: Goal, staged?: Staged): Outcome {
  const { env, store, lease, journal, staging } = work;
  const control = keepAlive(lease, work.control);
  const cursor = new FolderCursor(env, store.root);
  const run: Run = {
    ...{ env, store, lease, control, journal, staging, goal, cursor },
    staged: staged ?? nothingStaged(staging, journal),
    failures: new Map(journal.refused.map((failure) => [failure.path, failure])),
    known: loadLook(env, store)?.files,
    trusted: new Map(),
    touched: new Set(),
    placed: new Map(),
    changedModes: new Set(),
    changedOwner: [],
  };
  try {
    return io('restore', store.root, () => runToEnd(run, staged === undefined));
  } finally {
    cursor.dispose();
  }
}

function nothingStaged(staging: Staging, { steps }: Journal): Staged {
  return new Staged(staging, { steps, goal: 'after', items: [] }, () => false);
}

function runToEnd(run: Run, afterCrash: boolean): Outcome {
  const { env, store, journal } = run;
  if (afterCrash) {
    const of = { steps: journal.steps, goal: run.goal, items: missing(run) };
    run.staged = stageAll(env, store, run.staging, of, run.control);
  }
  const earlier = afterCrash ? earlierConflicts(run) : [];
  converge(run);
  makeDurable(run);
  const startNs = fileSystemTime(env, store);
  const verified = verifySteps(run);
  const conflicts = [...earlier, ...settle(run)];
  if (conflicts.length > 0) {
    makeDurable(run);
  }
  primeLook(env, store, run.placed, startNs);
  const failed = [...run.failures.values()];
  const { left, unchanged } = journal;
  const counts = { ...verified, left, unchanged, failed: failed.length };
  return { counts, failed, conflicts, changedOwner: run.changedOwner };
}

/** After a crash: what is not at its goal yet and needs bytes for it. */
function missing(run: Run): StageItem[] {
  const { env, journal, goal } = run;
  const candidates = toStage(journal.steps, goal, () => true);
  return candidates.filter(({ n, path, state }) => {
    const at = pathIfThere(run, path);
    const stat = at === undefined ? undefined : env.fs.lstat(at);
    if (at === undefined || stat === undefined) {
      return true;
    }
    if (isAt(env, { path: at, stat }, state, run.control)) {
      return false;
    }
    const step = journal.steps[n]!;
    const onlyMode =
      stat.kind === 'file' &&
      stat.nlink === 1 &&
      state.kind === 'file' &&
      sameContent(step.before, step.after) &&
      isAt(env, { path: at, stat }, { ...state, mode: stat.mode & 0o777 }, run.control);
    return !onlyMode;
  });
}

function pathIfThere(run: Run, path: RelPath): string | undefined {
  try {
    return locate(run, path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'UNSAFE_PATH' || errnoOf(error) !== undefined) {
      return undefined;
    }
    throw error;
  }
}

/** Conflict copies that the run before the crash had put in place. */
function earlierConflicts(run: Run): RelPath[] {
  const stamp = conflictSuffix(run.journal.started);
  const found: RelPath[] = [];
  for (const { path } of numbered(run)) {
    const copy = joinPath(parentOf(path), `${baseName(path)}${stamp}`);
    const at = path === '' ? undefined : pathIfThere(run, copy);
    if (at !== undefined && run.env.fs.lstat(at) !== undefined) {
      found.push(copy);
    }
  }
  return found;
}

/** Makes everything that the run changed in the folder durable. */
function makeDurable(run: Run): void {
  const { env, store } = run;
  const many = run.touched.size + run.changedModes.size > SYNC_EACH_LIMIT;
  run.control.progress({ phase: 'sync', done: 0, total: 0 });
  io('sync', store.root, () => {
    if (!many || !syncAll(env, store, store.root, run.control)) {
      run.cursor.reset();
      run.changedModes.forEach((path) => syncPath(run, path, false));
      run.touched.forEach((path) => syncPath(run, path, true));
      env.fs.fsyncDir(run.staging.old);
    }
  });
  run.touched.clear();
  run.changedModes.clear();
}

function syncPath(run: Run, path: RelPath, folder: boolean): void {
  const { fs } = run.env;
  const at = pathIfThere(run, path);
  const stat = at === undefined ? undefined : fs.lstat(at);
  if (at === undefined || stat?.kind !== (folder ? 'dir' : 'file')) {
    return; // Removed meanwhile: its parent is in the list.
  }
  try {
    if (folder) {
      fs.fsyncDir(at);
      return;
    }
    const fd = fs.open(at, 'r');
    try {
      fs.fsync(fd);
    } finally {
      fs.close(fd);
    }
  } catch (error) {
    // A folder or file that its new mode keeps us from opening; there is no other way to sync it.
    if (errnoOf(error) !== 'EACCES') {
      throw error;
    }
  }
}

/** Writes the restore's record and ends it. */
export function conclude(work: Work, outcome: Outcome): RestoreResult {
  const { env, store, journal } = work;
  const { purpose, checkpoint, snapshot, safety, headBefore, head, scope, exact, reverses } =
    journal;
  work.lease.check();
  const operation = appendRecord(env, store, {
    kind: 'restore',
    ...{ purpose, checkpoint, snapshot, safety, headBefore, head, scope, exact, reverses },
    ...{ counts: outcome.counts, conflicts: outcome.conflicts },
    failed: outcome.failed.filter(({ path }) => isRecordable(path)),
  });
  try {
    endRestore(work);
  } catch (error) {
    if (!SnapdirError.is(error) && errnoOf(error) === undefined) {
      throw error;
    }
    // It is on record, and so not pending: what is left is cleared by the next restore.
    env.log.warn(`restore ${journal.id}: ${String(error)}`);
  }
  return { operation, safety, ...outcome, withheld: [] };
}

/** Records name no protected paths; the caller hears of them all the same. */
function isRecordable(path: RelPath): boolean {
  try {
    checkRelPath(path);
    return true;
  } catch {
    return false;
  }
}

/** Nothing is pending any more. */
export function endRestore({ env, store, journal }: Pick<Work, 'env' | 'store' | 'journal'>): void {
  removeJournal(env, store, journal.id);
  closeStaging(env, store, journal.id);
}
