import type { RestorePlan, RestorePlanParams } from '../../../core/engine';
import type { Control, EngineEnv } from '../../context';
import { io } from '../../disk/fsErrors';
import type { Store } from '../../store/storeRoot';
import { refuseTarget } from './checks';
import { restoreIntent, type Intent } from './intent';
import { lookAt, type Look } from './look';

const DEFAULT_LIMIT = 5_000;

/** A plan as people see it. */
function toPlan(intent: Intent, look: Look, limit = DEFAULT_LIMIT): RestorePlan {
  const { counts, bytes, items } = look.planned;
  return {
    fingerprint: look.fingerprint(),
    checkpoint: intent.checkpoint,
    snapshot: intent.snapshot,
    paths: intent.scope,
    exact: intent.exact,
    counts,
    bytes,
    items: items.slice(0, limit),
    truncated: items.length > limit,
    withheld: look.withheld.slice(0, limit),
  };
}

/**
 * What a restore in place would do. Nothing is written.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS, PATH_NOT_FOUND, UNSAFE_PATH, UNSAFE_TARGET, MANIFEST_NOT_FOUND,
 * INTEGRITY, IO, AbortError
 */
export function planRestore(
  env: EngineEnv,
  store: Store,
  params: RestorePlanParams,
  control: Control,
): RestorePlan {
  refuseTarget(env, store, store.root);
  return planIntent(env, store, restoreIntent(env, store, params, control), control, params.limit);
}

/** What carrying out an intent would do. Nothing is written. @throws INTEGRITY, IO, AbortError */
export function planIntent(
  env: EngineEnv,
  store: Store,
  intent: Intent,
  control: Control,
  limit?: number,
): RestorePlan {
  const look = io('look', store.root, () => lookAt(env, store, intent, control));
  return toPlan(intent, look, limit);
}
