// A store loses content, and nobody is told: no promotion may rely for long on what an earlier one sent.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { SnapdirError } from '../../../src/core/errors';
import type { Checksum } from '../../../src/core/ids';
import { objectKey, OBJECTS } from '../../../src/core/storeKeys';
import { quietControl } from '../../../src/engine/context';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { counting, keysOf, type Watched } from '../../support/watchedStore';

const DAY_MS = 24 * 3_600_000;
/** More than one request lists. */
const FILES = 1100;

suite('promote: what a store lost', function () {
  this.timeout(120_000);
  let store: MemoryStore;
  let watched: Watched;
  let now: number;
  let alice: Person;
  setup(async () => {
    now = 1_700_000_000_000;
    store = new MemoryStore(systemClock);
    watched = counting(store);
    const files = Array.from({ length: FILES }, (_, n) => [`f${n}`, `file ${n}`] as const);
    alice = person('alice', Object.fromEntries(files), { clock: { now: () => now } });
    alice.take();
    await promote(alice, watched.store);
    watched.calls.length = 0;
  });

  const remove = async (count: number): Promise<void> => {
    const objects = (await keysOf(store)).filter((key) => key.startsWith(OBJECTS));
    await Promise.all(objects.slice(-count).map((key) => store.delete(key)));
  };
  /** Takes one more change, and promotes it. @returns how many objects were sent */
  const next = async (n: number): Promise<number> => {
    alice.write({ more: `${n}` });
    alice.take();
    watched.calls.length = 0;
    return (await promote(alice, watched.store)).sent.objects;
  };
  const lists = (): number => watched.calls.filter((call) => call.startsWith('list .obj')).length;
  const fetch = async (): Promise<number> => {
    const target = { name: 'team', store };
    return (await fetchSnapshot(person('carol').repository, target, { name: 'main' })).received
      .objects;
  };

  test('is sent a day later, also where nothing else changed', async () => {
    await remove(3);
    now += DAY_MS - 1000;
    assert.equal(await next(1), 1);
    assert.equal(lists(), 0, 'so many are more than one page');
    await assert.rejects(fetch(), (error) => SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND'));
    now += 1000;
    assert.equal(await next(2), 4, 'a promotion in between proves nothing of what it relied on');
    assert.equal(await fetch(), FILES + 1);
    await remove(3);
    now += DAY_MS;
    const again = await promote(alice, watched.store);
    assert.deepEqual([again.changed, again.sent.objects], [false, 3]);
    assert.equal(await fetch(), FILES + 1);
  });

  test('shortly after another one little is asked; a clock that was set back, or what others sent, proves nothing', async () => {
    assert.equal(await next(1), 1);
    assert.ok(watched.calls.length <= 12, watched.calls.join('\n'));
    assert.equal((await promote(alice, watched.store)).changed, false);
    await remove(1);
    now -= 1000;
    assert.equal(await next(2), 2);
    const bob = person('bob');
    await fetchSnapshot(bob.repository, { name: 'team', store }, { name: 'main' });
    bob.write({ bobs: 'own' });
    await remove(1);
    bob.methods.setRef({ name: 'x', rev: 'team/main' }, quietControl);
    const sent = await promote(bob, store, { rev: 'team/main' });
    assert.deepEqual([sent.changed, sent.sent.objects], [false, 1]);
  });

  test('a store of which an earlier version noted no number of contents shows its first page', async () => {
    const folder = join(alice.root, '.snapdir', 'remotes');
    const [remote = ''] = readdirSync(folder);
    const path = join(folder, remote, 'whole');
    const text = readFileSync(path, 'utf8');
    assert.match(text, new RegExp(`^\\d+ [0-9a-f]{64} ${FILES}\n$`));
    writeFileSync(path, text.replace(` ${FILES}\n`, '\n'));
    assert.equal(await next(1), 1);
    assert.equal(lists(), 1, 'one page');
    assert.equal(await next(2), 1);
    assert.equal(lists(), 0);
  });

  test('what was left out is not among what is there already', async () => {
    alice.write({ '.env': 'PASSWORD=x' });
    alice.take();
    const done = await promote(alice, watched.store, { secrets: 'leave-out' });
    assert.deepEqual([done.changed, done.present, done.leftOut], [false, FILES, ['.env']]);
  });

  test('ten changed files take twenty requests at most', async () => {
    alice.write(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, `new ${n}`])));
    alice.take();
    watched.calls.length = 0;
    assert.equal((await promote(alice, watched.store)).sent.objects, 10);
    assert.ok(watched.calls.length <= 20, watched.calls.join('\n'));
  });

  test('is searched for secrets before it is sent again: it may be gone on purpose', async () => {
    const few = new MemoryStore(systemClock);
    const secret = { '.env': 'PASSWORD=x' };
    const carol = person('carol', { a: '1', ...secret });
    carol.take();
    await promote(carol, few, { secrets: 'allow' });
    const bob = person('bob', { a: '1', ...secret });
    await fetchSnapshot(bob.repository, { name: 'team', store: few }, { name: 'main' });
    bob.write({ b: '2' });
    bob.take();
    const [gone = ''] = (await keysOf(few)).filter((key) =>
      key.startsWith(objectKey(blake3(Buffer.from(secret['.env'])) as Checksum)),
    );
    await few.delete(gone);
    await assert.rejects(promote(bob, few), (error) => SnapdirError.is(error, 'SECRETS_FOUND'));
    assert.ok(!(await keysOf(few)).includes(gone));
    // Nothing of a secret that is there already: somebody agreed to that one.
    await promote(carol, few, { secrets: 'allow', force: true });
    await fetchSnapshot(bob.repository, { name: 'team', store: few }, { name: 'main' });
    assert.equal((await promote(bob, few)).changed, true);
  });

  test('a fetch that finds it missing has the next promotion look for everything', async () => {
    const [lost = ''] = (await keysOf(store)).filter((key) => key.startsWith(OBJECTS)).slice(-1);
    await remove(2);
    assert.equal(await next(1), 1);
    // It is missing here, too, for a while: what is here is not asked for.
    const here = join(alice.root, '.snapdir', lost);
    renameSync(here, `${here}.away`);
    const target = { name: 'team', store };
    await assert.rejects(fetchSnapshot(alice.repository, target, { name: 'main' }), (error) =>
      SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND'),
    );
    renameSync(`${here}.away`, here);
    assert.equal(await next(2), 3);
    assert.equal(await fetch(), FILES + 1);
  });
});
