import assert from 'node:assert/strict';
import { promote as setName } from '../../../src/app/editCheckpoint';
import { listRemote } from '../../../src/app/listRemote';
import { syncNames } from '../../../src/app/syncNames';
import { systemClock } from '../../../src/base/clock';
import { headKey } from '../../../src/core/promotion/refEntry';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote } from '../../support/people';
import { counting, keysOf } from '../../support/watchedStore';

suite('sync: what lies aside', () => {
  test('what came to lie aside after the names were listed is told', async () => {
    const store = new MemoryStore(systemClock);
    const alice = person('alice', { a: '1' });
    const bob = person('bob', { b: '2' });
    alice.take();
    await promote(alice, store);
    alice.write({ a: '2' });
    alice.take();
    await setName(alice.repository, 'HEAD', 'main');
    // His is a promotion at the same time: it is in the journal, and the name stands for hers.
    const meanwhile = new MemoryStore(systemClock);
    bob.take();
    await promote(bob, meanwhile);
    const watched = counting(store);
    let came = false;
    watched.before = async (call) => {
      // Once the names are listed and hers is found to be newer: when it is promoted.
      const journals = watched.calls.filter((one) => one === 'list .refs/main/').length;
      if (call.startsWith('list') && journals === 2 && !came) {
        came = true;
        for (const key of (await keysOf(meanwhile)).filter((one) => one !== headKey('main'))) {
          await store.put(key, (await meanwhile.get(key)).bytes);
        }
      }
    };
    const target = { name: 'team', store: watched.store };
    const { pushed, aside } = await syncNames(alice.repository, target, { own: ['main'] });
    assert.deepEqual([came, pushed.promoted.length, aside], [true, 1, ['main']]);
    const [listed] = (await listRemote(alice.repository, target)).names;
    assert.equal(listed?.aside.length, 1);
  });
});
