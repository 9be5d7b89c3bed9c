import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { listRemote } from '../../../src/app/listRemote';
import type { RemoteName } from '../../../src/app/listRemote';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { SnapdirError } from '../../../src/core/errors';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { unconditional } from '../../support/watchedStore';

const isConflict = (error: unknown): boolean => SnapdirError.is(error, 'PROMOTION_CONFLICT');

async function listed(who: Person, store: PermanentStore): Promise<RemoteName | undefined> {
  const { names } = await listRemote(who.repository, { name: 'team', store });
  return names.find(({ name }) => name === 'main');
}

/** People who have all taken the same snapshot. */
function runs(count: number): Person[] {
  return Array.from({ length: count }, (_, n) => {
    const one = person(`run${n}`, { 'a.txt': 'one', 'b/c.txt': 'two' });
    one.take();
    return one;
  });
}

suite('promotions of one snapshot at the same time', () => {
  const stores = {
    'by conditions': () => new MemoryStore(systemClock),
    'by the journal alone': () => unconditional(new MemoryStore(systemClock)),
  };
  for (const [how, make] of Object.entries(stores)) {
    test(`are no conflict, and nothing lies aside: ${how}`, async () => {
      const store = make();
      // More than one entry can follow.
      const all = runs(26);
      const done = await Promise.all(all.map((one) => promote(one, store)));
      const { snapshot } = done[0]!;
      const before = await listed(all[0]!, store);
      assert.deepEqual([before?.snapshot, before?.aside], [snapshot, []]);
      assert.ok(done.every(({ aside }) => aside === 0));
      // Who goes on from there follows all of them.
      const [first, second] = all as [Person, Person];
      first.write({ 'a.txt': 'three' });
      first.take();
      const next = await promote(first, store);
      const after = await listed(second, store);
      assert.deepEqual(
        [next.changed, next.aside, after?.snapshot, after?.aside],
        [true, 0, next.snapshot, []],
      );
      // Of the others nobody saw that.
      second.write({ 'a.txt': 'four' });
      second.take();
      await assert.rejects(promote(second, store), isConflict);
    });
  }

  test('another snapshot at that moment is one, and is told', async () => {
    const store = new MemoryStore(systemClock);
    const same = runs(2);
    const other = person('other', { 'a.txt': 'other' });
    other.take();
    const done = await Promise.allSettled([...same, other].map((one) => promote(one, store)));
    const failed = done.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    assert.ok(failed.length > 0 && failed.every(isConflict));
    const now = await listed(other, store);
    assert.ok(now!.aside.length > 0);
  });

  test('by force what lies aside is settled, also where the name stands for that snapshot', async () => {
    const store = new MemoryStore(systemClock);
    const [same] = runs(1) as [Person];
    const other = person('other', { 'a.txt': 'other' });
    other.take();
    const all = [same, other];
    await Promise.allSettled(all.map((one) => promote(one, store)));
    const before = await listed(same, store);
    assert.equal(before?.aside.length, 1);
    const mine = same.take();
    const who = mine.snapshot === before.snapshot ? same : other;
    const done = await promote(who, store, { force: true });
    const after = await listed(same, store);
    assert.deepEqual(
      [done.changed, done.aside, after?.snapshot, after?.aside],
      [false, 0, before.snapshot, []],
    );
  });

  test('who is killed before they noted their own promotion is not overtaken by it', async () => {
    const store = new MemoryStore(systemClock);
    const [alice] = runs(1) as [Person];
    const engine = alice.repository.engine as { noteSeen: unknown };
    const { noteSeen } = engine;
    engine.noteSeen = () => Promise.reject(new Error('killed'));
    await assert.rejects(promote(alice, store), { message: 'killed' });
    engine.noteSeen = noteSeen;
    alice.write({ 'a.txt': 'two' });
    alice.take();
    // Nobody else may move it away, as ever.
    const bob = person('bob', { 'a.txt': 'bob' });
    bob.take();
    await assert.rejects(promote(bob, store), isConflict);
    // Nor takes a push back what she does not know of here.
    await assert.rejects(promote(alice, store, { sinceSeen: true }), isConflict);
    const done = await promote(alice, store);
    assert.deepEqual([done.changed, (await listed(bob, store))?.snapshot], [true, done.snapshot]);
  });

  test('one that lies aside and cannot be read keeps nobody from the name', async () => {
    const store = new MemoryStore(systemClock);
    const other = person('other', { 'a.txt': 'other' });
    other.take();
    await Promise.allSettled([...runs(1), other].map((one) => promote(one, store)));
    const before = await listed(other, store);
    const [aside] = before!.aside;
    assert.ok(aside !== undefined);
    const get = store.get.bind(store);
    store.get = (key, call) =>
      key.includes(aside)
        ? Promise.reject(new SnapdirError('IO', { operation: 'read', path: key, errno: 'EIO' }))
        : get(key, call);
    const now = await listed(other, store);
    assert.deepEqual([now?.snapshot, now?.aside], [before!.snapshot, [aside]]);
  });
});
