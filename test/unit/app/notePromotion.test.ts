import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notePromotion } from '../../../src/app/notePromotion';
import { systemClock } from '../../../src/base/clock';
import { manifestKey } from '../../../src/core/storeKeys';
import { quietControl } from '../../../src/engine/context';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';

suite('a promotion is written into snapdir.json afterwards', () => {
  let store: MemoryStore;
  let alice: Person;
  const inFile = (): unknown => {
    const text = readFileSync(join(alice.root, 'snapdir.json'), 'utf8');
    return (JSON.parse(text) as Record<string, string>)['main'];
  };
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', { 'a.txt': 'one', '.env': 'TOKEN=1' });
  });

  test('where secrets were left out, it has the snapshot that was sent', async () => {
    const taken = alice.take();
    const done = await promote(alice, store, { secrets: 'leave-out' });
    assert.notEqual(done.snapshot, taken.snapshot);
    const file = await notePromotion(alice.repository, done);
    assert.deepEqual([file.exists, inFile()], [true, done.snapshot]);
    assert.ok((await store.head(manifestKey(done.snapshot))) !== undefined, 'the store has it');
    // The same by the option, and once the name stands for it already.
    await promote(alice, store, { secrets: 'leave-out', manifest: true });
    assert.equal(inFile(), done.snapshot);
  });

  test('a name that stands for another checkpoint by then is written as what it stands for', async () => {
    alice.take();
    const done = await promote(alice, store, { secrets: 'leave-out' });
    alice.write({ 'a.txt': 'two' });
    const later = alice.take();
    alice.methods.setRef({ name: 'main', rev: later.id }, quietControl);
    await notePromotion(alice.repository, done);
    assert.equal(inFile(), later.snapshot);
  });
});
