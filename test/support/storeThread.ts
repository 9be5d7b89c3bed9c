// The thread of the stores, as the editor starts it.
import { join } from 'node:path';
import { parseRemote, type Remote, type StoredKeys } from '../../src/core/remote';
import { StoreThread, type ThreadPlaces } from '../../src/stores/thread/storeThread';
import { repositoryRoot } from './paths';

/** A thread with nothing of this machine's environment in it. */
export function newThread(keys: StoredKeys, more: Partial<ThreadPlaces> = {}): StoreThread {
  const dist = join(repositoryRoot, 'dist');
  return new StoreThread({
    path: join(dist, 'store.cjs'),
    start: { dist, env: {}, home: '/nonexistent' },
    storedKeys: () => Promise.resolve(keys),
    ...more,
  });
}

/** A bucket at an endpoint, with keys that a person entered. */
export const bucketAt = (endpoint: string, fields: object = {}): Remote =>
  parseRemote('team', { url: 's3://bucket/x', endpoint, auth: 'stored', ...fields });
