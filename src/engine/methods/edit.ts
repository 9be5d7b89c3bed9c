import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { fetchedNames } from '../../core/history/fetchedNames';
import type { RefRecord } from '../../core/records';
import { checkName } from '../../core/refName';
import { resolveRev } from '../../core/rev';
import type { Control, EngineEnv } from '../context';
import { makeAllDurable } from '../store/barrier';
import { appendRecord, loadHistory } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';
import { withHealth } from './trees';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

const MAX_MESSAGE = 10_000;

function checkpointOf(env: EngineEnv, store: Store, rev: string): CheckpointId {
  const resolved = resolveRev(loadHistory(env, store).history, rev);
  if (resolved.kind !== 'snapshot' || resolved.checkpointId === null) {
    throw new SnapdirError('REV_NOT_FOUND', { rev });
  }
  return resolved.checkpointId;
}

function info(env: EngineEnv, store: Store, id: CheckpointId): Result<'tag'> {
  return withHealth(env, store, loadHistory(env, store).history.toInfo(id));
}

/** Sets or moves a ref (promotes), or deletes it. @throws INVALID_NAME, REV_NOT_FOUND, READ_ONLY, … */
export function setRef(
  env: EngineEnv,
  store: Store,
  params: Params<'setRef'>,
  control: Control,
): Result<'setRef'> {
  requireWritable(store);
  checkName(params.name, 'ref');
  const { name, rev } = params;
  const checkpoint = rev === null ? null : checkpointOf(env, store, rev);
  return {
    changed: placeRef(env, store, { name, checkpoint, fetched: false }, control),
    checkpoint,
  };
}

/**
 * Lets a name stand for a checkpoint, or for nothing any more.
 * @param of.fetched whether it is what a store's name stood for, and not what somebody called it here
 * @returns whether that changes anything
 * @throws REV_NOT_FOUND, DISK_FULL, IO, AbortError
 */
export function placeRef(
  env: EngineEnv,
  store: Store,
  { name, checkpoint, fetched }: Pick<RefRecord, 'name' | 'checkpoint'> & { fetched: boolean },
  control: Control,
): boolean {
  const { history } = loadHistory(env, store);
  const previous = history.refs.get(name) ?? null;
  if (checkpoint === null && previous === null) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: name });
  }
  if (checkpoint === previous && fetchedNames(history).includes(name) === fetched) {
    return false;
  }
  // What somebody named is to stay, also when it was taken by itself (H5).
  makeAllDurable(env, store, control);
  const record = { kind: 'ref' as const, name, checkpoint, previous };
  appendRecord(env, store, fetched ? { ...record, fetched } : record);
  return checkpoint !== previous;
}

/** @throws INVALID_NAME, REV_NOT_FOUND, READ_ONLY, … */
export function tag(
  env: EngineEnv,
  store: Store,
  params: Params<'tag'>,
  control: Control,
): Result<'tag'> {
  requireWritable(store);
  const checkpoint = checkpointOf(env, store, params.rev);
  const has = new Set(info(env, store, checkpoint).tags);
  for (const name of params.add ?? []) {
    checkName(name, 'tag');
  }
  const add = [...new Set(params.add ?? [])].filter((name) => !has.has(name));
  const remove = [...new Set(params.remove ?? [])].filter((name) => has.has(name));
  if (add.length + remove.length > 0) {
    makeAllDurable(env, store, control);
    appendRecord(env, store, { kind: 'tag', checkpoint, add, remove });
  }
  return info(env, store, checkpoint);
}

/** @throws INVALID_ARGUMENT (message too long), REV_NOT_FOUND, READ_ONLY, … */
export function rename(env: EngineEnv, store: Store, params: Params<'rename'>): Result<'rename'> {
  requireWritable(store);
  const checkpoint = checkpointOf(env, store, params.rev);
  if (params.message.length > MAX_MESSAGE) {
    const reason = { is: 'too-many-characters', most: MAX_MESSAGE } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'message', reason });
  }
  appendRecord(env, store, { kind: 'rename', checkpoint, message: params.message });
  return info(env, store, checkpoint);
}

/** Takes checkpoints off the list; what a ref names stays. @throws INVALID_ARGUMENT, REV_NOT_FOUND, … */
export function deleteCheckpoints(
  env: EngineEnv,
  store: Store,
  params: Params<'delete'>,
): Result<'delete'> {
  requireWritable(store);
  const checkpoints = [...new Set(params.revs.map((rev) => checkpointOf(env, store, rev)))];
  for (const id of checkpoints) {
    const { refs } = info(env, store, id);
    if (refs.length > 0) {
      const reason = { is: 'has-names', refs } as const;
      throw new SnapdirError('INVALID_ARGUMENT', { argument: id, reason });
    }
  }
  if (checkpoints.length > 0) {
    appendRecord(env, store, { kind: 'delete', checkpoints });
  }
  return { deleted: checkpoints, head: loadHistory(env, store).history.head };
}
