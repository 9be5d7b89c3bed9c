import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock';
import { giveWay } from '../../base/giveWay';
import type { HashBytes } from '../../core/hasher';
import { ConditionMemory } from '../conditionMemory';
import { storeOpener } from '../openStore';
import type { S3Sdk } from '../s3/loadSdk';
import { askingAgent } from './askingAgent';
import type { ThreadStart, ToThread } from './protocol';
import { StoreServer, type ServedPlaces } from './serveStores';

/** Opens stores in this thread, as the editor's thread would. */
function opener({ dist, env, home, own }: ThreadStart): ServedPlaces['open'] {
  const load = createRequire(__filename);
  const hash: HashBytes = (bytes) =>
    (load(join(dist, 'hash.cjs')) as { blake3: HashBytes }).blake3(bytes);
  const conditions = new ConditionMemory(own, systemClock);
  const loadS3 = (): Promise<S3Sdk> => Promise.resolve(load(join(dist, 'remote-s3.cjs')) as S3Sdk);
  return async (remote, transfer, ask) => {
    let elsewhere = false;
    const way = async (secure: boolean, host: string, port: number): Promise<boolean> => {
      const direct = await ask('way', { secure, host, port });
      elsewhere ||= !direct;
      return direct;
    };
    const open = storeOpener({
      ...{ hash, env, home, conditions, loadS3, clock: systemClock },
      transfer: () => transfer,
      storedKeys: (of) => ask('keys', { remote: of }),
      agent: (secure, options) => askingAgent(secure, way, options),
      proxyFromEnv: false,
    });
    return { store: await open(remote), elsewhere: () => elsewhere };
  };
}

const port = parentPort;
if (port !== null) {
  giveWay(process.platform, setPriority);
  const server = new StoreServer({
    post: (message, transfer = []) => port.postMessage(message, transfer),
    open: opener(workerData as ThreadStart),
  });
  port.on('message', (message: ToThread) => server.receive(message));
}
