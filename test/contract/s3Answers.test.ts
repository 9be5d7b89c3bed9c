// What a person is told of each answer, at each kind of request; how content in parts is sent.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ErrorCode } from '../../src/core/errors';
import type { PermanentStore } from '../../src/core/permanentStore';
import { probeReading, probeStore } from '../../src/core/storePieces';
import { FaultServer, type Asked, type WireFault } from '../support/faultServer';
import {
  SECRET,
  failure,
  faultOnce,
  faultsOnContent,
  openFaulty,
  tried,
} from '../support/faultyBucket';
import { openBucket } from '../support/s3';
import { cancels, collect, inPieces } from './helpers';

const content = Buffer.from('content');

suite('S3: answers, and content in parts', function () {
  this.timeout(30_000);
  let server: FaultServer;
  let store: PermanentStore;
  const open = (more: Parameters<typeof openFaulty>[1] = {}): Promise<PermanentStore> =>
    openFaulty(server, more);
  const onContent = (fault: (asked: Asked) => WireFault | undefined): void =>
    faultsOnContent(server, fault);
  const once = (fault: WireFault): void => faultOnce(server, fault);

  setup(async () => {
    server = await new FaultServer().start();
    store = await open();
  });
  teardown(async () => {
    await store.close();
    await server.stop();
  });

  const answers: [string, WireFault, ErrorCode][] = [
    ['expired keys', { status: 403, code: 'ExpiredToken' }, 'REMOTE_SESSION_EXPIRED'],
    ['a wrong secret', { status: 403, code: 'SignatureDoesNotMatch' }, 'REMOTE_WRONG_SECRET'],
    ['an unknown key', { status: 403, code: 'InvalidAccessKeyId' }, 'REMOTE_UNKNOWN_KEY'],
    ['no bucket', { status: 404, code: 'NoSuchBucket' }, 'REMOTE_BUCKET_NOT_FOUND'],
    ['a name for no bucket', { status: 400, code: 'InvalidBucketName' }, 'REMOTE_URL_INVALID'],
    ['another region', { status: 301, code: 'PermanentRedirect' }, 'REMOTE_WRONG_REGION'],
    [
      'another region in the signature',
      { status: 400, code: 'AuthorizationHeaderMalformed' },
      'REMOTE_WRONG_REGION',
    ],
    ['an archive', { status: 403, code: 'InvalidObjectState' }, 'REMOTE_ARCHIVED'],
    ['slow down', { status: 503, code: 'SlowDown' }, 'REMOTE_SLOW_DOWN'],
    ['too many requests', { status: 429 }, 'REMOTE_SLOW_DOWN'],
    ['a quota', { status: 403, code: 'QuotaExceeded' }, 'REMOTE_FULL'],
    ['no space', { status: 507 }, 'REMOTE_FULL'],
    ['a proxy that wants a user', { html: 407 }, 'REMOTE_PROXY'],
    ['trouble', { status: 500, code: 'InternalError' }, 'REMOTE_FAILED'],
    ['a web page', { html: 200 }, 'REMOTE_NOT_S3'],
    ['a web page that says "not found"', { html: 404 }, 'REMOTE_NOT_S3'],
    ['a reset', { reset: true }, 'REMOTE_CONNECTION_LOST'],
  ];
  for (const [name, fault, code] of answers) {
    test(`${name}: at the first look, on get and on put`, async () => {
      server.fault = () => fault;
      await failure(code, () => store.head('a'));
      onContent(() => fault);
      await failure(code, () => store.put('a', content));
      await failure(code, () => store.get('a'));
      assert.equal(server.objects.size, 0);
    });
  }

  test('what only calls itself a web page: nothing, with the number of a request; an error with a code', async () => {
    const html = { 'content-type': 'text/html; charset=utf-8' };
    const empty = { ...html, 'content-length': '0' };
    for (const number of ['x-amz-request-id', 'x-amzn-requestid']) {
      onContent(() => ({ status: 404, headers: { ...empty, [number]: '1' } }));
      assert.equal(await store.head('a'), undefined);
    }
    // Who gives no number may be anybody, and a page has a length.
    for (const headers of [empty, { ...html, 'content-length': '253', 'x-amz-request-id': '1' }]) {
      onContent(() => ({ status: 404, headers }));
      await failure('REMOTE_NOT_S3', () => store.head('a'));
    }
    server.objects.set('prefix/b', content);
    onContent(({ method }) =>
      method === 'GET' ? { status: 416, code: 'InvalidRange', headers: html } : undefined,
    );
    assert.equal((await store.get('b', { offset: 9, length: 1 })).size, content.length);
  });

  test('what may not be read: the list tells whether it is missing, and which right is', async () => {
    onContent(() => ({ status: 403, code: 'AccessDenied' }));
    assert.equal(await store.head('a'), undefined);
    await failure('REMOTE_KEY_NOT_FOUND', () => store.get('a'));
    await failure('REMOTE_KEY_NOT_FOUND', () => store.get('a', { offset: 1, length: 1 }));
    server.objects.set('prefix/a-longer', content);
    assert.equal(await store.head('a'), undefined);
    server.objects.set('prefix/a', content);
    for (const read of [() => store.head('a'), () => store.get('a')]) {
      assert.equal((await failure('REMOTE_DENIED', read)).permission, 's3:GetObject');
    }
    const { permission } = await failure('REMOTE_DENIED', () => store.put('a', content));
    assert.equal(permission, 's3:PutObject');
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    for (const read of [() => store.head('a'), () => store.get('a')]) {
      assert.equal((await failure('REMOTE_DENIED', read)).permission, 's3:ListBucket');
    }
  });

  test('a trial finds that what is missing may not be seen: whoever promotes a new name asks for it', async () => {
    server.fault = ({ key, method }) =>
      key === '' || (method === 'GET' && !server.objects.has(key))
        ? { status: 403, code: 'AccessDenied' }
        : undefined;
    for (const trial of [() => probeStore(store, 'n', () => 0), () => probeReading(store)]) {
      assert.equal((await failure('REMOTE_DENIED', trial)).permission, 's3:ListBucket');
    }
    server.fault = ({ key, method }) =>
      key !== '' && method === 'GET' && !server.objects.has(key) ? { status: 403 } : undefined;
    assert.equal((await probeStore(store, 'n', () => 0)).conditional, true);
    await probeReading(store);
  });

  test('who may not list can still read and write', async () => {
    server.fault = ({ key }) => (key === '' ? { status: 403, code: 'AccessDenied' } : undefined);
    await store.put('a', content);
    assert.deepEqual(Buffer.from((await store.get('a')).bytes), content);
    await failure('REMOTE_DENIED', () => collect(store.list('')));
  });

  test('content in parts: one that fails is sent again, few are in memory, and nothing stays of what fails', async () => {
    const bytes = randomBytes(40 * 1024 * 1024 + 5);
    let reading = 0;
    let most = 0;
    const counted = {
      size: bytes.length,
      read: (offset: number, length: number): Promise<Uint8Array> => {
        reading += length;
        most = Math.max(most, length);
        return Promise.resolve(bytes.subarray(offset, offset + length));
      },
    };
    once({ reset: true });
    await tried(store).put('large', counted);
    assert.ok(bytes.equals(server.objects.get('prefix/large') ?? Buffer.alloc(0)));
    assert.ok(most <= 16 * 1024 * 1024 && reading >= bytes.length);
    let parts = 0;
    onContent(({ query }) =>
      query.get('partNumber') === '2' && ++parts > 0
        ? { status: 403, code: 'AccessDenied' }
        : undefined,
    );
    await failure('REMOTE_DENIED', () => tried(store).put('other', inPieces(bytes)));
    assert.equal(parts, 1);
    assert.equal(server.uploads.size, 0);
    const stop = new AbortController();
    onContent(({ query }) => {
      if (query.get('partNumber') === '3') {
        stop.abort();
      }
      return undefined;
    });
    await cancels(() => store.put('other', inPieces(bytes), { signal: stop.signal }));
    assert.equal(server.uploads.size, 0);
    assert.ok(!server.objects.has('prefix/other'));
  });

  test('bodies are sent with their checksum, and never as a stream', async () => {
    await store.put('a', inPieces(content));
    const put = server.asked.find(({ method }) => method === 'PUT');
    assert.equal(
      put?.headers['x-amz-content-sha256'],
      'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73',
    );
    assert.equal(put?.headers['content-length'], '7');
    assert.ok(!Object.keys(put?.headers ?? {}).some((name) => /trailer|decoded/.test(name)));
  });

  test('nobody there; a name that is not known', async () => {
    const gone = await new FaultServer().start();
    await gone.stop();
    const at = (endpoint: string): Promise<PermanentStore> =>
      openBucket(
        { endpoint, region: 'us-east-1', accessKeyId: 'k', secretAccessKey: SECRET },
        's3://bucket',
      );
    const { reason, host } = await failure('REMOTE_UNREACHABLE', async () =>
      (await at(gone.endpoint)).head('a'),
    );
    assert.deepEqual([reason, host], ['refused', gone.endpoint.replace('http://', '')]);
    const name = await failure('REMOTE_UNREACHABLE', async () =>
      (await at('https://no-such-host.invalid')).head('a'),
    );
    assert.equal(name.reason, 'name');
    // https:// to a server that does not encrypt.
    await failure('REMOTE_NOT_TLS', async () =>
      (await at(server.endpoint.replace('http:', 'https:'))).head('a'),
    );
  });
});
