import { throwIfCancelled } from '../../base/abort';
import type { EngineMethods, TimelinePage } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { OperationLog } from '../../core/operationLog';
import { timelinePage } from '../../core/timelinePage';
import type { Control, EngineEnv } from '../context';
import { loadHistory, readRecord } from '../store/records';
import type { Store } from '../store/storeRoot';
import { pendingRestore } from '../worktree/restore/pendingRestore';
import { meetByContent } from './restoresMeet';
import { touchLook } from './touched';
import { healthLook } from './trees';
import { withObstacle } from './undoTask';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

const EMPTY_PAGE: TimelinePage = {
  checkpoints: [],
  head: null,
  wholeTaken: false,
  total: 0,
  refs: {},
  tags: [],
  undoable: null,
  redoable: null,
  undo: null,
  redo: null,
  pendingRestore: null,
};

/**
 * A page of the timeline. A folder without a store has an empty one.
 * @throws UNSAFE_PATH, IO, AbortError
 */
export function timeline(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'timeline'>,
  control: Control,
): Result<'timeline'> {
  if (store === undefined) {
    return EMPTY_PAGE;
  }
  throwIfCancelled(control.signal);
  const { history } = loadHistory(env, store);
  const look = touchLook(env, store, params, control);
  const page = timelinePage(history, params, look?.touches);
  const unread = look?.unread ?? 0;
  return {
    ...page,
    ...(unread > 0 && { unread }),
    ...(look?.full === true && { full: true as const }),
    checkpoints: page.checkpoints.map(healthLook(env, store)),
    // A journal that came with the folder is nobody's here.
    pendingRestore: store.foreign ? null : pendingRestore(env, store),
  };
}

/** Of how many restores a list looks at the files: it has to be quick. The others are looked at when one is undone. */
const LOOKED_INTO = 4;

/** A page of the operations, newest first. @throws AbortError */
export function operations(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'operations'>,
  control: Control,
): Result<'operations'> {
  if (store === undefined) {
    return { operations: [], undo: null, redo: null };
  }
  const { history } = loadHistory(env, store);
  const meet = meetByContent({ env, store, history, control }, LOOKED_INTO);
  const log = new OperationLog(history, meet);
  const page = log.page(params);
  const rows = page.operations.map((info) => withObstacle(env, store, log, info));
  return { ...page, operations: rows };
}

/** @throws REV_NOT_FOUND, INTEGRITY, PARSE */
export function checkpointDetails(
  env: EngineEnv,
  store: Store,
  params: Params<'checkpointDetails'>,
): Result<'checkpointDetails'> {
  const record = readRecord(env, store, params.id);
  if (record.kind !== 'take') {
    throw new SnapdirError('REV_NOT_FOUND', { rev: params.id });
  }
  const { skipped, unstable, rules } = record;
  return { skipped, unstable, rules };
}
