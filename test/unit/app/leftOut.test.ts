import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { SnapdirError } from '../../../src/core/errors';
import { SECRETS_LISTED, type LeftOut } from '../../../src/core/promotion/leftOut';
import type { SecretKind } from '../../../src/core/promotion/promotionErrors';
import { quietControl } from '../../../src/engine/context';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';
import { keysOf } from '../../support/watchedStore';

suite('promote: what a person left out of a name', function () {
  this.timeout(60_000);
  let store: MemoryStore;
  let alice: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', { a: '1' });
  });

  const again = { secrets: 'as-before' } as const;
  const refused = async (work: Promise<unknown>, count: number, first: string): Promise<void> => {
    await assert.rejects(work, (error) => {
      assert.ok(SnapdirError.is(error, 'SECRETS_FOUND'), String(error));
      assert.deepEqual([error.data.count, error.data.found[0]?.path], [count, first]);
      return true;
    });
  };
  /** The files in which it is remembered. */
  const remembered = (): string[] => {
    const remotes = join(alice.root, '.snapdir', 'remotes');
    const [remote = ''] = readdirSync(remotes);
    const names = readdirSync(join(remotes, remote)).filter((name) => name.startsWith('left-out'));
    return names.map((name) => join(remotes, remote, name));
  };

  test('more than one list of it is left out again as a whole', async () => {
    const many = SECRETS_LISTED + 20;
    const names = Array.from({ length: many }, (_, n) => `${n}/.env`);
    alice.write(Object.fromEntries(names.map((name) => [name, `PASSWORD=${name}`])));
    alice.take();
    assert.equal((await promote(alice, store, { secrets: 'leave-out' })).leftOutCount, many);
    const { changed, leftOutCount } = await promote(alice, store, again);
    assert.deepEqual([changed, leftOutCount], [false, many]);
    alice.write({ 'last/.env': 'PASSWORD=new' });
    alice.take();
    const there = await keysOf(store);
    await assert.rejects(promote(alice, store, again), (error) =>
      SnapdirError.is(error, 'SECRETS_FOUND'),
    );
    assert.deepEqual(await keysOf(store), there);
  });

  test('is another thing under another name, in another file, of another kind or content, or in another store', async () => {
    const secret = { '.env': 'PASSWORD=x' };
    alice.write(secret);
    alice.take();
    await promote(alice, store, { secrets: 'leave-out' });
    await refused(promote(alice, store, { ...again, name: 'other' }), 1, '.env');
    const other = new MemoryStore(systemClock, { url: 's3://other/x', id: 's3:other' });
    await refused(promote(alice, other, again), 1, '.env');
    alice.write({ '.env': 'PASSWORD=y' });
    alice.take();
    await refused(promote(alice, store, again), 1, '.env');
    alice.write({ ...secret, 'sub/.env': secret['.env'] });
    alice.take();
    await refused(promote(alice, store, again), 2, 'sub/.env');
    alice.write({ 'sub/.env': null, 'z.key': secret['.env'] });
    alice.take();
    await refused(promote(alice, store, again), 2, 'z.key');
    const checksum = blake3(Buffer.from(secret['.env']));
    const of = (kind: SecretKind): LeftOut => ({ path: '.env', kind, checksum });
    const { known } = alice.methods.leftOutBefore(
      { remote: store.id, name: 'main', found: [of('env-file'), of('private-key')] },
      quietControl,
    );
    assert.deepEqual(known, [true, false]);
  });

  test('is kept without its paths and contents; where it cannot be read, a person is asked', async () => {
    alice.write({ 'deep/.env': 'PASSWORD=x' });
    alice.take();
    await promote(alice, store, { secrets: 'leave-out' });
    const [path = ''] = remembered();
    const text = readFileSync(path, 'utf8');
    assert.ok(!text.includes('.env') && !text.includes('PASSWORD'), text);
    writeFileSync(path, '?'.repeat(2 * 1024 * 1024));
    await refused(promote(alice, store, again), 1, 'deep/.env');
    writeFileSync(path, text);
    assert.equal((await promote(alice, store, again)).changed, false);
  });
});
