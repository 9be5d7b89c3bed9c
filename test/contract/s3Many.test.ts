// Many contents in one message to the thread of the stores.
import assert from 'node:assert/strict';
import type { PermanentStore, StoreBatch, Written } from '../../src/core/permanentStore';
import { failure } from '../support/faultyBucket';
import { ThreadedBuckets } from '../support/storeThread';
import { cancels } from './helpers';

/** Contents in memory that threads share, with something before and behind them. */
function batchOf(count: number): StoreBatch {
  const contents = Array.from({ length: count }, (_, n) =>
    Buffer.from(`content ${n}`.repeat(n % 7)),
  );
  const all = Buffer.concat([Buffer.from('before'), ...contents, Buffer.from('after')]);
  const tray = new Uint8Array(new SharedArrayBuffer(all.length));
  tray.set(all);
  return {
    keys: contents.map((_, n) => `d/${n}`),
    sizes: contents.map(({ length }) => length),
    bytes: tray.subarray(6, tray.length - 5),
  };
}

suite('S3 in a thread of its own: many at once', function () {
  this.timeout(60_000);
  const buckets = new ThreadedBuckets();
  suiteTeardown(() => buckets.end());
  const putMany = (
    store: PermanentStore,
    batch: StoreBatch,
    more: { signal?: AbortSignal; onWritten?: (written: Written) => void } = {},
  ): Promise<void> => store.putMany!(batch, { width: 32, ...more });

  test('each is written under its key, and how far it is, is told', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const told: Written[] = [];
    let [running, most] = [0, 0];
    server.fault = () => {
      most = Math.max(most, ++running);
      setTimeout(() => running--, 5);
      return undefined;
    };
    const batch = batchOf(1500);
    const began = performance.now();
    await putMany(store, batch, { onWritten: (written) => void told.push(written) });
    const tenths = (performance.now() - began) / 100;
    let at = 0;
    for (const [n, key] of batch.keys.entries()) {
      const expected = Buffer.from(batch.bytes.subarray(at, (at += batch.sizes[n]!)));
      assert.deepEqual(server.objects.get(`x/${key}`), expected, key);
    }
    assert.equal(server.count('PUT'), 1500);
    assert.ok(most > 1, 'more than one at a time');
    assert.ok(told.length > 0 && told.length <= tenths + 1, `told ${told.length} times`);
    const counts = told.map(({ count }) => count);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.ok(told.every(({ count, bytes }) => count < 1500 && bytes <= batch.bytes.length));
    await store.close();
  });

  test('one that fails is told as it is, and no other is begun after it', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    server.fault = ({ key }) =>
      key === 'x/d/40' ? { status: 403, code: 'AccessDenied' } : undefined;
    const { permission } = await failure('REMOTE_DENIED', () => putMany(store, batchOf(500)));
    assert.equal(permission, 's3:PutObject');
    assert.ok(server.count('PUT') < 200, `${server.count('PUT')} requests`);
    await store.close();
  });

  test('what is cancelled ends at once, and asks for nothing more', async () => {
    const server = await buckets.started();
    const store = await buckets.open(server);
    const stop = new AbortController();
    let cancelled = Infinity;
    // One is never answered, and the others slowly: who is not told goes on with those.
    server.slow = () => new Promise((done) => setTimeout(done, 20));
    server.fault = ({ key }) => {
      if (key !== 'x/d/40') {
        return undefined;
      }
      cancelled = performance.now();
      stop.abort();
      return { hang: true };
    };
    await cancels(() => putMany(store, batchOf(500), { signal: stop.signal }));
    assert.ok(performance.now() - cancelled < 20_000);
    await cancels(() => putMany(store, batchOf(5), { signal: stop.signal }));
    // The thread hears of it a little later, and what was under way by then still arrives.
    let asked = -1;
    while (asked !== server.count('PUT')) {
      asked = server.count('PUT');
      await new Promise((done) => setTimeout(done, 500));
    }
    assert.ok(asked < 400, `${asked} requests`);
    await store.close();
  });

  test('through a proxy they are written here', async () => {
    const server = await buckets.started();
    const way = (): Promise<boolean> => Promise.resolve(false);
    const store = await buckets.open(server, { thread: buckets.thread({ way }) });
    const batch = batchOf(50);
    let written: Written | undefined;
    await putMany(store, batch, { onWritten: (now) => void (written = now) });
    assert.equal(buckets.here, 1);
    assert.equal(server.count('PUT'), 50);
    assert.deepEqual(written, { count: 50, bytes: batch.bytes.length });
    await store.close();
  });
});
