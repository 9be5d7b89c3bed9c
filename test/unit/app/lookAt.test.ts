import assert from 'node:assert/strict';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote } from '../../../src/app/listRemote';
import { lookAtSnapshot, receiveFile } from '../../../src/app/lookAtSnapshot';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import type { SnapshotId } from '../../../src/core/ids';
import { objectKey, OBJECTS } from '../../../src/core/storeKeys';
import { CONTENT_BYTES, type ContentRow } from '../../../src/core/transferData';
import { quietControl as q } from '../../../src/engine/context';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { passing } from '../../support/flakyStore';
import { person, promote, type Person } from '../../support/people';
import { rules } from '../../support/restoreRepo';
import { counting, type Watched } from '../../support/watchedStore';

const fails = (code: ErrorCode, work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

/** Files of the store below a part of it. */
function filesIn(who: Person, part: string): string[] {
  return readdirSync(join(who.root, '.snapdir', part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

suite('looking into a promoted snapshot without fetching it', function () {
  this.timeout(60_000);
  const large = Buffer.alloc(3 * CONTENT_BYTES + 7, 'large ');
  let alice: Person;
  let bob: Person;
  let watched: Watched;
  let target: { name: string; store: MemoryStore };
  let snapshot: SnapshotId;

  const look = (name = 'main'): Promise<{ snapshot: SnapshotId }> =>
    lookAtSnapshot(bob.repository, target, { name });
  const row = (path: string): ContentRow => {
    const { checksum, size } = bob.methods.stat({ rev: snapshot, path }, q);
    return { checksum: checksum!, size };
  };
  const objectsAsked = (): string[] => watched.calls.filter((call) => call.includes(OBJECTS));

  setup(async () => {
    const store = new MemoryStore(systemClock);
    alice = person('alice', { 'a.txt': 'hers', 'dir/b.txt': 'two', 'dir/large': large });
    symlinkSync('a.txt', join(alice.root, 'link'));
    alice.take('first');
    snapshot = (await promote(alice, store)).snapshot;
    bob = person('bob', { 'a.txt': 'his', 'mine.txt': 'mine' });
    bob.take('his own');
    watched = counting(store);
    target = { name: 'team', store: watched.store };
  });

  test('its manifest comes, and no content: it can be compared, listed and walked through', async () => {
    assert.equal((await look()).snapshot, snapshot);
    assert.deepEqual(objectsAsked(), []);
    const compared = bob.methods.compare({ left: snapshot, right: 'live', rules }, q);
    assert.deepEqual(
      compared.changes.filter(({ left, right }) => (left ?? right)?.kind === 'file').length,
      4,
    );
    const twice = [1, 2].map(() =>
      bob.methods
        .compare({ left: 'empty', right: snapshot, rules }, q)
        .changes.map(({ path }) => path),
    );
    assert.deepEqual(twice[0], twice[1]);
    assert.ok(twice[0]!.includes('dir/large'));
    const link = compared.changes.find(({ path }) => path === 'link');
    assert.deepEqual([link?.status, link?.left?.kind], ['D', 'link'], 'no manifest has links');
    assert.equal(bob.methods.stat({ rev: snapshot, path: 'link' }, q).target, 'a.txt');
    const some = bob.methods.compare({ left: snapshot, right: 'live', rules, paths: ['a.txt'] }, q);
    assert.deepEqual(
      some.changes.map(({ path, status }) => [path, status]),
      [['a.txt', 'M']],
    );
    const listed = bob.methods.readDir({ rev: snapshot, path: 'dir' }, q);
    assert.deepEqual(listed.map(({ path }) => path).sort(), ['dir/b.txt', 'dir/large']);
    fails('OBJECT_NOT_FOUND', () => bob.methods.readFile({ rev: snapshot, path: 'a.txt' }, q));
    assert.deepEqual(objectsAsked(), []);
  });

  test('a file that is opened comes alone, checked, and only once', async () => {
    await look();
    await receiveFile(bob.repository, target, row('a.txt'));
    const { bytes } = bob.methods.readFile({ rev: snapshot, path: 'a.txt' }, q);
    assert.equal(Buffer.from(bytes).toString(), 'hers');
    assert.deepEqual(objectsAsked(), [`get ${objectKey(row('a.txt').checksum as never)}`]);
    const steps: number[] = [];
    const onProgress = ({ bytes: done }: { bytes?: number }): void => void steps.push(done ?? -1);
    await receiveFile(bob.repository, target, row('dir/large'), { onProgress });
    const read = bob.methods.readFile({ rev: snapshot, path: 'dir/large' }, q);
    assert.ok(large.equals(read.bytes));
    assert.equal(steps.at(-1), large.length);
    fails('OBJECT_NOT_FOUND', () => bob.methods.readFile({ rev: snapshot, path: 'dir/b.txt' }, q));
  });

  test('looking again asks for no manifest; a kept one that is damaged is asked for again', async () => {
    await look();
    watched.calls.length = 0;
    await look();
    const manifests = (): string[] => watched.calls.filter((call) => call.includes('.manifests/'));
    assert.deepEqual(manifests(), []);
    writeFileSync(join(bob.root, '.snapdir/cache', `looked-${snapshot}`), 'damaged');
    fails('MANIFEST_NOT_FOUND', () =>
      bob.methods.compare({ left: snapshot, right: 'empty', rules }, q),
    );
    await look();
    assert.equal(manifests().length, 1);
    assert.equal(bob.methods.stat({ rev: snapshot, path: 'a.txt' }, q).size, 4);
  });

  test('nothing but looking relies on it: it is not here, not recorded, not restored, not promoted', async () => {
    await look();
    await receiveFile(bob.repository, target, row('a.txt'));
    const {
      names: [main],
    } = await listRemote(bob.repository, target);
    assert.equal(main?.here, false);
    assert.equal(bob.methods.timeline({}, q).checkpoints.length, 1);
    assert.ok(!filesIn(bob, '.manifests').some((name) => snapshot.endsWith(name)));
    const plan = { rev: snapshot, exact: false, rules };
    fails('MANIFEST_NOT_FOUND', () => bob.methods.planRestore(plan, q));
    fails('MANIFEST_NOT_FOUND', () =>
      bob.methods.startPromotion({ rev: snapshot, remote: 'x', name: 'n' }, q),
    );
    assert.equal(bob.methods.verify({ full: true }, q).problems.length, 0);
  });

  test('fetching it afterwards brings only the rest, and then it is one like any other', async () => {
    await look();
    await receiveFile(bob.repository, target, row('a.txt'));
    watched.calls.length = 0;
    const fetched = await fetchSnapshot(bob.repository, target, { name: 'main' });
    assert.equal(fetched.received.objects, 2);
    assert.ok(!watched.calls.some((call) => call.includes('.manifests/')), 'it was here');
    assert.equal((await listRemote(bob.repository, target)).names[0]?.here, true);
    const plan = bob.methods.planRestore({ rev: snapshot, exact: false, rules }, q);
    assert.equal(plan.counts.overwrite, 1);
    assert.equal(bob.methods.verify({ full: true }, q).problems.length, 0);
  });

  test('other bytes are refused, and so is a store out of reach; nothing of them stays', async () => {
    await look();
    const wanted = row('a.txt');
    watched.change = (call, bytes) => (call.includes(OBJECTS) ? Buffer.from('EVIL') : bytes);
    await assert.rejects(receiveFile(bob.repository, target, wanted), (error) =>
      SnapdirError.is(error, 'REMOTE_INTEGRITY'),
    );
    watched.change = undefined;
    watched.before = () => Promise.reject(passing.lost);
    await assert.rejects(receiveFile(bob.repository, target, wanted), (error) =>
      SnapdirError.is(error, 'REMOTE_CONNECTION_LOST'),
    );
    watched.before = undefined;
    fails('OBJECT_NOT_FOUND', () => bob.methods.readFile({ rev: snapshot, path: 'a.txt' }, q));
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(
      receiveFile(bob.repository, target, wanted, { signal: abort.signal }),
      ({ name }: Error) => name === 'AbortError',
    );
    await receiveFile(bob.repository, target, wanted);
  });

  test('a manifest that is not what its name says is never looked into', async () => {
    watched.change = (call, bytes) =>
      call.includes('.manifests/') ? Buffer.from(bytes).fill('x', 0, 1) : bytes;
    await assert.rejects(look(), (error) => SnapdirError.is(error, 'REMOTE_INTEGRITY'));
    fails('MANIFEST_NOT_FOUND', () => bob.methods.readDir({ rev: snapshot, path: '' }, q));
    await assert.rejects(look('nobody'), (error) => SnapdirError.is(error, 'PROMOTION_NOT_FOUND'));
  });

  test('only the newest few are kept', async () => {
    for (let n = 0; n < 18; n++) {
      alice.write({ 'a.txt': `version ${n}` });
      alice.take();
      await promote(alice, target.store, { force: true });
      await look();
    }
    const kept = filesIn(bob, 'cache').filter((name) => name.startsWith('looked-'));
    const links = kept.filter((name) => name.endsWith('.links'));
    assert.deepEqual([kept.length - links.length, links.length], [16, 16]);
  });
});
