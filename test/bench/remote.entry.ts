// What `scripts/benchRemote.mjs` measures: the SDK alone, and our store over it.
import { createHash, randomBytes } from 'node:crypto';
import { parseChecksum } from '../../src/core/ids';
import { objectKey } from '../../src/core/storeKeys';
import { blake3 } from '../../src/engine/hashing/blake3';
import { storeOpener } from '../../src/stores/openStore';
import { parseRemote } from '../../src/core/remote';
import { loadS3, makeBucket, placesFor } from '../support/s3';
import type { TestServer } from '../support/testServers';

/** Content that is the same in every run, without being kept. */
export function contentOf(i: number, bytes: number, seed: Buffer): Buffer {
  const out = Buffer.alloc(bytes);
  const block = createHash('sha256').update(seed).update(String(i)).digest();
  for (let at = 0; at < bytes; at += block.length) {
    block.copy(out, at);
  }
  return out;
}

/** A new bucket. */
export { makeBucket } from '../support/s3';

const OFFERED = 32;

export const newSeed = (): Buffer => randomBytes(16);

async function each(
  count: number,
  width: () => number,
  work: (i: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const running = new Set<Promise<unknown>>();
  while (next < count) {
    while (running.size < width() && next < count) {
      const one: Promise<unknown> = work(next++).finally(() => running.delete(one));
      running.add(one);
    }
    await Promise.race(running);
  }
  await Promise.all(running);
  return performance.now() - started;
}

/** Milliseconds that the SDK alone takes, in a loop with nothing around it. */
export async function bareLoop(
  server: TestServer,
  count: number,
  bytes: number,
  width: number,
): Promise<number> {
  const { S3Client, PutObjectCommand, NodeHttpHandler } = await loadS3();
  const Bucket = await makeBucket(server);
  const seed = newSeed();
  const client = new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    forcePathStyle: true,
    credentials: server,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: 32, keepAlive: true } }),
  });
  const ms = await each(
    count,
    () => width,
    async (i) => {
      const Body = contentOf(i, bytes, seed);
      const Key = objectKey(parseChecksum(blake3(Body)));
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
  );
  client.destroy();
  return ms;
}

/** Milliseconds that our store takes, as it is opened for people: retried, verified, cached. */
export async function storeLoop(
  server: TestServer,
  count: number,
  bytes: number,
  width?: number,
): Promise<{ ms: number; width: number }> {
  const bucket = await makeBucket(server);
  const seed = newSeed();
  const { endpoint, region } = server;
  const fields = { url: `s3://${bucket}/x`, endpoint, region, auth: 'stored' };
  const store = await storeOpener(placesFor(server))(parseRemote('bench', fields));
  const ms = await each(
    count,
    // As many as promotion offers; the store takes what it likes.
    () => width ?? OFFERED,
    async (i) => {
      const body = contentOf(i, bytes, seed);
      await store.put(objectKey(parseChecksum(blake3(body))), body);
    },
  );
  const last = store.concurrency();
  await store.close();
  return { ms, width: last };
}
