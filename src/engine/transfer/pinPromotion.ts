import type { EngineMethods } from '../../core/engine';
import { checkName } from '../../core/refName';
import type { Control, EngineEnv } from '../context';
import { makeAllDurable } from '../store/barrier';
import { appendRecord, loadHistory } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';

/**
 * Keeps a checkpoint from retention, before a permanent store's name stands for it: who is killed after that, or loses a
 * race, sets no name here. Only what was taken by itself can be pruned; all else needs no record.
 * @throws INVALID_NAME, READ_ONLY, DISK_FULL, IO, AbortError
 */
export function pinPromotion(
  env: EngineEnv,
  store: Store,
  { checkpoint, name }: EngineMethods['pinPromotion']['params'],
  control: Control,
): null {
  requireWritable(store);
  checkName(name, 'ref');
  const { history } = loadHistory(env, store);
  if (history.checkpoint(checkpoint)?.trigger !== 'auto' || history.wasPromoted(checkpoint)) {
    return null;
  }
  // Nobody waited for it to be on disk when it was taken.
  makeAllDurable(env, store, control);
  appendRecord(env, store, { kind: 'tag', checkpoint, add: [], remove: [], promoting: name });
  return null;
}
