import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pullSnapshot } from '../../../src/app/fetchSnapshot';
import { restore } from '../../../src/app/restore';
import { systemClock } from '../../../src/base/clock';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { readTree } from '../../support/fileTree';
import { person, promote, type Person } from '../../support/people';

suite('promote, fetch, pull: large content, links, names for Git', () => {
  let store: MemoryStore;
  let alice: Person;
  let bob: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', { 'a.txt': 'one' });
    bob = person('bob', { 'other.txt': 'other' });
  });

  test('large content goes in pieces, links travel, and the manifest of names is kept for Git', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024 + 7, 'large ');
    alice.write({ large, link: { link: 'a.txt' } });
    alice.take();
    const first = await promote(alice, store);
    assert.equal(first.manifest, null);
    const second = await promote(alice, store, { name: 'z', manifest: true });
    assert.equal(second.manifest?.changed, true);
    await promote(alice, store, { name: 'a' });
    assert.equal(
      readFileSync(join(alice.root, 'snapdir.json'), 'utf8'),
      `{\n  "a": "${first.snapshot}",\n  "z": "${first.snapshot}",\n  "~": "snapdir promoted snapshots 1"\n}\n`,
    );
    await pullSnapshot(bob.repository, { name: 'team', store }, { name: 'main', exact: false });
    await restore(bob.repository, { rev: 'team/main', exact: false });
    assert.deepEqual(readFileSync(join(bob.root, 'large')), large);
    assert.equal(readTree(bob.root)['link'], readTree(alice.root)['link']);
  });
});
