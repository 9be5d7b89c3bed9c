// When the thread of the stores begins and ends, and what becomes of its stores.
import assert from 'node:assert/strict';
import { threadedOpener } from '../../src/stores/thread/threadedOpener';
import { failure } from '../support/faultyBucket';
import { givingWay } from '../support/givingWay';
import { placesFor } from '../support/s3';
import { bucketAt, canaryKeys, ThreadedBuckets } from '../support/storeThread';
import { cancels, text } from './helpers';

/** Waits until it has ended by itself. */
async function ended(thread: { isRunning: boolean }): Promise<void> {
  for (let tries = 0; thread.isRunning; tries++) {
    assert.ok(tries < 1000, 'it still runs');
    await new Promise((done) => setTimeout(done, 20));
  }
}

suite('S3: the life of its thread', function () {
  this.timeout(60_000);
  const buckets = new ThreadedBuckets();
  suiteTeardown(() => buckets.end());

  test('a thread that is ended fails its calls; the next store has a new one', async () => {
    const server = await buckets.started();
    const thread = buckets.thread();
    const store = await buckets.open(server, { thread });
    await store.put('a', text('a'));
    server.fault = () => ({ hang: true });
    const hanging = failure('WORKER_CRASHED', () => store.put('b', text('b')));
    await new Promise((done) => setTimeout(done, 50));
    thread.end();
    await hanging;
    await failure('WORKER_CRASHED', () => store.get('a'));
    await store.close();
    server.fault = () => undefined;
    const again = await buckets.open(server, { thread });
    assert.equal(Buffer.from((await again.get('a')).bytes).toString(), 'a');
    await again.close();
  });

  test('it gives way to the thread of the editor', async function () {
    if (process.platform !== 'linux') {
      this.skip(); // A priority is the whole process's there, so nobody lowers it.
    }
    const before = givingWay();
    const thread = buckets.thread();
    const store = await buckets.open(await buckets.started(), { thread });
    assert.equal(givingWay() - before, 1);
    await store.close();
    thread.end();
  });

  test('stores of a thread that died are no others’, whatever is opened next', async () => {
    const [one, two] = [await buckets.started(), await buckets.started()];
    const thread = buckets.thread();
    const first = await buckets.open(one, { thread });
    await first.put('a', text('a'));
    thread.end();
    const second = await buckets.open(two, { thread });
    await failure('WORKER_CRASHED', () => first.put('b', text('b')));
    assert.deepEqual([...two.objects.keys()], []);
    await first.close();
    await second.put('c', text('c'));
    await second.close();
  });

  test('a store that is opened while the last one is closed keeps the thread', async () => {
    const server = await buckets.started();
    let goOn = (): void => undefined;
    const waiting = new Promise<void>((done) => (goOn = done));
    let asked = 0;
    const storedKeys = async (): Promise<typeof canaryKeys> => {
      if (++asked > 1) {
        await waiting;
      }
      return canaryKeys;
    };
    const thread = buckets.thread({ restMs: 30, storedKeys });
    const first = await buckets.open(server, { thread });
    const opening = buckets.open(server, { thread });
    await first.close();
    await first.close();
    await new Promise((done) => setTimeout(done, 150));
    goOn();
    const second = await opening;
    await new Promise((done) => setTimeout(done, 150));
    await second.put('a', text('a'));
    await second.close();
    await ended(thread);
  });

  test('a store that cannot be opened, or is cancelled, leaves no thread behind', async () => {
    const server = await buckets.started();
    const thread = buckets.thread({ restMs: 30 });
    const caFile = '/nonexistent.pem';
    await failure('REMOTE_CA_FILE', () => buckets.open(server, { thread, fields: { caFile } }));
    await ended(thread);
    const stop = new AbortController();
    const opener = threadedOpener(thread, placesFor(canaryKeys));
    const opening = opener(bucketAt(server.endpoint), { signal: stop.signal });
    stop.abort();
    await cancels(() => opening);
    await ended(thread);
  });

  test('without an open store it ends after a while', async () => {
    const server = await buckets.started();
    let opened = 0;
    const storedKeys = (): Promise<typeof canaryKeys> => {
      opened++;
      return Promise.resolve(canaryKeys);
    };
    const thread = buckets.thread({ restMs: 30, storedKeys });
    const store = await buckets.open(server, { thread });
    assert.ok(thread.isRunning);
    await store.close();
    await ended(thread);
    const again = await buckets.open(server, { thread });
    await again.put('a', text('a'));
    assert.ok(thread.isRunning);
    assert.equal(opened, 2);
    await again.close();
  });
});
