import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote } from '../../../src/app/listRemote';
import { SnapdirError } from '../../../src/core/errors';
import type { Checksum } from '../../../src/core/ids';
import { MANIFESTS, objectKey, OBJECTS } from '../../../src/core/storeKeys';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { counting, keysOf, unconditional } from '../../support/watchedStore';

const SPEC = { 'a.txt': 'one', 'dir/b.txt': 'two', 'same.txt': 'one', empty: '' };
const TOKEN = `token = "ghp_${'aB3dE5gH7j'.repeat(4).slice(0, 36)}"\n`;

/** Somebody else gets all of it. */
async function fetches(store: PermanentStore): Promise<void> {
  const { received } = await fetchSnapshot(
    person('carol').repository,
    { name: 'team', store },
    { name: 'main' },
  );
  assert.ok(received.objects > 0);
}

async function remove(store: PermanentStore, prefix: string): Promise<void> {
  for (const key of await keysOf(store)) {
    if (key.startsWith(prefix)) {
      await store.delete(key);
    }
  }
}

suite('promote again: only the store tells what it holds', () => {
  let store: MemoryStore;
  let alice: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', SPEC);
    alice.take();
  });

  test('another store of the same URL gets everything, and secrets are asked about there, too', async () => {
    alice.write({ 'keys.txt': TOKEN });
    alice.take();
    const at = (id: string): MemoryStore =>
      new MemoryStore(systemClock, { url: 's3://bucket/x', id });
    const [hers, open] = [at('s3:https://private/bucket/x/'), at('s3:https://public/bucket/x/')];
    await promote(alice, hers, { secrets: 'allow' });
    await assert.rejects(promote(alice, open), (error) => SnapdirError.is(error, 'SECRETS_FOUND'));
    assert.deepEqual(await keysOf(open), []);
    assert.equal((await promote(alice, open, { secrets: 'allow' })).sent.objects, 4);
    await fetches(open);
    assert.equal((await promote(alice, hers, { name: 'other' })).changed, true, 'allowed there');
  });

  test('without its secrets: the figures are those of what was sent, and the name may come again', async () => {
    alice.write({ 'keys.txt': TOKEN, 'more/keys.txt': TOKEN });
    alice.take();
    const of = { secrets: 'leave-out' } as const;
    assert.equal((await promote(alice, store, of)).changed, true);
    const target = { name: 'team', store };
    const [told] = (await listRemote(alice.repository, target)).names;
    assert.deepEqual([told?.files, told?.bytes], [4, 6]);
    const again = await promote(alice, store, of);
    assert.deepEqual([again.changed, again.present], [false, 3]);
  });

  for (const prefix of ['', '.refs/', MANIFESTS]) {
    test(`emptied of ${prefix === '' ? 'everything' : prefix}: what is sent next is whole`, async () => {
      await promote(alice, store);
      await remove(store, prefix);
      if (prefix === MANIFESTS) {
        await remove(store, OBJECTS);
      }
      const again = await promote(alice, store);
      assert.equal(again.sent.objects, 3);
      await fetches(store);
      await remove(store, prefix);
      await remove(store, OBJECTS);
      alice.write({ new: 'new' });
      alice.take();
      if (prefix !== '.refs/') {
        assert.equal((await promote(alice, store)).sent.objects, 4);
        await fetches(store);
      }
    });
  }

  test('the store lost a few objects, and another name is given: they are sent', async () => {
    alice.write(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, `file ${n}`])));
    alice.take();
    await promote(alice, store);
    await remove(store, `${OBJECTS}0`);
    const left = (await keysOf(store)).filter((key) => key.startsWith(OBJECTS)).length;
    const { sent, present } = await promote(alice, store, { name: 'other' });
    assert.deepEqual([sent.objects, present], [103 - left, left]);
    await fetches(store);
  });

  test('killed after a few objects: the next one looks, and sends the rest', async () => {
    alice.write(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, `file ${n}`])));
    alice.take();
    const watched = counting(store);
    watched.before = () =>
      watched.calls.filter((call) => call.startsWith('put')).length > 10
        ? Promise.reject(new Error('killed'))
        : Promise.resolve();
    await assert.rejects(promote(alice, watched.store));
    const there = (await keysOf(store)).length;
    assert.ok(there > 0 && there < 23, `${there}`);
    const { sent, present } = await promote(alice, store);
    assert.deepEqual([sent.objects, present], [23 - there, there]);
    // Nothing is asked for when nothing speaks for it.
    alice.write({ f1: 'changed' });
    alice.take();
    watched.calls.length = 0;
    watched.before = undefined;
    await promote(alice, watched.store);
    const asked = watched.calls.filter((call) => call.startsWith(`head ${OBJECTS}`));
    assert.deepEqual(asked, []);
  });

  test('without its secrets it moves nobody else’s promotion of the same snapshot away unseen', async () => {
    const env = { '.env': 'PASSWORD=x' };
    const [bob, carol] = [person('bob', { a: '1', ...env }), person('carol', { a: '1', ...env })];
    assert.equal(bob.take().snapshot, carol.take().snapshot);
    await promote(bob, store, { secrets: 'allow' });
    const key = objectKey(blake3(Buffer.from(env['.env'])) as Checksum);
    await store.delete(key);
    await assert.rejects(promote(carol, store, { secrets: 'leave-out' }), (error) =>
      SnapdirError.is(error, 'PROMOTION_CONFLICT'),
    );
    const { names } = await listRemote(carol.repository, { name: 'team', store });
    assert.deepEqual([names[0]?.by, names[0]?.files], ['bob@test', 2]);
  });

  test('times go on within a name, also where a clock was set back and no condition is kept', async () => {
    const shared = unconditional(store);
    let now = 1_700_000_000_000;
    const dora = person('dora', { a: '1' }, { clock: { now: () => now } });
    dora.take();
    await promote(dora, shared);
    now -= 3_600_000;
    dora.write({ a: '2' });
    const { snapshot } = dora.take();
    await promote(dora, shared);
    const [told] = (await listRemote(dora.repository, { name: 'team', store: shared })).names;
    assert.deepEqual([told?.snapshot, told?.at], [snapshot, 1_700_000_000_001]);
  });
});
