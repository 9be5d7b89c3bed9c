import type { EngineEnv } from '../context';
import { ensureDir, join, writeFileDurable } from '../disk/durable';
import { errnoBehind } from '../disk/fsErrors';
import type { Store } from './storeRoot';

/** Of these the system says that what was written is not, or may not be, on disk. */
const LOST = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

/**
 * Notes, after a sync failed with this error, from when on content is in doubt (`suspects.ts`). Best effort: on a disk
 * that takes nothing any more nothing can be noted.
 * @param sinceNs undefined: nothing is in doubt
 */
export function noteFailedSync(
  env: EngineEnv,
  store: Store,
  error: unknown,
  sinceNs: bigint | undefined,
): void {
  if (sinceNs === undefined || !LOST.has(errnoBehind(error) ?? '')) {
    return;
  }
  try {
    ensureDir(env.fs, store.unsynced, 0o700);
    const note = join(store.unsynced, `suspect-${env.randomName()}`);
    writeFileDurable(env, store.tmp, note, new TextEncoder().encode(String(sinceNs)));
  } catch (failure) {
    env.log.warn(`a failed sync could not be noted: ${String(failure)}`);
  }
}

/**
 * Runs a step that puts whole files in their place and syncs the folders. When that fails, names that are there may
 * not be on disk, and the next sync of such a folder would succeed all the same: they are written anew, too. Not for
 * a full disk, which fails calls before anything is lost.
 * @param since the time of the oldest that is in place by then, in nanoseconds
 * @throws what the step throws
 */
export function notingLostNames<T>(
  env: EngineEnv,
  store: Store,
  since: () => bigint | undefined,
  step: () => T,
): T {
  try {
    return step();
  } catch (error) {
    if (errnoBehind(error) === 'EIO') {
      noteFailedSync(env, store, error, since());
    }
    throw error;
  }
}
