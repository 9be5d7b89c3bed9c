import type { TimelineParams } from '../../core/engine';
import type { LoggedTake } from '../../core/history/log';
import { checkRelPath } from '../../core/paths';
import type { Control, EngineEnv } from '../context';
import type { Store } from '../store/storeRoot';
import { checkpointsTouching } from '../store/touching';

/** What is known of the checkpoints that touch a path. */
export interface TouchLook {
  readonly touches: (take: LoggedTake) => boolean;
  /** How many checkpoints were not looked at. */
  readonly unread: number;
  /** The index cannot grow: these will not be looked at. */
  readonly full: boolean;
}

/**
 * Looks for what touches the path of a filter; undefined where it names none. What cannot be read is passed over.
 * @throws UNSAFE_PATH, IO, AbortError
 */
export function touchLook(
  env: EngineEnv,
  store: Store,
  { filter, ms }: TimelineParams,
  control: Control,
): TouchLook | undefined {
  const path = filter?.path;
  if (path === undefined) {
    return undefined;
  }
  checkRelPath(path);
  const budget = ms === undefined ? {} : { ms };
  const { ids, pending, full } = checkpointsTouching(env, store, { path, budget }, control);
  const found = new Set(ids);
  return { touches: ({ id }) => found.has(id), unread: pending, full };
}
