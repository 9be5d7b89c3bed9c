import { join } from '../disk/durable';
import type { EngineEnv } from '../context';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { removeTree } from '../disk/removeTree';
import type { Store } from '../store/storeRoot';
import { sharedState, type SharedState } from './sharedJob';

/** Removes a folder of our own; nobody waits for it. */
export interface RemoveJob extends SharedState {
  kind: 'remove';
  /** Absolute. */
  path: string;
  platform: string;
}

/** Never fails. */
export function removeOne(fs: Fs, job: RemoveJob): void {
  removeTree({ fs, platform: job.platform }, job.path);
}

/**
 * Removes a folder of our own below the store. With helpers it is moved to `tmp/` at once and goes away
 * later, so that somebody who cancelled need not wait for thousands of files to be removed.
 */
export function removeInBackground(env: EngineEnv, store: Store, path: string): void {
  const { fs, crew, platform } = env;
  const aside = join(store.tmp, env.randomName());
  const succeeds = (step: () => void): boolean => {
    try {
      step();
      return true;
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
      return false;
    }
  };
  // Mostly everything was moved out of it.
  if (fs.lstat(path)?.kind !== 'dir' || succeeds(() => fs.rmdir(path))) {
    return;
  }
  if (crew === undefined || !succeeds(() => fs.rename(path, aside))) {
    return removeTree(env, path);
  }
  const job: RemoveJob = { ...sharedState(1), kind: 'remove', path: aside, platform };
  if (crew.start(job) === 0) {
    removeTree(env, aside);
  }
}
