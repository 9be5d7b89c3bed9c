import type { EngineEnv } from '../context';
import { throwOwnLack } from '../disk/fsErrors';
import type { Store } from './storeRoot';

/** Changes with each garbage collection: what was stored before one may be gone after it. */
export function gcEpoch(env: EngineEnv, store: Store): string {
  try {
    const names = env.fs.readdir(store.trash).map((entry) => entry.name);
    return names.sort().at(-1) ?? '';
  } catch (error) {
    throwOwnLack(error, 'list', store.trash);
    return '';
  }
}
