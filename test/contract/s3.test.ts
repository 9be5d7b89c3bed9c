import { blake3 } from '../../src/engine/hashing/blake3';
import { caching } from '../../src/stores/caching';
import { retrying } from '../../src/stores/retrying';
import { DEFAULT_TRANSFER } from '../../src/stores/transfer';
import { verifying } from '../../src/stores/verifying';
import { makeBucket, openBucket } from '../support/s3';
import { skipWithout, stopTestServers, testServer, type TestServer } from '../support/testServers';
import { storeContract } from './storeContract';

suiteTeardown(async function () {
  this.timeout(60_000);
  await stopTestServers();
});

/**
 * A server; without it the suite is skipped, and says why.
 * @param onDemand why it is only there where SNAPDIR_TEST_ and its name is set
 */
async function serverFor(
  context: Mocha.Context,
  name: Parameters<typeof testServer>[0],
  onDemand?: string,
): Promise<TestServer> {
  const variable = `SNAPDIR_TEST_${name.toUpperCase()}`;
  if (onDemand !== undefined && !process.env[variable]) {
    skipWithout(context, `${onDemand}: ${variable}=1 tries it`);
  }
  const server = await testServer(name);
  return typeof server === 'string' ? skipWithout(context, server) : server;
}

storeContract('S3 on Ceph', async (context) => {
  const ceph = await serverFor(context, 'ceph');
  const bucket = await makeBucket(ceph);
  return { open: () => openBucket(ceph, `s3://${bucket}`), conditional: true, raw: true };
});

storeContract('S3 on Ceph below a prefix, retried, verified and cached', async (context) => {
  const ceph = await serverFor(context, 'ceph');
  const bucket = await makeBucket(ceph);
  const open = async (): ReturnType<typeof openBucket> => {
    const raw = await openBucket(ceph, `s3://${bucket}/projects/x`);
    return caching(verifying(retrying(raw, { transfer: DEFAULT_TRANSFER }), blake3), blake3);
  };
  // Paging was tried above.
  return { open, conditional: true, manyKeys: 120 };
});

// Stands for all stores that keep no conditions, such as Backblaze B2.
storeContract('S3 on OpenStack Swift', async (context) => {
  const swift = await serverFor(context, 'swift', 'Swift takes a minute to start');
  const bucket = await makeBucket(swift);
  const open = async (): ReturnType<typeof openBucket> =>
    retrying(await openBucket(swift, `s3://${bucket}/x`), { transfer: DEFAULT_TRANSFER });
  return { open, conditional: false, manyKeys: 120 };
});

// What many try their programs on, an imitation that keeps all in memory.
storeContract('S3 on moto', async (context) => {
  const moto = await serverFor(context, 'moto', 'moto is no store that people have');
  const bucket = await makeBucket(moto);
  // To one whose content another writer replaces meanwhile it answers 500.
  const open = async (): ReturnType<typeof openBucket> =>
    retrying(await openBucket(moto, `s3://${bucket}`), { transfer: DEFAULT_TRANSFER });
  // Its threads look at a condition and then write, and nothing holds the others off in between: of large contents two win.
  return { open, conditional: moto.conditional === true, inRaces: false };
});
