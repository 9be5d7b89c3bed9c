import type { OperationInfo, UndoObstacle, UndoParams } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { History } from '../../core/history';
import type { ListChange, NewReversal } from '../../core/history/listChange';
import type { LoggedTake } from '../../core/history/log';
import type { Step } from '../../core/history/undoing';
import { OperationLog } from '../../core/operationLog';
import type { Control, EngineEnv } from '../context';
import { hasManifest } from '../store/manifests';
import { loadHistory } from '../store/records';
import type { Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { hasTrash } from '../store/undoCollection';
import { meetByContent } from './restoresMeet';

/** What undo or redo is asked for, looked up, and possible as far as records and file names tell. */
export interface Task {
  /** In the order in which they are done. */
  steps: Step[];
  infos: OperationInfo[];
  /** What becomes of the list. */
  change: ListChange;
}

/** The record that takes this step; undefined for restores, which write their own. */
export function reversalOf({ what, root, decider }: Step): NewReversal | undefined {
  if (root.kind === 'restore') {
    return undefined;
  }
  // A delete, so that every reader of the format takes it off the list.
  return root.kind === 'take' && what === 'undo'
    ? { kind: 'delete', checkpoints: [root.id], reverses: decider.id }
    : { kind: 'undo', operation: decider.id };
}

/** Of how many restores the files are looked at. */
const LOOKED_INTO = 50;

/** The operations as they are now, with a look at the files of restores. */
export function operationLog(env: EngineEnv, store: Store, control: Control): OperationLog {
  const { history } = loadHistory(env, store);
  return new OperationLog(history, meetByContent({ env, store, history, control }, LOOKED_INTO));
}

/** @throws NOTHING_TO_UNDO, CANNOT_UNDO, REV_NOT_FOUND (no such operation), AbortError */
export function findTask(env: EngineEnv, store: Store, params: UndoParams, control: Control): Task {
  const { history } = loadHistory(env, store);
  const log = operationLog(env, store, control);
  const steps = findSteps(env, store, log, params);
  for (const step of steps) {
    // On the way back to an earlier time each restore is the last one when its turn comes.
    const isOnTheWay = params.to !== undefined && step.root.kind === 'restore';
    const obstacle = isOnTheWay ? null : log.obstacleTo(step);
    refuse(step, obstacle ?? trashObstacle(env, store, step));
  }
  const change = history.ifAdded(steps.flatMap((step) => reversalOf(step) ?? []));
  refuse(steps[0]!, listObstacle(env, store, change));
  return { steps, infos: steps.map(({ root }) => log.info(root)), change };
}

function refuse({ what, root }: Step, obstacle: UndoObstacle | null): void {
  if (obstacle !== null) {
    throw new SnapdirError('CANNOT_UNDO', { operation: root.id, what, obstacle });
  }
}

function findSteps(
  env: EngineEnv,
  store: Store,
  log: OperationLog,
  { what, operation, to }: UndoParams,
): Step[] {
  if (to !== undefined) {
    const steps = log.backTo(to);
    if (steps === undefined) {
      throw new SnapdirError('REV_NOT_FOUND', { rev: to });
    }
    return steps.length === 0 ? nothing(what) : steps;
  }
  if (operation !== undefined) {
    const step = log.stepOf(operation);
    if (step === undefined) {
      throw new SnapdirError('REV_NOT_FOUND', { rev: operation });
    }
    return step.what === what ? [step] : nothing(what);
  }
  // A collection whose trash was emptied is past; what came before it is not.
  const next = log
    .inOrder(what)
    .find((step) => step.root.kind !== 'gc' || trashObstacle(env, store, step) === null);
  return next === undefined ? nothing(what) : [next];
}

function nothing(what: 'undo' | 'redo'): never {
  throw new SnapdirError('NOTHING_TO_UNDO', { what });
}

function trashObstacle(env: EngineEnv, store: Store, { what, root }: Step): UndoObstacle | null {
  const isGone = root.kind === 'gc' && what === 'undo' && !hasTrash(env, store, root.trash);
  return isGone ? 'trash-emptied' : null;
}

function listObstacle(env: EngineEnv, store: Store, change: ListChange): UndoObstacle | null {
  if (change.promoted.length > 0) {
    return 'promoted';
  }
  return change.listed.every((take) => isThere(env, store, take)) ? null : 'content-gone';
}

/** A look at the manifest alone: what it names is looked for when it has to be there. */
function isThere(env: EngineEnv, store: Store, { snapshot }: LoggedTake): boolean {
  return (
    hasManifest(env, store, snapshot) ||
    findInTrash(env, store, 'manifests', snapshot) !== undefined
  );
}

/** How many checkpoints of one row are looked for: a list has to be quick. */
const LOOKED_FOR = 20;

/** A row of the list, with what the store tells of its undo beyond what records do. */
export function withObstacle(
  env: EngineEnv,
  store: Store,
  log: OperationLog,
  info: OperationInfo,
): OperationInfo {
  const step = info.offers === null ? undefined : log.stepOf(info.id);
  if (step === undefined) {
    return info;
  }
  const { history } = loadHistory(env, store);
  const takes = takesOf(history, step);
  const isBack = (step.root.kind === 'take') === (step.what === 'redo');
  const obstacle =
    trashObstacle(env, store, step) ??
    (isBack
      ? listObstacle(env, store, { ...NO_CHANGE, listed: takes.slice(0, LOOKED_FOR) })
      : listObstacle(env, store, {
          ...NO_CHANGE,
          promoted: takes.filter((take) => history.words(take).refs.length > 0),
        }));
  return obstacle === null ? info : { ...info, offers: null, obstacle };
}

const NO_CHANGE: ListChange = { listed: [], unlisted: [], promoted: [] };

/** The checkpoints that a step takes off the list, or brings back to it. */
function takesOf(history: History, { root }: Step): LoggedTake[] {
  const ids = root.kind === 'take' ? [root.id] : root.kind === 'delete' ? root.checkpoints : [];
  return ids.flatMap((id) => history.checkpoint(id) ?? []);
}
