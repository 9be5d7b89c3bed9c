// Names in a store of which nobody can tell what they stand for: they hide no other, and can be had back.
import assert from 'node:assert/strict';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote, type RemoteList } from '../../../src/app/listRemote';
import { remoteHistory } from '../../../src/app/remoteHistory';
import { systemClock } from '../../../src/base/clock';
import { encodeUtf8 } from '../../../src/base/utf8';
import { SnapdirError, type ErrorCode, type ErrorData } from '../../../src/core/errors';
import type { SnapshotId } from '../../../src/core/ids';
import type { PermanentStore } from '../../../src/core/permanentStore';
import {
  formatRefEntry,
  headKey,
  refEntryKey,
  type RefEntry,
} from '../../../src/core/promotion/refEntry';
import { RECORD_LIMITS } from '../../../src/core/records/fields';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../support/people';

const NEWER = encodeUtf8('{"v":2}\n');
const ID = 'a'.repeat(64) as SnapshotId;

function entryAt(at: number, nonce = 'f'.repeat(16)): RefEntry {
  return { id: ID, parents: [], at, by: 'mallory@test', nonce };
}

async function failure<C extends ErrorCode>(
  code: C,
  work: Promise<unknown>,
): Promise<ErrorData[C]> {
  const error = await work.then(
    () => assert.fail(`${code} expected`),
    (reason: unknown) => reason,
  );
  assert.ok(SnapdirError.is(error, code), String(error));
  return error.data;
}

suite('promoted names that cannot be read', () => {
  let store: MemoryStore;
  let alice: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', { 'a.txt': 'one' });
    alice.take();
  });

  const list = (of: PermanentStore = store): Promise<RemoteList> =>
    listRemote(alice.repository, { name: 'team', store: of });
  const words = ({ names, unreadable }: RemoteList): string[] => [
    ...names.map(({ name }) => name),
    ...unreadable.map(({ name, why }) => `${name}: ${why}`),
  ];
  const fetch = (name: string, of: PermanentStore = store): Promise<unknown> =>
    fetchSnapshot(alice.repository, { name: 'team', store: of }, { name });
  /** As keys see it that may not read some of what another account wrote. */
  const refused = new SnapdirError('REMOTE_DENIED', {
    ...{ store: 'team', bucket: 'b', permission: 's3:GetObject' },
  });
  const without = (hidden: (key: string) => boolean, error = refused as Error): PermanentStore =>
    new Proxy(store, {
      get(of, name) {
        const own = Reflect.get(of, name) as unknown;
        if (typeof own !== 'function') {
          return own;
        }
        return name === 'get' || name === 'head'
          ? (key: string, ...rest: unknown[]) =>
              hidden(key)
                ? Promise.reject(error)
                : (own as (...args: unknown[]) => unknown).call(of, key, ...rest)
          : (own as (...args: unknown[]) => unknown).bind(of);
      },
    });

  test('a head that a newer version wrote: the journal tells, and the next promotion mends it', async () => {
    await promote(alice, store);
    await promote(alice, store, { name: 'other' });
    await store.put(headKey('main'), NEWER);
    assert.deepEqual(words(await list()), ['main', 'other']);
    alice.write({ 'a.txt': 'two' });
    alice.take();
    assert.ok((await promote(alice, store)).changed);
    assert.notDeepEqual((await store.get(headKey('main'))).bytes, NEWER);
    assert.deepEqual(words(await list()), ['main', 'other']);
  });

  test('what a newer version promoted is told as such, hides nothing, and moves by force only', async () => {
    await promote(alice, store);
    await promote(alice, store, { name: 'other' });
    const newer = entryAt(Date.now() + 1000);
    await store.put(refEntryKey('main', newer), NEWER);
    await store.put(headKey('main'), NEWER);
    assert.deepEqual(words(await list()), ['other', 'main: newer']);
    const expected = { store: 'team', name: 'main', why: 'newer' };
    assert.deepEqual(await failure('PROMOTION_UNREADABLE', fetch('main')), {
      ...expected,
      reading: true,
    });
    const exact = `main#${newer.nonce}`;
    assert.equal((await failure('PROMOTION_UNREADABLE', fetch(exact))).name, 'main');
    await fetch('other');
    alice.write({ 'a.txt': 'two' });
    alice.take();
    assert.deepEqual(await failure('PROMOTION_UNREADABLE', promote(alice, store)), expected);
    assert.ok((await promote(alice, store, { force: true })).changed);
    assert.deepEqual(words(await list()), ['main', 'other']);
    const target = { name: 'team', store };
    const { promotions } = await remoteHistory(alice.repository, target, 'main');
    assert.deepEqual(
      promotions.map(({ state }) => state),
      ['current', 'past'],
    );
  });

  test('nothing but what is no promotion: damaged, until somebody promotes', async () => {
    await promote(alice, store, { name: 'other' });
    await store.put(refEntryKey('main', entryAt(1)), encodeUtf8('nonsense'));
    await store.put(headKey('lone'), encodeUtf8('nonsense'));
    assert.deepEqual(words(await list()), ['other', 'lone: damaged', 'main: damaged']);
    assert.ok((await promote(alice, store)).changed);
    assert.deepEqual(words(await list()), ['main', 'other', 'lone: damaged']);
    // What keeps everything from being read is no name's own matter.
    const lost = new SnapdirError('REMOTE_TIMEOUT', { store: 'team', host: 'h', seconds: 1 });
    await failure('REMOTE_TIMEOUT', list(without((key) => key === headKey('lone'), lost)));
  });

  test('what another account wrote and may not be read', async () => {
    await promote(alice, store);
    await promote(alice, store, { name: 'other' });
    const all = without((key) => key.startsWith('.refs/main/'));
    assert.deepEqual(words(await list(all)), ['other', 'main: denied']);
    assert.equal((await failure('PROMOTION_UNREADABLE', fetch('main', all))).why, 'denied');
    alice.write({ 'a.txt': 'two' });
    alice.take();
    assert.equal((await failure('PROMOTION_UNREADABLE', promote(alice, all))).why, 'denied');
    const file = new SnapdirError('IO', { operation: 'read', path: 'x', errno: 'EACCES' });
    const inFolder = without((key) => key.startsWith('.refs/main/'), file);
    assert.deepEqual(words(await list(inFolder)), ['other', 'main: denied']);
    // The head alone: the journal tells what the name stands for, and who won.
    const head = without((key) => key === headKey('main'));
    assert.deepEqual(words(await list(head)), ['main', 'other']);
    const before = (await store.get(headKey('main'))).bytes;
    assert.ok((await promote(alice, head)).changed);
    assert.deepEqual((await store.get(headKey('main'))).bytes, before);
    const { names } = await list();
    assert.deepEqual(
      names.map(({ name, promotions }) => [name, promotions]),
      [
        ['main', 2],
        ['other', 1],
      ],
    );
  });

  test('a promotion at the end of all time does not block its name', async () => {
    const last = entryAt(RECORD_LIMITS.time);
    await store.put(refEntryKey('main', last), formatRefEntry(last));
    await store.put(headKey('main'), formatRefEntry(last));
    assert.ok((await promote(alice, store, { force: true })).changed);
    alice.write({ 'a.txt': 'two' });
    const { snapshot } = alice.take();
    assert.ok((await promote(alice, store)).changed);
    const { names } = await list();
    assert.deepEqual([names[0]?.snapshot, names[0]?.promotions], [snapshot, 3]);
  });
});
