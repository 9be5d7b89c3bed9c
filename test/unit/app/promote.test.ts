import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot, pullSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote } from '../../../src/app/listRemote';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { restore } from '../../../src/app/restore';
import { yieldName } from '../../../src/app/yieldName';
import { SnapdirError } from '../../../src/core/errors';
import { refFolder } from '../../../src/core/promotion/refEntry';
import { quietControl } from '../../../src/engine/context';
import { FileStore } from '../../../src/stores/file/fileStore';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { readTree } from '../../support/fileTree';
import { person, promote, type Person } from '../../support/people';
import { retrying } from '../../../src/stores/retrying';
import { DEFAULT_TRANSFER } from '../../../src/stores/transfer';
import { counting, keysOf, unconditional } from '../../support/watchedStore';
import { tempDir } from '../../support/tempDir';

const SPEC = { 'a.txt': 'one', 'dir/b.txt': 'two', 'same.txt': 'one', empty: '' };

async function conflictOf(
  work: Promise<unknown>,
): Promise<SnapdirError<'PROMOTION_CONFLICT'>['data']> {
  const error = await work.then(
    () => assert.fail('no conflict'),
    (reason: unknown) => reason,
  );
  assert.ok(SnapdirError.is(error, 'PROMOTION_CONFLICT'), String(error));
  return error.data;
}

suite('promote, fetch, pull', () => {
  let store: MemoryStore;
  let alice: Person;
  let bob: Person;
  setup(() => {
    store = new MemoryStore(systemClock);
    alice = person('alice', SPEC);
    bob = person('bob', { 'other.txt': 'other' });
  });

  test('what one promotes another fetches, compares and restores', async () => {
    const taken = alice.take('first');
    const done = await promote(alice, store);
    assert.deepEqual([done.changed, done.sent.objects, done.snapshot], [true, 3, taken.snapshot]);
    bob.take();
    const target = { name: 'team', store };
    const [listed] = (await listRemote(bob.repository, target)).names;
    assert.deepEqual(
      [listed?.name, listed?.snapshot, listed?.here, listed?.by, listed?.message, listed?.files],
      ['main', taken.snapshot, false, 'alice@test', 'first', 4],
    );
    const head = bob.methods.timeline({}, quietControl).head;
    const { fetched, plan } = await pullSnapshot(bob.repository, target, {
      name: 'main',
      exact: true,
    });
    assert.equal(fetched.received.objects, 3);
    assert.equal(fetched.ref, 'team/main');
    const { checkpoint } = fetched;
    assert.deepEqual(
      [checkpoint.message, checkpoint.trigger, checkpoint.origin?.author, checkpoint.origin?.name],
      ['first', 'import', 'alice@test', 'main'],
    );
    assert.equal(checkpoint.origin?.from, store.url);
    assert.equal(bob.methods.timeline({}, quietControl).head, head, 'HEAD stays');
    assert.equal(plan.counts.create, 4);
    assert.equal(plan.counts.delete, 1);
    const request = { rev: 'team/main', exact: true, fingerprint: plan.fingerprint };
    await restore(bob.repository, request);
    const files = (root: string): object => {
      const tree = readTree(root);
      return Object.fromEntries(
        Object.entries(tree).filter(([path]) => !path.startsWith('.snapdir')),
      );
    };
    assert.deepEqual(files(bob.root), files(alice.root));
    assert.equal((await listRemote(bob.repository, target)).names[0]?.here, true);
    const again = await fetchSnapshot(bob.repository, target, { name: 'main' });
    assert.deepEqual(
      [again.recorded, again.received.objects, again.checkpoint.id],
      [false, 0, checkpoint.id],
    );
  });

  test('the store equals the local one file by file, and has nothing else but the name', async () => {
    const dir = tempDir();
    const files = await FileStore.open(dir);
    alice.take('first');
    await promoteSnapshot(
      alice.repository,
      { name: null, store: files },
      { rev: 'HEAD', name: 'main' },
    );
    const [here, there] = [readTree(join(alice.root, '.snapdir')), readTree(dir)];
    const content = (tree: Record<string, string>): string[] =>
      Object.keys(tree).filter((path) => /^\.(objects|manifests)\/.*[^/]$/.test(path));
    assert.deepEqual(content(there), content(here));
    for (const path of content(there)) {
      assert.deepEqual(
        readFileSync(join(dir, path)),
        readFileSync(join(alice.root, '.snapdir', path)),
        path,
      );
    }
    const rest = Object.keys(there).filter(
      (path) => !/^\.(objects|manifests|snapdir-tmp)\//.test(path) && !path.endsWith('/'),
    );
    assert.ok(
      rest.every((path) => path.startsWith(refFolder('main'))),
      rest.join(),
    );
    assert.equal(rest.length, 2);
  });

  test('again: nothing changes, for a handful of requests; ten changed files: at most 20', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, `file ${n}`]));
    alice.write(many);
    alice.take();
    await promote(alice, store);
    const watched = counting(store);
    const again = await promote(alice, watched.store);
    assert.deepEqual([again.changed, again.sent.objects], [false, 0]);
    assert.ok(watched.calls.length <= 5, watched.calls.join('\n'));
    alice.write(
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, `changed ${n}`])),
    );
    alice.take();
    watched.calls.length = 0;
    const next = await promote(alice, watched.store);
    assert.deepEqual([next.changed, next.sent.objects], [true, 10]);
    assert.ok(watched.calls.length <= 20, watched.calls.join('\n'));
  });

  test('more is offered than a store takes at first, so that it finds out what helps', async () => {
    alice.write(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, `file ${n}`])));
    alice.take();
    const watched = counting(store);
    watched.store.concurrency = () => 4;
    let [running, most] = [0, 0];
    watched.before = async (call) => {
      running += call.startsWith('put .objects') ? 1 : 0;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    watched.after = (call) => {
      running -= call.startsWith('put .objects') ? 1 : 0;
      return Promise.resolve();
    };
    const tried = retrying(watched.store, { transfer: DEFAULT_TRANSFER });
    assert.equal((await promote(alice, tried)).sent.objects, 203);
    assert.ok(most > 4 && most <= 32, `${most} at once`);
  });

  test('objects, then the manifest, then the journal, then the head', async () => {
    alice.take();
    const watched = counting(store);
    await promote(alice, watched.store);
    const puts = watched.calls
      .filter((call) => call.startsWith('put'))
      .map((call) => call.slice(4, 9));
    assert.deepEqual(puts, ['.obje', '.obje', '.obje', '.mani', '.refs', '.refs']);
    assert.ok(watched.calls.at(-1)?.endsWith('/head'));
  });

  test('a name that another moved is refused before anything is sent; force and fetch go on', async () => {
    alice.take('of alice');
    await promote(alice, store);
    bob.take('of bob');
    const before = await keysOf(store);
    const data = await conflictOf(promote(bob, store));
    assert.deepEqual(
      [data.kept, data.mine.by, data.theirs.by, data.theirs.message],
      [false, 'bob@test', 'alice@test', 'of alice'],
    );
    assert.deepEqual(await keysOf(store), before);
    await fetchSnapshot(bob.repository, { name: 'team', store }, { name: 'main' });
    assert.equal((await promote(bob, store)).changed, true);
    alice.write({ new: 'new' });
    alice.take('again');
    assert.equal((await conflictOf(promote(alice, store))).theirs.by, 'bob@test');
    assert.equal((await promote(alice, store, { force: true })).changed, true);
    const [main] = (await listRemote(alice.repository, { name: 'team', store })).names;
    assert.deepEqual([main?.by, main?.promotions, main?.aside], ['alice@test', 3, []]);
  });

  for (const conditional of [true, false]) {
    test(`two at once, ${conditional ? 'with' : 'without'} compare-and-swap: none is lost, the loser is told`, async () => {
      const shared = conditional ? store : unconditional(store);
      const of = { name: 'team', store: shared };
      alice.take('of alice');
      bob.take('of bob');
      const watched = counting(shared);
      // Bob promotes at the moment when Alice has looked, and before she publishes.
      watched.before = async (call) => {
        if (call.startsWith('put .manifests')) {
          watched.before = undefined;
          await promoteSnapshot(bob.repository, of, { rev: 'HEAD', name: 'main' });
        }
      };
      const target = { name: 'team', store: watched.store };
      const data = await conflictOf(
        promoteSnapshot(alice.repository, target, { rev: 'HEAD', name: 'main' }),
      );
      assert.deepEqual([data.kept, data.mine.by, data.theirs.by], [true, 'alice@test', 'bob@test']);
      const [main] = (await listRemote(bob.repository, of)).names;
      assert.deepEqual([main?.promotions, main?.aside.length], [2, 1]);
      if (conditional) {
        assert.equal(main?.by, 'bob@test');
      }
      // Hers is there, whole, and she can still have it; promoting again settles it.
      const nonces = [main!.nonce, ...main!.aside];
      for (const nonce of nonces) {
        await fetchSnapshot(bob.repository, of, { name: `main#${nonce}` });
      }
      await promoteSnapshot(alice.repository, of, { rev: 'HEAD', name: 'main', force: true });
      const [after] = (await listRemote(bob.repository, of)).names;
      assert.deepEqual([after?.by, after?.aside], ['alice@test', []]);
    });

    test(`two at once, ${conditional ? 'with' : 'without'} compare-and-swap: the second takes another name, and nothing lies aside`, async () => {
      const shared = conditional ? store : unconditional(store);
      const of = { name: 'team', store: shared };
      const mine = alice.take('of alice').snapshot;
      const theirs = bob.take('of bob').snapshot;
      const watched = counting(shared);
      watched.before = async (call) => {
        if (call.startsWith('put .manifests')) {
          watched.before = undefined;
          await promote(bob, shared);
        }
      };
      await conflictOf(promote(alice, watched.store));
      await promote(alice, shared, { name: 'other' });
      let nonces = 0;
      const newNonce = (): string => (++nonces).toString(16).padStart(16, '0');
      const yielding = { name: 'main', mine, theirs, by: 'alice@test', newNonce };
      assert.equal(await yieldName(of, yielding), true);
      const shown = async (): Promise<unknown[]> =>
        (await listRemote(bob.repository, of)).names.map(({ name, snapshot, by, aside }) => [
          ...[name, snapshot, by],
          aside.length,
        ]);
      const settled = [
        ['main', theirs, 'bob@test', 0],
        ['other', mine, 'alice@test', 0],
      ];
      assert.deepEqual(await shown(), settled);
      // Once more: there is nothing to settle, and nothing is written.
      const before = await keysOf(store);
      assert.equal(await yieldName(of, yielding), true);
      assert.deepEqual(await keysOf(store), before);
      // Bob is told of nothing: it stands for what he promoted. Alice has seen that she came second, not what was first.
      bob.write({ 'other.txt': 'more of bob' });
      const next = bob.take().snapshot;
      assert.equal((await promote(bob, shared)).changed, true);
      assert.equal((await listRemote(bob.repository, of)).names[0]?.snapshot, next);
      await conflictOf(promote(alice, shared));
    });
  }

  test('who settles a name while others move it: what they made it stays, and nothing of it lies aside', async () => {
    const of = { name: 'team', store };
    const mine = alice.take('of alice').snapshot;
    const theirs = bob.take('of bob').snapshot;
    const watched = counting(store);
    watched.before = async (call) => {
      if (call.startsWith('put .manifests')) {
        watched.before = undefined;
        await promote(bob, store);
      }
    };
    await conflictOf(promote(alice, watched.store));
    bob.write({ 'other.txt': 'more of bob' });
    const next = bob.take().snapshot;
    watched.before = async (call) => {
      if (call.startsWith('put .refs/main/2')) {
        watched.before = undefined;
        await promote(bob, store);
      }
    };
    const yielding = { name: 'main', mine, theirs, by: 'alice@test' };
    let nonces = 0;
    const newNonce = (): string => (++nonces).toString(16).padStart(16, '0');
    const meanwhile = { name: 'team', store: watched.store };
    assert.equal(await yieldName(meanwhile, { ...yielding, newNonce }), true);
    assert.equal(nonces, 2);
    const [main] = (await listRemote(bob.repository, of)).names;
    assert.deepEqual([main?.snapshot, main?.by, main?.aside], [next, 'bob@test', []]);
  });
});
