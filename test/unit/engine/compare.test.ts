import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTrees } from '../../../src/core/compare';
import { SnapdirError } from '../../../src/core/errors';
import type { Comparison } from '../../../src/core/change';
import type { CheckpointInfo } from '../../../src/core/engine';
import type { Tree } from '../../../src/core/tree';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { compare } from '../../../src/engine/methods/comparison';
import { changeIndex } from '../../../src/engine/store/changeIndex';
import { manifestPath } from '../../../src/engine/store/manifests';
import { treeOf } from '../../../src/engine/store/checkpointTrees';
import { openStore } from '../../../src/engine/store/storeRoot';
import { quietControl } from '../../support/directEngine';
import { makeRepo, rules, type Repo } from '../../support/restoreRepo';

suite('comparing snapshots', () => {
  let repo: Repo;
  let first: CheckpointInfo;
  let second: CheckpointInfo;
  let reads: string[];

  const look = (request: Partial<Parameters<typeof compare>[2]> = {}): Comparison =>
    compare(
      repo.env,
      repo.store,
      { left: first.id, right: second.id, rules, ...request },
      quietControl,
    );
  const paths = (comparison: Comparison): string[] => comparison.changes.map(({ path }) => path);

  setup(() => {
    reads = [];
    const open: typeof nodeFs.open = (path, ...more) => {
      reads.push(path);
      return nodeFs.open(path, ...more);
    };
    const spec = { 'a.txt': 'a', 'b/moved': 'content', 'b/x': 'x', kind: 'a file', mode: 'm' };
    repo = makeRepo(spec, { fs: { ...nodeFs, open } });
    symlinkSync('a.txt', join(repo.root, 'link'));
    first = repo.take();
    repo.write({ 'a.txt': 'another', 'new.txt': 'new' });
    renameSync(join(repo.root, 'b/moved'), join(repo.root, 'b/named'));
    rmSync(join(repo.root, 'kind'));
    rmSync(join(repo.root, 'link'));
    repo.write({ 'kind/of': 'folder' });
    symlinkSync('b', join(repo.root, 'link'));
    second = repo.take();
  });

  test('is as comparing their trees', () => {
    const { env, store } = repo;
    const [left, right] = [first, second].map((one) =>
      treeOf(env, store, { snapshot: one.snapshot, checkpointId: one.id }),
    );
    const expected = compareTrees(left!, right!);
    assert.deepEqual(look(), { ...expected, truncated: false });
    assert.equal(look().counts.renamed, 1);
    assert.deepEqual(paths(look({ paths: ['b'] })), ['b/named']);
    const backwards = compareTrees(right!, left!);
    assert.deepEqual(look({ left: second.id, right: first.id }), {
      ...backwards,
      truncated: false,
    });
    assert.deepEqual(look({ left: 'empty' }).counts.added, 7);
  });

  test('manifests are read once, and a deleted one is missed all the same', () => {
    look();
    reads.length = 0;
    look();
    look({ paths: ['b'] });
    assert.deepEqual(
      reads.filter((path) => path.includes('.manifests')),
      [],
    );
    rmSync(manifestPath(repo.store, first.snapshot));
    assert.throws(
      () => look({ paths: ['b'] }),
      (error) => SnapdirError.is(error, 'MANIFEST_NOT_FOUND'),
    );
  });

  test('another process reads no manifest where the index of changes leads from one to the other', () => {
    const steps = [first, second];
    repo.write({ 'b/x': 'y', 'kind/of': 'folder' });
    steps.push(repo.take());
    rmSync(join(repo.root, 'link'));
    rmSync(join(repo.root, 'new.txt'));
    repo.write({ mode: 'M', 'deep/er/new': 'content' });
    steps.push(repo.take());
    const pairs = steps.flatMap((left) => steps.map((right) => [left, right] as const));
    const trees = steps.map((one) =>
      treeOf(repo.env, repo.store, { snapshot: one.snapshot, checkpointId: one.id }),
    );
    const treeAt = (one: CheckpointInfo): Tree => trees[steps.indexOf(one)]!;
    changeIndex(repo.env, repo.store, {}, quietControl);
    const elsewhere = join(repo.root, '..', 'moved');
    renameSync(repo.root, elsewhere);
    repo = { ...repo, root: elsewhere, store: openStore(repo.env, { root: elsewhere }) };
    reads.length = 0;
    for (const [left, right] of pairs.filter(([a, b]) => a !== b)) {
      const found = look({ left: left.id, right: right.id });
      assert.deepEqual(found, { ...compareTrees(treeAt(left), treeAt(right)), truncated: false });
    }
    assert.deepEqual(
      reads.filter((path) => path.includes('.manifests')),
      [],
    );
    rmSync(manifestPath(repo.store, first.snapshot));
    assert.throws(
      () => look({ right: steps[2]!.id }),
      (error) => SnapdirError.is(error, 'MANIFEST_NOT_FOUND'),
    );
  });

  test('what two neighbours differ in is kept for the next process, and only that', () => {
    const cached = (): string[] =>
      readdirSync(repo.store.cache).filter((name) => name.startsWith('changes-'));
    repo.write({ 'a.txt': 'third' });
    const third = repo.take();
    look({ left: third.id, right: first.id });
    assert.deepEqual(cached(), []);
    const before = look({ left: third.id, right: second.id });
    assert.equal(cached().length, 1);
    const elsewhere = join(repo.root, '..', 'moved-too');
    renameSync(repo.root, elsewhere);
    repo = { ...repo, root: elsewhere, store: openStore(repo.env, { root: elsewhere }) };
    reads.length = 0;
    assert.deepEqual(look({ left: third.id, right: second.id }), before);
    assert.ok(!reads.some((path) => path.includes('.manifests')));
  });

  test('a damaged manifest is refused', () => {
    const path = manifestPath(repo.store, second.snapshot);
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    assert.throws(
      () => look(),
      (error) => SnapdirError.is(error, 'INTEGRITY'),
    );
  });

  test('pages follow one another', () => {
    const all = paths(look());
    const seen: string[] = [];
    for (let offset = 0; ;) {
      const page = look({ offset, limit: 2 });
      seen.push(...paths(page));
      offset += page.changes.length;
      assert.deepEqual(page.counts, look({ limit: 0 }).counts);
      if (!page.truncated) {
        break;
      }
    }
    assert.deepEqual(seen, all);
  });

  test('pages of the live folder are of one look, a new first page of a new one', () => {
    const live = { left: second.id, right: 'live' };
    repo.write({ l1: '1', l2: '2', l3: '3' });
    assert.deepEqual(paths(look({ ...live, limit: 2 })), ['l1', 'l2']);
    repo.write({ l0: 'came between the pages' });
    assert.deepEqual(paths(look({ ...live, offset: 2, limit: 2 })), ['l3']);
    assert.deepEqual(paths(look({ ...live, limit: 2 })), ['l0', 'l1']);
    // Not the page that comes next: looked at anew.
    assert.deepEqual(paths(look({ ...live, offset: 3, limit: 2 })), ['l3']);
  });
});
