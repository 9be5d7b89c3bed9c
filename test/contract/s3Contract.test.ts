// The contract on our own server: where there is no Ceph, too, and with whatever a network does to requests.
import { blake3 } from '../../src/engine/hashing/blake3';
import { caching } from '../../src/stores/caching';
import { verifying } from '../../src/stores/verifying';
import { Random } from '../reliability/support/random';
import { FaultServer, type Asked, type WireFault } from '../support/faultServer';
import { openFaulty, tried } from '../support/faultyBucket';
import { storeContract } from './storeContract';

const servers: FaultServer[] = [];

async function started(): Promise<FaultServer> {
  const server = await new FaultServer().start();
  servers.push(server);
  return server;
}

suiteTeardown(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

storeContract('S3 on a server of our own', async () => {
  const server = await started();
  return { open: () => openFaulty(server), conditional: true };
});

/** What trying again must hide: one request in eight, the same ones in each run. */
function faults(): (asked: Asked) => WireFault | undefined {
  const random = new Random(20_261_129);
  const all: WireFault[] = [
    { reset: true },
    { loseAnswer: true },
    { truncate: true },
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown' },
    { status: 503 },
    { status: 502 },
  ];
  return () => (random.below(8) === 0 ? all[random.below(all.length)] : undefined);
}

storeContract('S3 on a server of our own that fails now and then, tried again', async () => {
  const server = await started();
  server.fault = faults();
  const open = async (): ReturnType<typeof openFaulty> =>
    caching(verifying(tried(await openFaulty(server), 30), blake3), blake3);
  return { open, conditional: true, manyKeys: 300 };
});
