import type { RestoreParams, RestoreResult } from '../../../core/engine';
import type { Control, EngineEnv } from '../../context';
import type { Store } from '../../store/storeRoot';
import { restoreIntent } from './intent';
import { runRestore } from './runRestore';

/**
 * Restores files in place. What it overwrites or deletes is in a safety checkpoint first; `undo` brings
 * it back.
 * @throws RESTORE_PENDING, STORE_BUSY, PLAN_CHANGED, UNSAFE_TARGET, UNSAFE_PATH, NAME_COLLISION, PATH_NOT_FOUND,
 * REV_NOT_FOUND, REV_AMBIGUOUS, MANIFEST_NOT_FOUND, SNAPSHOT_DAMAGED, INTEGRITY (manifest), DISK_FULL, READ_ONLY, IO: in all
 * of these cases but an IO error half-way (then it is pending) no file was touched; AbortError: none is changed
 */
export function restore(
  env: EngineEnv,
  store: Store,
  params: RestoreParams,
  control: Control,
): RestoreResult {
  const { fingerprint } = params;
  const intent = (): ReturnType<typeof restoreIntent> => restoreIntent(env, store, params, control);
  return runRestore(env, store, intent, { fingerprint }, control);
}
