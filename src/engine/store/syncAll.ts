import type { Control, EngineEnv } from '../context';
import { syncInBackground } from '../jobs/syncJob';
import type { Store } from './storeRoot';
import { noteFailedSync } from './failedSyncs';
import { listMarks, sinceOf } from './unsynced';

/**
 * Makes everything durable that was written to the file system of `path`, whatever it is wanted for: no other sync of
 * a whole file system is made. A system tells of what it lost once: where this sync fails, the one that the marks wait
 * for would succeed. So what is under a mark of this store is noted as being in doubt (H6).
 * @returns false where a file system cannot be synced as a whole
 * @throws AbortError, and what the system says of a sync that failed, raw
 */
export function syncAll(env: EngineEnv, store: Store, path: string, control: Control): boolean {
  // Before the sync: what is marked later was written later.
  const since = sinceOf(listMarks(env, store));
  try {
    return syncInBackground(env, path, control);
  } catch (error) {
    noteFailedSync(env, store, error, since);
    throw error;
  }
}
