import { join } from '../disk/durable';
import type { EngineEnv } from '../context';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { removeTree } from '../disk/removeTree';
import { allocate } from '../hashing/fileTable';
import type { Store } from '../store/storeRoot';
import { sharedWork, type SharedWork } from './sharedJob';

/** Removes a folder of our own; nobody waits for it. */
export interface RemoveJob extends SharedWork {
  kind: 'remove';
  platform: string;
}

/** Never fails. */
export function removeOne(fs: Fs, job: RemoveJob): void {
  removeTree({ fs, platform: job.platform }, job.root);
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
  const work = sharedWork(aside, allocate(1), { rows: [0], paths: [''] });
  if (crew.start({ ...work, kind: 'remove', platform } satisfies RemoveJob) === 0) {
    removeTree(env, aside);
  }
}
