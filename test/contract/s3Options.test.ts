// What the settings of a store make of its requests.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Checksum } from '../../src/core/ids';
import { parseRemote } from '../../src/core/remote';
import { objectKey } from '../../src/core/storeKeys';
import { openRaw, storeOpener } from '../../src/stores/openStore';
import { DEFAULT_TRANSFER } from '../../src/stores/transfer';
import { FaultServer, type Asked } from '../support/faultServer';
import { openFaulty } from '../support/faultyBucket';
import { placesFor } from '../support/s3';
import { collect, failsWith, inPieces } from './helpers';

type Opened = Awaited<ReturnType<ReturnType<typeof storeOpener>>>;

const stored = { accessKeyId: 'AKIDSTORED', secretAccessKey: 'secret' };
const KMS = 'x-amz-server-side-encryption-aws-kms-key-id';
const SSE = 'x-amz-server-side-encryption';
const CLASS = 'x-amz-storage-class';

suite('S3: options of a store', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let stop: () => void;
  const sockets = new Set<Socket>();
  setup(async () => {
    stop = () => undefined;
    server = await new FaultServer().start();
  });
  teardown(async () => {
    stop();
    await server.stop();
  });

  /** Opened as people get it. */
  const openTeam = (fields: object, limitKiBps = 0): Promise<Opened> => {
    const transfer = { ...DEFAULT_TRANSFER, limitKiBps };
    const open = storeOpener(placesFor(stored, { transfer: () => transfer }));
    const place = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored' };
    return open(parseRemote('team', { ...place, ...fields }));
  };

  /** Writes a small thing, and a large one in parts. @returns the requests that begin to write something */
  async function writes(fields: object): Promise<Asked[]> {
    server.asked.length = 0;
    const store = await openFaulty(server, { fields });
    await store.put('small', Buffer.from('small'));
    await store.put('large', inPieces(Buffer.alloc(17 * 1024 * 1024, 'large')));
    await store.close();
    const begun = server.asked.filter(
      ({ method, query }) => query.has('uploads') || (method === 'PUT' && !query.has('partNumber')),
    );
    assert.deepEqual(
      begun.map(({ key }) => key),
      ['prefix/small', 'prefix/large'],
    );
    return begun;
  }

  test('encryption, its key and the storage class are asked for, in one request and in parts', async () => {
    const fields = { serverSideEncryption: 'aws:kms', kmsKeyId: 'arn:aws:kms:key-1' };
    for (const { headers } of await writes({ ...fields, storageClass: 'STANDARD_IA' })) {
      const said = [headers[SSE], headers[KMS], headers[CLASS]];
      assert.deepEqual(said, ['aws:kms', 'arn:aws:kms:key-1', 'STANDARD_IA']);
    }
    for (const { headers } of await writes({ serverSideEncryption: 'AES256' })) {
      assert.deepEqual(
        [headers[SSE], headers[KMS], headers[CLASS]],
        ['AES256', undefined, undefined],
      );
    }
    for (const { headers } of await writes({})) {
      assert.deepEqual(
        [headers[SSE], headers[KMS], headers[CLASS]],
        [undefined, undefined, undefined],
      );
    }
  });

  test('no header that servers beside AWS refuse: checksums of the SDK, content in chunks', async () => {
    const refused = ({ headers }: Asked): string[] =>
      Object.keys(headers).filter(
        (name) =>
          /^x-amz-(checksum|sdk-checksum|trailer|decoded)/u.test(name) ||
          (name === 'content-encoding' && headers[name]?.includes('aws-chunked')),
      );
    server.fault = (asked) =>
      refused(asked).length > 0 ? { status: 400, code: 'InvalidArgument' } : undefined;
    await writes({});
    const store = await openFaulty(server);
    assert.equal(Buffer.from((await store.get('small')).bytes).toString(), 'small');
    assert.equal((await collect(store.list(''))).length, 2);
    await store.delete('small');
    assert.ok((await store.capabilities()).conditional);
    await store.close();
    const sums = server.asked.filter(({ method }) => method === 'PUT');
    assert.ok(
      sums.every(({ headers }) => /^[0-9a-f]{64}$/u.test(String(headers['x-amz-content-sha256']))),
    );
    assert.deepEqual(server.asked.flatMap(refused), []);
  });

  test('the bucket is in the path, or in the name of the host', async () => {
    const proxy = await leadTo(server, sockets);
    stop = () => {
      sockets.forEach((socket) => socket.destroy());
      proxy.close();
    };
    const endpoint = 'http://s3.example.org';
    const ask = async (addressing: string): Promise<string[]> => {
      server.asked.length = 0;
      const fields = { url: 's3://bucket/x', endpoint, addressing, auth: 'stored' };
      const { port } = proxy.address() as AddressInfo;
      const store = await openRaw(
        parseRemote('team', { ...fields, allowInsecure: true }),
        placesFor(stored, { env: { http_proxy: `http://127.0.0.1:${port}` }, proxyFromEnv: true }),
        DEFAULT_TRANSFER,
      );
      await store.put('a', Buffer.from('content'));
      await collect(store.list(''));
      await store.close();
      return [...new Set(server.asked.map(({ headers, path }) => `${headers.host} ${path}`))];
    };
    assert.deepEqual(await ask('virtual'), [
      'bucket.s3.example.org /',
      'bucket.s3.example.org /x/a',
    ]);
    const inPath = ['s3.example.org /bucket', 's3.example.org /bucket/x/a'];
    for (const addressing of ['path', 'auto']) {
      const asked = await ask(addressing);
      assert.deepEqual(
        asked.map((one) => one.replace(/\/$/, '')),
        inPath,
        addressing,
      );
    }
  });

  test('never more requests at once than the store allows, in parts and beside each other', async () => {
    let [now, most] = [0, 0];
    const answered = async (work: (open: Opened) => Promise<unknown>, fields: object) => {
      [now, most] = [0, 0];
      const store = await openTeam(fields);
      await work(store);
      await store.close();
      return most;
    };
    server.slow = async () => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 20));
      now--;
    };
    const work = (store: Opened): Promise<unknown> =>
      Promise.all([
        ...Array.from({ length: 12 }, (_, n) => store.put(`k${n}`, Buffer.from(`${n}`))),
        ...[1, 2].map((n) => store.put(`l${n}`, inPieces(Buffer.alloc(17 * 1024 * 1024, 'x')))),
      ]);
    assert.equal(await answered(work, { concurrency: 2, partSizeMiB: 5 }), 2);
    assert.equal(await answered(work, { concurrency: 1, partSizeMiB: 5 }), 1);
    assert.ok((await answered(work, { partSizeMiB: 5 })) > 4);
  });

  test('content above the size of a part goes in parts of it', async () => {
    const partsOf = async (fields: object): Promise<number[]> => {
      server.asked.length = 0;
      const store = await openTeam(fields);
      await store.put('large', inPieces(Buffer.alloc(12 * 1024 * 1024, 'large')));
      assert.equal((await store.head('large'))?.size, 12 * 1024 * 1024);
      await store.close();
      return server.asked
        .filter(({ query }) => query.has('partNumber'))
        .map(({ headers }) => Number(headers['content-length']) / 1024 / 1024)
        .sort();
    };
    assert.deepEqual(await partsOf({}), []);
    assert.deepEqual(await partsOf({ partSizeMiB: 64 }), []);
    assert.deepEqual(await partsOf({ partSizeMiB: 5 }), [2, 5, 5]);
  });

  test('a request is given up after the time, and tried as often, as the store says', async () => {
    const asked = (): number => server.asked.filter(({ key }) => key === 'x/k').length;
    const store = await openTeam({ timeoutSeconds: 1, maxAttempts: 2 });
    server.fault = ({ key }) => (key === 'x/k' ? { hang: true } : undefined);
    const began = performance.now();
    await failsWith('REMOTE_TIMEOUT', () => store.get('k'));
    const took = performance.now() - began;
    assert.ok(took > 1_900 && took < 25_000, `${took} ms`);
    assert.equal(asked(), 2);
    await store.close();
    server.asked.length = 0;
    const once = await openTeam({ maxAttempts: 1 });
    server.fault = ({ key }) => (key === 'x/k' ? { reset: true } : undefined);
    await failsWith('REMOTE_CONNECTION_LOST', () => once.get('k'));
    assert.equal(asked(), 1);
    // Neither is a part of something large tried again.
    server.fault = ({ query }) => (query.has('partNumber') ? { reset: true } : undefined);
    await failsWith('REMOTE_CONNECTION_LOST', () =>
      once.put('l', inPieces(Buffer.alloc(17 * 1024 * 1024))),
    );
    const first = server.asked.filter(({ query }) => query.get('partNumber') === '1');
    assert.equal(first.length, 1);
    await once.close();
  });

  test('a store has a limit of its own', async () => {
    const took = async (fields: object): Promise<number> => {
      const store = await openTeam(fields, 100_000);
      const began = performance.now();
      for (const n of [1, 2, 3]) {
        await store.put(`k${n}`, Buffer.alloc(100 * 1024, 'x'));
      }
      await store.close();
      return performance.now() - began;
    };
    assert.ok((await took({ limitKiBps: 400 })) > 450);
    // Other work may come in between, but not each time.
    const times: number[] = [];
    while (times.length < 10 && !times.some((ms) => ms < 450)) {
      times.push(await took({}));
    }
    assert.ok(Math.min(...times) < 450, `${times.join(', ')} ms`);
  });

  test('the limit of transfers counts, both ways', async () => {
    const transfer = { ...DEFAULT_TRANSFER, limitKiBps: 400 };
    const open = storeOpener(placesFor(stored, { transfer: () => transfer }));
    const fields = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored' };
    const store = await open(parseRemote('team', fields));
    const took = async (work: (n: number) => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      for (const n of [1, 2, 3]) {
        await work(n);
      }
      return performance.now() - began;
    };
    const bytes = Buffer.alloc(100 * 1024, 'x');
    // The first goes at once, and each of the others when the one before it is paid: a quarter of a second.
    assert.ok((await took((n) => store.put(`k${n}`, bytes))) > 450);
    assert.ok((await took((n) => store.get(`k${n}`))) > 450);
    await store.close();
  });

  test('errors name the store of the settings, since two may be in one bucket; by its URL it is called that', async () => {
    const called = async (
      name: string,
      work: (store: Opened) => Promise<unknown>,
    ): Promise<unknown> => {
      const fields = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored' };
      const open = storeOpener(placesFor(stored));
      const store = await open(parseRemote(name, { ...fields, readOnly: true }));
      const error = await work(store).catch((error: unknown) => error);
      await store.close();
      return (error as { data?: { store?: unknown } }).data?.store;
    };
    const put = (store: Opened): Promise<unknown> => store.put('k', Buffer.from('k'));
    assert.deepEqual([await called('ro', put), await called('url', put)], ['ro', 's3://bucket/x']);
    const key = objectKey('ab'.repeat(32) as Checksum);
    await (await openFaulty(server)).put(key, Buffer.from('other'));
    assert.equal(await called('ro', (store) => store.get(key)), 'ro', 'damaged');
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    const list = (store: Opened): Promise<unknown> => collect(store.list(''));
    assert.deepEqual(
      [await called('ro', list), await called('url', list)],
      ['ro', 's3://bucket/x'],
    );
  });
});

/** A proxy that leads every name to the server. */
async function leadTo(server: FaultServer, sockets: Set<Socket>): Promise<Server> {
  const proxy = createServer();
  proxy.on('connect', (_request, socket: Socket) => {
    sockets.add(socket);
    const to = connect(Number(new URL(server.endpoint).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      to.pipe(socket).pipe(to);
    });
    to.on('error', () => socket.destroy());
    socket.on('error', () => to.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return proxy;
}
