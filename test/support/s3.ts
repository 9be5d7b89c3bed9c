import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote } from '../../src/core/remote';
import { blake3, Blake3Hasher } from '../../src/engine/hashing/blake3';
import { openRaw, type StorePlaces } from '../../src/stores/openStore';
import type { S3Sdk } from '../../src/stores/s3/loadSdk';
import { DEFAULT_TRANSFER, type Transfer } from '../../src/stores/transfer';
import { repositoryRoot } from './paths';
import type { TestServer } from './testServers';

/** The bundle that people get. */
export const loadS3 = (): Promise<S3Sdk> =>
  Promise.resolve(
    createRequire(join(repositoryRoot, 'package.json'))('./dist/remote-s3.cjs') as S3Sdk,
  );

export const newHash = (): Blake3Hasher => new Blake3Hasher();

/** What opening a store needs, with nothing of this machine's environment in it. */
export function placesFor(
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  more: Partial<StorePlaces> = {},
): StorePlaces {
  return {
    clock: systemClock,
    env: {},
    home: '/nonexistent',
    loadS3,
    hash: blake3,
    proxyFromEnv: false,
    transfer: () => DEFAULT_TRANSFER,
    storedKeys: () => Promise.resolve(keys),
    ...more,
  };
}

/** Creates a bucket, as an administrator does. */
export async function makeBucket(
  server: TestServer,
  bucket = `b-${randomUUID()}`,
): Promise<string> {
  // The bundle has no command for it, since Snapdir never creates one.
  await signedPut(server, `/${bucket}`);
  return bucket;
}

/** Sets who may do what in a bucket, as an administrator does. */
export const setPolicy = (server: TestServer, bucket: string, policy: object): Promise<void> =>
  signedPut(server, `/${bucket}`, { query: 'policy=', body: JSON.stringify(policy) });

async function signedPut(
  { endpoint, accessKeyId, secretAccessKey, region }: TestServer,
  path: string,
  { query = '', body = '' }: { query?: string; body?: string } = {},
): Promise<void> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = stamp.slice(0, 8);
  const sum = createHash('sha256').update(body).digest('hex');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    ...['PUT', path, query, `host:${new URL(endpoint).host}`, `x-amz-content-sha256:${sum}`],
    ...[`x-amz-date:${stamp}`, '', names, sum],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', stamp, scope, hash].join('\n');
  const mac = (key: string | Buffer, words: string): Buffer =>
    createHmac('sha256', key).update(words).digest();
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    mac,
    `AWS4${secretAccessKey}`,
  );
  const signature = mac(key, text).toString('hex');
  const response = await fetch(`${endpoint}${path}${query === '' ? '' : `?${query}`}`, {
    method: 'PUT',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
      'x-amz-content-sha256': sum,
      'x-amz-date': stamp,
    },
    ...(body === '' ? {} : { body }),
  });
  if (!response.ok) {
    throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }
}

/** Opens a bucket with nothing around it. */
export async function openBucket(
  server: TestServer,
  url: string,
  more: { fields?: object; transfer?: Partial<Transfer>; places?: Partial<StorePlaces> } = {},
): Promise<PermanentStore> {
  const { endpoint, region } = server;
  const remote = parseRemote('team', { url, endpoint, region, auth: 'stored', ...more.fields });
  const transfer = { ...DEFAULT_TRANSFER, ...more.transfer };
  return await openRaw(remote, placesFor(server, more.places), transfer);
}
