// Every row of the failure list, over the wire: what a person is told, what is tried again, and what is never believed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { PermanentStore } from '../../src/core/permanentStore';
import { probeStore } from '../../src/core/storePieces';
import { FaultServer, type Asked, type WireFault } from '../support/faultServer';
import { failure, faultOnce, faultsOnContent, openFaulty, tried } from '../support/faultyBucket';
import { cancels, collect, failsWith } from './helpers';

const content = Buffer.from('content');

suite('S3: what goes wrong', function () {
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

  test('a sign-in page that answers to everything is no store', async () => {
    server.fault = () => ({ html: 200 });
    for (const work of [
      () => store.put('a', content),
      () => store.head('a'),
      () => store.get('a'),
      () => collect(store.list('')),
      () => store.delete('a'),
      () => store.capabilities(),
    ]) {
      await failure('REMOTE_NOT_S3', work);
    }
  });

  test('a server that answers with other bytes is found out by the probe', async () => {
    await store.put('x', Buffer.from('x'));
    onContent(({ method, key }) => {
      if (method === 'PUT') {
        server.objects.set(key, Buffer.from('other'));
      }
      return undefined;
    });
    const set = server.objects.set.bind(server.objects);
    server.objects.set = (key, bytes) =>
      set(key, key.includes('probe') ? Buffer.from('other') : bytes);
    await failure('REMOTE_NOT_S3', () => probeStore(store, 'n', () => 0));
  });

  test('the other region is found and used', async () => {
    const region = { 'x-amz-bucket-region': 'eu-west-3' };
    server.fault = ({ headers }) =>
      headers.authorization?.includes('/eu-west-3/')
        ? undefined
        : { status: 301, code: 'PermanentRedirect', headers: region };
    await store.put('a', content);
    assert.equal(server.objects.size, 1);
    server.fault = () => ({ status: 301, headers: { 'x-amz-bucket-region': 'xx-1' } });
    assert.equal((await failure('REMOTE_WRONG_REGION', () => store.head('a'))).region, undefined);
  });

  test('a clock that is wrong is corrected once; if that does not help, by how much is told', async () => {
    const headers = { date: new Date(Date.now() - 3_600_000).toUTCString() };
    const skewed: WireFault = { status: 403, code: 'RequestTimeTooSkewed', headers };
    once(skewed);
    await store.put('a', content);
    onContent(() => skewed);
    const { minutes } = await failure('REMOTE_CLOCK_SKEW', () => store.put('a', content));
    assert.equal(minutes, 60);
    // Who compares with another clock than it shows says nothing of how much.
    onContent(() => ({ ...skewed, headers: { date: new Date().toUTCString() } }));
    const data = await failure('REMOTE_CLOCK_SKEW', () => store.put('a', content));
    assert.ok(!('minutes' in data));
  });

  test('a server that says nothing is given up', async () => {
    const impatient = await open({ transfer: { timeoutSeconds: 1 } });
    onContent(() => ({ hang: true }));
    const { seconds } = await failure('REMOTE_TIMEOUT', () => impatient.get('a'));
    assert.equal(seconds, 1);
    server.objects.set('prefix/a', randomBytes(100_000));
    onContent(() => ({ stall: true }));
    await failure('REMOTE_TIMEOUT', () => impatient.get('a'));
    await impatient.close();
  });

  test('cancelling ends what hangs', async () => {
    await store.put('a', randomBytes(100_000));
    for (const fault of [{ hang: true }, { stall: true }] as const) {
      onContent(() => fault);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 200);
      const started = performance.now();
      await cancels(() => store.get('a', { signal: stop.signal }));
      assert.ok(performance.now() - started < 10_000);
    }
  });

  test('half an answer is never taken for the whole, and is asked for again', async () => {
    const bytes = randomBytes(500_000);
    await store.put('a', bytes);
    onContent(() => ({ truncate: true }));
    const data = await failure('REMOTE_TRUNCATED', () => store.get('a'));
    assert.equal(data.expected, 500_000);
    once({ truncate: true });
    assert.ok(bytes.equals((await tried(store).get('a')).bytes));
  });

  test('what passes is tried again; what does not is not', async () => {
    for (const fault of [
      { status: 503, code: 'SlowDown' },
      { status: 500, code: 'InternalError' },
      { status: 409, code: 'ConditionalRequestConflict' },
      { reset: true },
      { loseAnswer: true },
    ] as WireFault[]) {
      once(fault);
      await tried(store).put('a', content);
    }
    for (const status of [400, 403]) {
      onContent(() => ({ status, code: 'AccessDenied' }));
      server.asked.length = 0;
      await failure('REMOTE_DENIED', () => tried(store).put('a', content));
      assert.equal(server.count('PUT'), 1);
    }
    onContent(() => ({ status: 503, code: 'SlowDown' }));
    server.asked.length = 0;
    await failure('REMOTE_SLOW_DOWN', () => tried(store, 4).put('a', content));
    assert.equal(server.count('PUT'), 4);
  });

  test('the answer to a write was lost: our own content is no conflict', async () => {
    const ifAbsent = { condition: { ifAbsent: true } } as const;
    const safe = tried(store);
    once({ loseAnswer: true });
    const { version } = await safe.put('ref', Buffer.from('mine 1'), ifAbsent);
    assert.equal((await store.head('ref'))?.version, version);
    once({ loseAnswer: true });
    await safe.put('ref', Buffer.from('mine 2'), { condition: { ifVersion: version ?? '' } });
    assert.equal(server.objects.get('prefix/ref')?.toString(), 'mine 2');
    // Somebody else's is one.
    let first = true;
    onContent(({ method }) => {
      if (method === 'PUT' && first) {
        first = false;
        server.objects.set('prefix/new', Buffer.from('theirs'));
        return { reset: true };
      }
      return undefined;
    });
    await failsWith('REMOTE_CONFLICT', () => safe.put('new', Buffer.from('mine'), ifAbsent));
    assert.equal(server.objects.get('prefix/new')?.toString(), 'theirs');
  });

  test('a listing that breaks goes on where it was', async () => {
    for (let i = 0; i < 20; i++) {
      await store.put(`k/${i}`, content);
    }
    let failures = 0;
    server.fault = ({ method }) =>
      method === 'GET' && failures++ < 3 ? { reset: true } : undefined;
    assert.equal((await collect(tried(await open()).list('k/'))).length, 20);
  });

  test('no conditions: said by the server, in whatever words, and by the settings', async () => {
    const answers = [
      { status: 501, code: 'NotImplemented' },
      { status: 400, code: 'InvalidArgument' },
      { status: 405, code: 'MethodNotAllowed' },
      { status: 304 },
    ];
    for (const answer of answers) {
      onContent(({ headers }) => (headers['if-none-match'] === undefined ? undefined : answer));
      const one = await open();
      assert.deepEqual(await one.capabilities(), { conditional: false }, `${answer.status}`);
      await failure('REMOTE_NO_CONDITIONS', () =>
        one.put('a', content, { condition: { ifAbsent: true } }),
      );
      await one.close();
    }
    const off = await open({ fields: { conditionalWrites: 'off' } });
    assert.deepEqual(await off.capabilities(), { conditional: false });
    await off.close();
  });

  test('conditions that are taken and not kept are found out', async () => {
    assert.deepEqual(await store.capabilities(), { conditional: true });
    const other = await open();
    const keeps = server.fault;
    server.fault = (asked) => {
      delete asked.headers['if-none-match'];
      return keeps(asked);
    };
    assert.deepEqual(await other.capabilities(), { conditional: false });
    await failure('REMOTE_NO_CONDITIONS', () =>
      other.put('a', content, { condition: { ifAbsent: true } }),
    );
    assert.deepEqual([...server.objects.keys()], []);
    await other.close();
  });

  test('versions in quotes that a server does not know (Ceph before 20)', async () => {
    const { version = '' } = await store.put('a', content);
    onContent(({ headers }) => {
      const match = headers['if-match'];
      if (match?.startsWith('"')) {
        return { status: 412, code: 'PreconditionFailed' };
      }
      if (match !== undefined) {
        headers['if-match'] = `"${match}"`;
      }
      return undefined;
    });
    const next = await store.put('a', Buffer.from('2'), { condition: { ifVersion: version } });
    await failure('REMOTE_CONFLICT', () =>
      store.put('a', Buffer.from('3'), { condition: { ifVersion: version } }),
    );
    await store.put('a', Buffer.from('3'), { condition: { ifVersion: next.version ?? '' } });
    assert.equal(server.objects.get('prefix/a')?.toString(), '3');
  });
});
