// Stores that work in a thread of their own, as the editor has them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isReachedDirectly } from '../../src/stores/thread/findWay';
import { threadedOpener } from '../../src/stores/thread/threadedOpener';
import { failure } from '../support/faultyBucket';
import { placesFor } from '../support/s3';
import { bucketAt, canaryKeys, ThreadedBuckets } from '../support/storeThread';
import { tempDir } from '../support/tempDir';
import { testCertificate } from '../support/testCertificate';
import { cancels, collect, inPieces, text } from './helpers';
import { storeContract } from './storeContract';

const buckets = new ThreadedBuckets();
suiteTeardown(() => buckets.end());

storeContract('S3 in a thread of its own', async () => {
  const server = await buckets.started();
  const open = threadedOpener(buckets.thread(), placesFor(canaryKeys, { loadS3: neverHere }));
  return { open: () => open(bucketAt(server.endpoint)), conditional: true };
});

const neverHere = (): never => assert.fail('the SDK was loaded on the editor’s thread');

suite('S3 in a thread of its own', function () {
  this.timeout(60_000);
  test('it is known by what it is known by here, and its width changes', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    assert.equal(store.id, `s3:${server.endpoint}/bucket/x/`);
    assert.equal(store.url, 's3://bucket/x');
    assert.equal(store.label, bucketAt(server.endpoint).name);
    assert.equal(store.concurrency(), 8);
    server.fault = ({ key, count }) =>
      key !== '' && count < 5 ? { status: 503, code: 'SlowDown' } : undefined;
    await store.put('a', text('content'));
    assert.ok(store.concurrency() < 8, `${store.concurrency()}`);
    await store.close();
    assert.equal(buckets.here, 0);
  });

  test('content in shared memory is written as it is, and stays the caller’s', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const tray = new Uint8Array(new SharedArrayBuffer(100));
    tray.set(text('beforeCONTENTafter'));
    await store.put('a', tray.subarray(6, 13));
    assert.equal(server.objects.get('x/a')?.toString(), 'CONTENT');
    const own = text('beforeCONTENTafter');
    await store.put('b', own.subarray(6, 13));
    assert.equal(server.objects.get('x/b')?.toString(), 'CONTENT');
    assert.equal(Buffer.from(own).toString(), 'beforeCONTENTafter');
    await store.close();
  });

  test('errors keep their codes and data, and hold no keys', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const { key } = await failure('REMOTE_KEY_NOT_FOUND', () => store.get('missing'));
    assert.equal(key, 'missing');
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    await failure('REMOTE_DENIED', () => store.put('a', text('a')));
    await store.close();
    const open2 = threadedOpener(buckets.thread(), placesFor(canaryKeys));
    await failure('REMOTE_CA_FILE', () =>
      open2(bucketAt(server.endpoint, { caFile: '/nonexistent.pem' })),
    );
  });

  test('a call is cancelled at once, while the server says nothing', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    await store.put('a', text('a'));
    server.fault = () => ({ hang: true });
    const stop = new AbortController();
    const began = performance.now();
    setTimeout(() => stop.abort(), 50);
    await cancels(() => store.put('b', text('b'), { signal: stop.signal }));
    assert.ok(performance.now() - began < 15_000);
    server.fault = () => undefined;
    await store.put('c', text('c'));
    await store.close();
  });

  test('a long listing comes in pages, and may be left', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const names = Array.from({ length: 2500 }, (_, i) => `n${String(i).padStart(4, '0')}`);
    names.forEach((name) => server.objects.set(`x/${name}`, Buffer.from(name)));
    assert.deepEqual(
      (await collect(store.list(''))).map(({ key }) => key),
      names,
    );
    const after = await collect(store.list('', { startAfter: 'n2497' }));
    assert.deepEqual(
      after.map(({ key }) => key),
      ['n2498', 'n2499'],
    );
    for await (const { key } of store.list('')) {
      assert.equal(key, 'n0000');
      break;
    }
    assert.ok((await store.head('n0001')) !== undefined);
    await store.close();
  });

  test('through a proxy it works here: nothing goes past it', async () => {
    const server = await buckets.started();
    const asked: string[] = [];
    const way = (secure: boolean, host: string, port: number): Promise<boolean> => {
      asked.push(`${secure} ${host}:${port} ${server.asked.length}`);
      return Promise.resolve(false);
    };
    const store = await buckets.open(server, { thread: buckets.thread({ way }) });
    await store.put('a', text('content'));
    assert.deepEqual(asked, [`false ${server.endpoint.replace('http://', '')} 0`]);
    assert.equal(buckets.here, 1);
    assert.equal(Buffer.from((await store.get('a')).bytes).toString(), 'content');
    assert.deepEqual((await collect(store.list(''))).length, 1);
    await store.close();
    // A listing first.
    const listed = await buckets.open(server, { thread: buckets.thread({ way }) });
    assert.deepEqual((await collect(listed.list(''))).length, 1);
    assert.equal(buckets.here, 1);
    await listed.close();
  });

  test('certificates that only the editor may know are asked for here; a file of one’s own works there', async () => {
    const server = await buckets.started(testCertificate);
    const unknown = await buckets.open(server);
    await failure('REMOTE_CERTIFICATE', () => unknown.put('a', text('content')));
    assert.equal(buckets.here, 1);
    await unknown.close();
    const caFile = `${tempDir()}/ca.pem`;
    writeFileSync(caFile, testCertificate.cert);
    const known = await buckets.open(server, { fields: { caFile } });
    await known.put('a', text('content'));
    assert.equal(buckets.here, 0);
    await known.close();
  });

  test('what a cancelled upload leaves is cleared away before the store is closed', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const stop = new AbortController();
    // All its connections are in use: what clears away needs another one.
    server.fault = ({ query }) => {
      if (!query.has('partNumber')) {
        return undefined;
      }
      setTimeout(() => stop.abort(), 50);
      return { hang: true };
    };
    const large = Buffer.alloc(40 * 1024 * 1024, 'x');
    await cancels(() => store.put('large', inPieces(large), { signal: stop.signal }));
    await store.close();
    assert.equal(server.count('DELETE'), 1);
    assert.equal(server.uploads.size, 0);
  });

  test('a cancelled listing asks for no more pages', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    for (let i = 0; i < 5000; i++) {
      server.objects.set(`x/n${String(i).padStart(4, '0')}`, Buffer.from('x'));
    }
    const stop = new AbortController();
    server.fault = ({ query }) => {
      if (!query.has('continuation-token')) {
        return undefined;
      }
      // The page is asked for by now: none before it is on its way.
      setTimeout(() => stop.abort(), 50);
      return { hang: true };
    };
    await cancels(() => collect(store.list('', { signal: stop.signal })));
    const asked = server.asked.length;
    server.fault = () => undefined;
    await new Promise((done) => setTimeout(done, 500));
    assert.equal(server.asked.length, asked);
    await store.close();
  });
});

suite('whether a proxy is on the way', function () {
  this.timeout(30_000);
  let server: Server;
  let count = 0;
  const port = (): number => (server.address() as AddressInfo).port;
  suiteSetup(async () => {
    server = createServer((_request, response) => {
      count++;
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  suiteTeardown(() => void server.close());

  test('where nothing is between, it is told without a request', async () => {
    assert.equal(await isReachedDirectly(false, '127.0.0.1', port()), true);
    assert.equal(await isReachedDirectly(true, '127.0.0.1', port()), true);
    assert.equal(await isReachedDirectly(false, 'no.such.host.invalid', 80), true);
    assert.equal(count, 0);
  });
});
