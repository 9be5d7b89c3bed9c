import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareTrees } from '../../../src/core/compare';
import type { CheckpointId } from '../../../src/core/ids';
import { isWithin } from '../../../src/core/paths';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { deleteCheckpoints } from '../../../src/engine/methods/edit';
import { changeIndex } from '../../../src/engine/store/changeIndex';
import { ChangeSegments } from '../../../src/engine/store/changeSegments';
import { manifestPath } from '../../../src/engine/store/manifests';
import { loadHistory } from '../../../src/engine/store/records';
import { treeOf } from '../../../src/engine/store/checkpointTrees';
import { openStore } from '../../../src/engine/store/storeRoot';
import { checkpointsTouching } from '../../../src/engine/store/touching';
import { quietControl } from '../../support/directEngine';
import { makeRepo, type Repo } from '../../support/restoreRepo';

/** What the index must tell: by comparing each two neighbours' whole trees. */
function naive({ env, store }: Repo, path: string): CheckpointId[] {
  const all = loadHistory(env, store).history.checkpointsNewestFirst();
  const trees = all.map((take) =>
    treeOf(env, store, { snapshot: take.snapshot, checkpointId: take.id }),
  );
  return all
    .filter((_, at) => {
      const before = trees[at + 1];
      if (before === undefined) {
        const last = trees[at]!;
        return [...last.entries, ...last.links].some((one) => isWithin(one.path, path));
      }
      return compareTrees(before, trees[at]!).changes.some(
        (one) =>
          isWithin(one.path, path) || (one.oldPath !== undefined && isWithin(one.oldPath, path)),
      );
    })
    .map(({ id }) => id);
}

function touching(repo: Repo, path: string): CheckpointId[] {
  const of = { path, budget: {} };
  const { ids, pending } = checkpointsTouching(repo.env, repo.store, of, quietControl);
  assert.equal(pending, 0);
  return ids;
}

let places = 0;
/** As another process would see it: nothing is remembered. */
function anew(repo: Repo): Repo {
  const root = join(dirname(repo.root), `moved-${places++}`);
  renameSync(repo.root, root);
  return { ...repo, root, store: openStore(repo.env, { root }) };
}

suite('change index', () => {
  let repo: Repo;
  let reads: string[];

  const manifestsRead = (): number => reads.filter((path) => path.includes('.manifests')).length;
  const all = (of = repo): void => {
    for (const path of [
      'a.txt',
      'b',
      'b/x',
      'b/named',
      'b/moved',
      'kind',
      'kind/of',
      'link',
      'c',
    ]) {
      assert.deepEqual(touching(of, path), naive(of, path), path);
    }
    assert.deepEqual(touching(of, ''), naive(of, ''), 'everything');
  };

  setup(() => {
    reads = [];
    const open: typeof nodeFs.open = (path, ...more) => {
      reads.push(path);
      return nodeFs.open(path, ...more);
    };
    const spec = { 'a.txt': 'a', 'b/moved': 'content', 'b/x': 'x', kind: 'a file', mode: 'm' };
    repo = makeRepo(spec, { fs: { ...nodeFs, open } });
    symlinkSync('a.txt', join(repo.root, 'link'));
    repo.take();
    repo.write({ 'a.txt': 'another' });
    repo.take();
    repo.take();
    renameSync(join(repo.root, 'b/moved'), join(repo.root, 'b/named'));
    rmSync(join(repo.root, 'kind'));
    rmSync(join(repo.root, 'link'));
    repo.write({ 'kind/of': 'folder' });
    symlinkSync('b', join(repo.root, 'link'));
    repo.take();
    rmSync(join(repo.root, 'b'), { recursive: true });
    repo.write({ 'c/new': 'new' });
    repo.take();
    repo.write({ 'c/newer': 'newer' });
    repo.take();
  });

  test('tells which checkpoints changed a file or a folder', () => {
    all();
    assert.equal(touching(repo, 'b').length, 3);
    assert.equal(touching(repo, 'nowhere').length, 0);
  });

  test('a manifest is read once in the life of a store', () => {
    touching(repo, 'a.txt');
    const other = anew(repo);
    reads.length = 0;
    const { steps, pending } = changeIndex(other.env, other.store, {}, quietControl);
    assert.deepEqual([steps.length, pending], [5, 0]);
    assert.equal(manifestsRead(), 0);
    all(other);
  });

  test('goes as far as it is allowed, newest first', () => {
    const look = (most: number): [number, number] => {
      const { steps, pending } = changeIndex(repo.env, repo.store, { most }, quietControl);
      return [steps.length, pending];
    };
    assert.deepEqual(look(2), [2, 3]);
    assert.deepEqual(look(0), [2, 3]);
    repo.write({ 'c/newest': 'newest' });
    const newest = repo.take();
    const of = { path: 'c', budget: { most: 1 } };
    const found = checkpointsTouching(repo.env, repo.store, of, quietControl);
    assert.equal(found.ids[0], newest.id);
    assert.equal(found.pending, 3);
    assert.deepEqual(look(99), [6, 0]);
    all();
  });

  test('what is deleted and collected leaves its changes to the next one', () => {
    touching(repo, '');
    const { history } = loadHistory(repo.env, repo.store);
    const [newest, , third, fourth, fifth, oldest] = history.checkpointsNewestFirst();
    for (const gone of [newest!, third!, fourth!, oldest!]) {
      deleteCheckpoints(repo.env, repo.store, { revs: [gone.id] });
      if (gone !== fifth && gone.snapshot !== fifth!.snapshot) {
        rmSync(manifestPath(repo.store, gone.snapshot));
      }
    }
    all();
    repo.write({ 'b/x': 'back' });
    repo.take();
    all();
    all(anew(repo));
  });

  test('a damaged checkpoint is passed over, and what it changed is told of the next one', () => {
    const { history } = loadHistory(repo.env, repo.store);
    const third = history.checkpointsNewestFirst()[2]!;
    writeFileSync(manifestPath(repo.store, third.snapshot), 'damaged');
    const { steps, unreadable, pending } = changeIndex(repo.env, repo.store, {}, quietControl);
    assert.deepEqual([steps.length, pending], [4, 0]);
    assert.deepEqual(unreadable, [third.id]);
    const second = history.checkpointsNewestFirst()[1]!;
    assert.ok(touching(repo, 'kind').includes(second.id));
  });

  test('a checkpoint that is damaged while the index grows leaves no gap', () => {
    const { history } = loadHistory(repo.env, repo.store);
    const [newest, second, third] = history.checkpointsNewestFirst();
    changeIndex(repo.env, repo.store, { most: 1 }, quietControl);
    writeFileSync(manifestPath(repo.store, second!.snapshot), 'damaged');
    // Another process: this one remembers what it read.
    const other = anew(repo);
    const { steps } = changeIndex(other.env, other.store, {}, quietControl);
    assert.equal(steps[0]!.take.id, newest!.id);
    assert.equal(steps[0]!.previous.id, third!.id);
    assert.equal(steps.length, 4);
  });

  test('files that are torn, or another version wrote, are as good as none', () => {
    touching(repo, '');
    const { cache } = repo.store;
    const names = readdirSync(cache).filter((name) => name.startsWith('changes-'));
    assert.equal(names.length, 1);
    writeFileSync(join(cache, names[0]!), 'torn');
    const other = anew(repo);
    all(other);
    const left = readdirSync(other.store.cache).filter((name) => name.startsWith('changes-'));
    assert.equal(left.length, 1);
    assert.notEqual(left[0], names[0]);
  });

  test('many processes that write at once lose nothing, and their files become few', () => {
    const { env, store } = repo;
    const { steps } = changeIndex(env, store, {}, quietControl);
    const edge = steps[0]!.edge;
    const id = (n: number): CheckpointId => `${n}`.padStart(64, '0') as CheckpointId;
    rmSync(store.cache, { recursive: true });
    mkdirSync(store.cache);
    const processes = Array.from({ length: 40 }, () => ChangeSegments.load(env, store));
    processes.forEach((segments, n) => {
      segments.set({ to: id(n), from: id(n + 1), edge });
      segments.save(env, store);
    });
    const names = (): string[] => readdirSync(store.cache);
    assert.equal(names().length, 40);
    const together = ChangeSegments.load(env, store);
    assert.equal(together.size, 40);
    together.save(env, store);
    assert.equal(names().length, 1);
    const again = ChangeSegments.load(env, store);
    for (let n = 0; n < 40; n++) {
      assert.deepEqual(again.get(id(n)), { to: id(n), from: id(n + 1), edge });
    }
  });
});
