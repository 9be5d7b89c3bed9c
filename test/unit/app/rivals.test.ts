import assert from 'node:assert/strict';
import { listRemote } from '../../../src/app/listRemote';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { systemClock } from '../../../src/base/clock';
import { SnapdirError } from '../../../src/core/errors';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { counting, unconditional } from '../../support/watchedStore';

const HOUR = 3_600_000;

suite('two promote one name at once to a store without compare-and-swap', () => {
  let store: MemoryStore;
  let alice: Person;
  setup(() => {
    store = unconditional(new MemoryStore(systemClock));
    alice = person('alice', { a: '1' });
    alice.take();
  });

  test('who holds the name is told so, and how many lie aside', async () => {
    const clock = { now: () => systemClock.now() - HOUR };
    const bob = person('bob', { b: '2' }, { clock });
    bob.take();
    const watched = counting(store);
    watched.store.capabilities = () => Promise.resolve({ conditional: false });
    watched.before = async (call) => {
      if (call.startsWith('put .manifests')) {
        watched.before = undefined;
        await promote(bob, store);
      }
    };
    const done = await promote(alice, watched.store);
    assert.deepEqual([done.changed, done.aside], [true, 1]);
    const [main] = (await listRemote(alice.repository, { name: 'team', store })).names;
    assert.deepEqual([main?.by, main?.aside.length], ['alice@test', 1]);
    // She may go on; what lies aside stays for him.
    alice.write({ a: '2' });
    alice.take();
    assert.equal((await promote(alice, store)).aside, 1);
    // By force it counts as settled, also where the name stands for hers already.
    const forced = await promote(alice, store, { force: true });
    assert.deepEqual([forced.changed, forced.aside], [false, 0]);
  });

  test('of six, the one that the name stands for went well, and nobody else of those who came last', async () => {
    const people = Array.from({ length: 6 }, (_, n) => person(`u${n}`, { file: `${n}` }));
    people.forEach((one) => one.take());
    // All have looked before the first one publishes.
    let waiting = 0;
    let go = (): void => undefined;
    const all = new Promise<void>((resolve) => (go = resolve));
    const results = await Promise.allSettled(
      people.map((one) => {
        const watched = counting(store);
        watched.store.capabilities = () => Promise.resolve({ conditional: false });
        watched.after = async (call) => {
          if (call.startsWith('put .refs')) {
            waiting += 1;
            if (waiting === people.length) {
              go();
            }
            await all;
          }
        };
        const target = { name: 'team', store: watched.store };
        return promoteSnapshot(one.repository, target, { rev: 'HEAD', name: 'main' });
      }),
    );
    const [main] = (await listRemote(alice.repository, { name: 'team', store })).names;
    const won = results.flatMap((one, n) => (one.status === 'fulfilled' ? [`u${n}@test`] : []));
    assert.deepEqual(won, [main?.by]);
    for (const one of results) {
      if (one.status === 'rejected') {
        assert.ok(SnapdirError.is(one.reason, 'PROMOTION_CONFLICT'));
        assert.equal(one.reason.data.theirs.by, main?.by);
      }
    }
    assert.equal(main?.aside.length, 5);
  });
});
