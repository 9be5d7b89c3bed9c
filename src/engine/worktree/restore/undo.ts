import type { EngineMethods, RestoreResult } from '../../../core/engine';
import type { Control, EngineEnv } from '../../context';
import type { Store } from '../../store/storeRoot';
import { refuseTarget } from './checks';
import { reverseIntent } from './intent';
import { planIntent } from './planRestore';
import { runRestore } from './runRestore';

type PlanUndo = EngineMethods['planUndo'];

/**
 * What undo or redo would do. Nothing is written.
 * @throws NOTHING_TO_UNDO and what `planRestore` throws
 */
export function planUndo(
  env: EngineEnv,
  store: Store,
  params: PlanUndo['params'],
  control: Control,
): PlanUndo['result'] {
  refuseTarget(env, store, store.root);
  const intent = reverseIntent(env, store, params, control);
  const plan = planIntent(env, store, intent, control, params.limit);
  return { ...plan, operation: intent.reverses };
}

/**
 * Undoes the last restore that is not undone, or redoes the one last undone. It is a restore itself, with
 * a safety checkpoint of its own, so nothing is lost by it either.
 * @throws NOTHING_TO_UNDO and what `restore` throws
 */
export function undo(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['undo']['params'],
  control: Control,
): RestoreResult {
  const { fingerprint } = params;
  const intent = (): ReturnType<typeof reverseIntent> => reverseIntent(env, store, params, control);
  return runRestore(env, store, intent, { fingerprint }, control);
}
