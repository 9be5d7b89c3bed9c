// The thread of the stores, as the editor starts it, and buckets for tests of it.
import { join } from 'node:path';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote, type Remote, type StoredKeys } from '../../src/core/remote';
import { StoreThread, type ThreadPlaces } from '../../src/stores/thread/storeThread';
import { threadedOpener } from '../../src/stores/thread/threadedOpener';
import { FaultServer } from './faultServer';
import { SECRET } from './faultyBucket';
import { repositoryRoot } from './paths';
import { loadS3, placesFor } from './s3';
import type { testCertificate } from './testCertificate';

/** A thread with nothing of this machine's environment in it. */
export function newThread(keys: StoredKeys, more: Partial<ThreadPlaces> = {}): StoreThread {
  const dist = join(repositoryRoot, 'dist');
  return new StoreThread({
    path: join(dist, 'store.cjs'),
    start: () => ({ dist, env: {}, home: '/nonexistent' }),
    storedKeys: () => Promise.resolve(keys),
    ...more,
  });
}

/** A bucket at an endpoint, with keys that a person entered. */
export const bucketAt = (endpoint: string, fields: object = {}): Remote =>
  parseRemote('team', { url: 's3://bucket/x', endpoint, auth: 'stored', ...fields });

/** Keys that must not be seen anywhere. */
export const canaryKeys = { accessKeyId: 'AKIDCANARY', secretAccessKey: SECRET };

/** Servers and threads of one test file; `end` them all at its end. */
export class ThreadedBuckets {
  /** How often this thread had to do what the last store's thread could not. */
  here = 0;
  private readonly servers: FaultServer[] = [];
  private readonly threads: StoreThread[] = [];

  async started(tls?: typeof testCertificate): Promise<FaultServer> {
    const server = await new FaultServer(tls).start();
    this.servers.push(server);
    return server;
  }

  thread(more: Partial<ThreadPlaces> = {}): StoreThread {
    const thread = newThread(canaryKeys, more);
    this.threads.push(thread);
    return thread;
  }

  /** Opens as the editor does. */
  async open(
    server: FaultServer,
    of: { thread?: StoreThread; fields?: object } = {},
  ): Promise<PermanentStore> {
    this.here = 0;
    const counted = (): ReturnType<typeof loadS3> => {
      this.here++;
      return loadS3();
    };
    const places = placesFor(canaryKeys, { loadS3: counted });
    const open = threadedOpener(of.thread ?? this.thread(), places);
    return await open(bucketAt(server.endpoint, of.fields));
  }

  async end(): Promise<void> {
    this.threads.forEach((thread) => thread.end());
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
