import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote } from '../../../src/app/listRemote';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { SnapdirError } from '../../../src/core/errors';
import { quietControl } from '../../../src/engine/context';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { counting, keysOf } from '../../support/watchedStore';

const SPEC = { 'a.txt': 'one', 'dir/b.txt': 'two', 'same.txt': 'one', empty: '' };

suite('promote, fetch, pull: what goes wrong', () => {
  let store: MemoryStore;
  let alice: Person;
  let bob: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', SPEC);
    bob = person('bob', { 'other.txt': 'other' });
  });

  for (const moment of ['get .refs/main/head', 'list .refs/main/']) {
    test(`another promotes just before "${moment}": it is seen, and nobody's head is moved away`, async () => {
      alice.take('first');
      await promote(alice, store);
      alice.write({ 'a.txt': 'second of alice' });
      alice.take();
      const ofBob = bob.take('of bob').snapshot;
      const watched = counting(store);
      watched.before = async (call) => {
        if (call === moment) {
          watched.before = undefined;
          await promote(bob, store, { force: true });
        }
      };
      await assert.rejects(promote(alice, watched.store), (error) => {
        assert.ok(SnapdirError.is(error, 'PROMOTION_CONFLICT'), String(error));
        assert.deepEqual([error.data.kept, error.data.theirs.by], [false, 'bob@test']);
        return true;
      });
      const {
        names: [listed],
      } = await listRemote(alice.repository, { name: 'team', store });
      assert.deepEqual([listed?.snapshot, listed?.aside], [ofBob, []]);
    });
  }

  for (const [what, moment] of [
    ['second', 'it came second'],
    ['killed', 'killed when the name stood for it'],
  ] as const) {
    test(`${moment}: what was promoted is never pruned here, though no name says so`, async () => {
      const rules = { useIgnoreFiles: true, patterns: [], noIgnore: false };
      const auto = { trigger: 'auto' as const, message: '', rules };
      const { checkpoint } = alice.methods.take(auto, quietControl);
      for (const text of ['two', 'three']) {
        alice.write({ 'a.txt': text });
        alice.methods.take(auto, quietControl);
      }
      bob.take();
      const watched = counting(store);
      const killed = new Error('killed');
      watched.before = async (call) => {
        // Before it is in the journal: what is there already would be refused.
        if (what === 'second' && call.startsWith('put .refs/')) {
          watched.before = undefined;
          await promote(bob, store);
        }
      };
      watched.after = (call) =>
        what === 'killed' && call === 'put .refs/main/head'
          ? Promise.reject(killed)
          : Promise.resolve();
      await assert.rejects(promote(alice, watched.store, { rev: checkpoint.id }), (error) =>
        what === 'second' ? SnapdirError.is(error, 'PROMOTION_CONFLICT') : error === killed,
      );
      const [main] = (await listRemote(alice.repository, { name: 'team', store })).names;
      assert.deepEqual(
        [main?.aside.length, main?.by],
        what === 'second' ? [1, 'bob@test'] : [0, 'alice@test'],
      );
      assert.deepEqual(alice.methods.timeline({}, quietControl).refs, {});
      const keep = { last: 0, hourly: 0, daily: 0, weekly: 0 };
      const pruned = alice.methods.prune({ dryRun: false, keep }, quietControl);
      assert.deepEqual([pruned.pruned, pruned.kept], [0, { promoted: 1, head: 2 }]);
    });
  }

  test('the answer to a write got lost: that is no conflict', async () => {
    alice.take();
    const watched = counting(store);
    watched.after = (call) => {
      if (call.startsWith('put .refs')) {
        return Promise.reject(
          new SnapdirError('REMOTE_CONFLICT', { store: 'x', key: call.slice(4) }),
        );
      }
      return Promise.resolve();
    };
    assert.equal((await promote(alice, watched.store)).changed, true);
    assert.deepEqual(
      (await listRemote(alice.repository, { name: 'team', store })).names[0]?.aside,
      [],
    );
  });

  test('stopped at every request, then done again: no name ever shows what is not whole', async () => {
    alice.take('first');
    await promote(alice, store);
    for (let stopAt = 1; ; stopAt++) {
      alice.write({ [`new${stopAt}`]: `new ${stopAt}`, 'dir/b.txt': `two ${stopAt}` });
      const { snapshot } = alice.take();
      const watched = counting(store);
      watched.before = () => {
        return watched.calls.length > stopAt
          ? Promise.reject(new Error('killed'))
          : Promise.resolve();
      };
      const ended = await promote(alice, watched.store).then(
        () => true,
        () => false,
      );
      const carol = person('carol');
      await fetchSnapshot(carol.repository, { name: 'team', store }, { name: 'main' });
      await promote(alice, store);
      const {
        names: [main],
      } = await listRemote(alice.repository, { name: 'team', store });
      assert.deepEqual([main?.snapshot, main?.aside], [snapshot, []], `stopped at ${stopAt}`);
      if (ended) {
        assert.ok(stopAt >= 7, `${stopAt}`);
        return;
      }
    }
  });

  test('cancelled: it says so, and goes on later where it was', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, `file ${n}`]));
    alice.write(many);
    alice.take();
    const stop = new AbortController();
    const watched = counting(store);
    watched.after = (call) => {
      if (watched.calls.length === 100) {
        stop.abort();
      }
      return Promise.resolve(void call);
    };
    const target = { name: null, store: watched.store };
    const request = { rev: 'HEAD', name: 'main' };
    const context = { signal: stop.signal };
    await assert.rejects(promoteSnapshot(alice.repository, target, request, context), {
      name: 'AbortError',
    });
    const done = await promoteSnapshot(alice.repository, { name: null, store }, request);
    assert.ok(done.sent.objects < 150, `${done.sent.objects} sent again`);
    assert.equal(done.sent.objects + done.present, 203);
  });

  test('damaged on the way or in the store: refused, never placed', async () => {
    alice.take();
    await promote(alice, store);
    const keys = (await keysOf(store)).filter((one) => one.startsWith('.objects'));
    const sizes = await Promise.all(keys.map(async (one) => (await store.get(one)).size));
    const key = keys.find((_, index) => sizes[index]! > 0);
    const good = (await store.get(key!)).bytes;
    const watched = counting(store);
    let damage = 1;
    watched.change = (call, bytes) =>
      call === `get ${key}` && damage-- > 0 ? Buffer.from(bytes).fill(0x21) : bytes;
    const target = { name: 'team', store: watched.store };
    await fetchSnapshot(bob.repository, target, { name: 'main' });
    await store.put(key!, Buffer.from(good).fill(0x21));
    const carol = person('carol');
    await assert.rejects(
      fetchSnapshot(carol.repository, { name: 'team', store }, { name: 'main' }),
      (error) => SnapdirError.is(error, 'REMOTE_INTEGRITY') && error.data.key === key,
    );
    assert.equal(carol.methods.timeline({}, quietControl).total, 0);
    await assert.rejects(
      fetchSnapshot(carol.repository, { name: 'team', store }, { name: 'nope' }),
      (error) => SnapdirError.is(error, 'PROMOTION_NOT_FOUND') && error.data.known[0] === 'main',
    );
  });
});
