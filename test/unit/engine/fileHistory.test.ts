import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { compareTrees } from '../../../src/core/compare';
import { inScope, isWithin } from '../../../src/core/paths';
import { SnapdirError } from '../../../src/core/errors';
import type { FileVersion, HistoryPlace } from '../../../src/core/engine';
import { deleteCheckpoints } from '../../../src/engine/methods/edit';
import { fileHistory, folderHistory } from '../../../src/engine/methods/fileHistory';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { loadHistory } from '../../../src/engine/store/records';
import { treeOf } from '../../../src/engine/store/checkpointTrees';
import { quietControl } from '../../support/directEngine';
import { makeRepo, type Repo } from '../../support/restoreRepo';

const PATHS = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'e'];

/** One thing that happens to a folder between two snapshots. */
type Deed =
  | { what: 'write'; path: string; content: number }
  | { what: 'delete'; path: string }
  | { what: 'move'; path: string; to: string }
  | { what: 'link'; path: string; content: number }
  | { what: 'take' }
  | { what: 'forget'; which: number };

const path = fc.constantFrom(...PATHS);
const content = fc.nat(3);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('write' as const), path, content }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('delete' as const), path }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('move' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('link' as const), path, content }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('take' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('forget' as const), which: fc.nat(4) }),
  },
);

function clear(root: string, path: string): void {
  for (let at = path; at !== '.'; at = dirname(at)) {
    const there = lstatSync(join(root, at), { throwIfNoEntry: false });
    if (there !== undefined && (at === path || !there.isDirectory())) {
      rmSync(join(root, at), { recursive: true });
    }
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
}

function perform(repo: Repo, deed: Deed): void {
  const { root } = repo;
  switch (deed.what) {
    case 'write':
      clear(root, deed.path);
      // Nothing for 0: empty files are never moves.
      writeFileSync(join(root, deed.path), 'x'.repeat(deed.content));
      return;
    case 'link':
      clear(root, deed.path);
      symlinkSync(`to${deed.content}`, join(root, deed.path));
      return;
    case 'delete':
      rmSync(join(root, deed.path), { recursive: true, force: true });
      return;
    case 'move': {
      const from = lstatSync(join(root, deed.path), { throwIfNoEntry: false });
      if (from?.isFile() === true && !isWithin(deed.to, deed.path) && deed.to !== deed.path) {
        clear(root, deed.to);
        if (lstatSync(join(root, deed.path), { throwIfNoEntry: false })?.isFile() === true) {
          renameSync(join(root, deed.path), join(root, deed.to));
        }
      }
      return;
    }
    case 'take':
      repo.take({ durability: 'relaxed' });
      return;
    case 'forget': {
      const all = loadHistory(repo.env, repo.store).history.checkpointsNewestFirst();
      const one = all[deed.which];
      if (one !== undefined && all.length > 1) {
        deleteCheckpoints(repo.env, repo.store, { revs: [one.id] });
      }
    }
  }
}

/** What a person would find out by comparing each snapshot with the one before. */
function naive({ env, store }: Repo, path: string): string[] {
  const all = loadHistory(env, store).history.checkpointsNewestFirst();
  const trees = all.map(({ id, snapshot }) => treeOf(env, store, { snapshot, checkpointId: id }));
  const found: string[] = [];
  let name = path;
  for (const [at, take] of all.entries()) {
    const before = trees[at + 1] ?? { entries: [], links: [] };
    const leaf = (tree: typeof before): string | undefined => {
      const file = tree.entries.find((one) => one.type === 'F' && one.path === name);
      return file?.checksum ?? tree.links.find((one) => one.path === name)?.target;
    };
    const [left, right] = [leaf(before), leaf(trees[at]!)];
    if (left === right) {
      continue;
    }
    const { changes } = compareTrees(before, trees[at]!);
    const move = changes.find((one) => one.status === 'R' && one.path === name);
    if (left !== undefined) {
      found.push(`${take.id} ${right === undefined ? 'D' : 'M'} ${name}`);
    } else {
      found.push(`${take.id} ${move === undefined ? 'A' : 'R'} ${name}`);
      name = move?.oldPath ?? name;
    }
  }
  return found;
}

const words = ({ checkpoint, status, path }: FileVersion): string =>
  `${checkpoint.id} ${status} ${path}`;

function paged({ env, store }: Repo, path: string, limit: number): string[] {
  const found: string[] = [];
  let from: HistoryPlace | undefined;
  do {
    const params = { path, limit, ...(from && { from }) };
    const page = fileHistory(env, store, params, quietControl);
    found.push(...page.versions.map(words));
    from = page.next;
  } while (from !== undefined);
  return found;
}

function naiveFolder({ env, store }: Repo, path: string): string[] {
  const all = loadHistory(env, store).history.checkpointsNewestFirst();
  const trees = all.map(({ id, snapshot }) => treeOf(env, store, { snapshot, checkpointId: id }));
  return all
    .filter((_, at) => {
      const before = trees[at + 1] ?? { entries: [], links: [] };
      const of = (tree: typeof before): unknown[] => [
        ...tree.entries
          .filter((one) => inScope(one.path, [path]) && (one.type === 'D' || one.path !== path))
          .map(({ type, mode, path, checksum }) => [type, mode, path, type === 'F' && checksum]),
        ...tree.links.filter((one) => isWithin(one.path, path) && one.path !== path),
      ];
      return JSON.stringify(of(before)) !== JSON.stringify(of(trees[at]!));
    })
    .map(({ id }) => id);
}

suite('file history', () => {
  test('is what comparing each snapshot with the one before tells, in random histories', function () {
    this.timeout(120_000);
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(deed, { minLength: 4, maxLength: 30 }), (deeds) => {
        const repo = makeRepo({ a: 'x', 'd/a': 'xx', 'd/e/a': 'xxx' });
        for (const one of [{ what: 'take' } as const, ...deeds, { what: 'take' } as const]) {
          perform(repo, one);
          if (one.what === 'take') {
            // The index grows as the history does, and never knows what comes next.
            fileHistory(repo.env, repo.store, { path: 'a', ms: 0 }, quietControl);
          }
        }
        for (const path of PATHS) {
          const expected = naive(repo, path);
          assert.deepEqual(paged(repo, path, 200), expected, path);
          assert.deepEqual(paged(repo, path, 1), expected, `${path}, page by page`);
          expected.forEach((one) => seen.add(one.split(' ')[1]!));
        }
        for (const folder of ['', 'd', 'd/e']) {
          const { versions } = folderHistory(repo.env, repo.store, { path: folder }, quietControl);
          const found = versions.map(({ checkpoint }) => checkpoint.id);
          const expected = naiveFolder(repo, folder);
          // Without a single file a folder begins with nothing to tell.
          const oldest = loadHistory(repo.env, repo.store).history.checkpointsNewestFirst().at(-1);
          const without = (ids: string[]): string[] => ids.filter((id) => id !== oldest?.id);
          assert.deepEqual(without(found), without(expected), `folder ${folder}`);
        }
      }),
      { numRuns: 40 },
    );
    assert.deepEqual([...seen].sort(), ['A', 'D', 'M', 'R']);
  });

  test('says what each side was, and where a deleted file went', () => {
    const repo = makeRepo({ old: 'content' });
    const first = repo.take();
    renameSync(join(repo.root, 'old'), join(repo.root, 'new'));
    const second = repo.take();
    const of = (path: string): FileVersion[] =>
      fileHistory(repo.env, repo.store, { path }, quietControl).versions;
    const [moved, added] = of('new');
    assert.deepEqual(
      [moved!.previous, moved!.oldPath, moved!.left?.size, moved!.right?.size],
      [first.id, 'old', 7, 7],
    );
    assert.deepEqual([added!.previous, added!.path, added!.right?.size], [null, 'old', 7]);
    const [gone] = of('old');
    assert.deepEqual([gone!.checkpoint.id, gone!.status, gone!.movedTo], [second.id, 'D', 'new']);
    assert.deepEqual(of('never'), []);
  });

  test('a file that never changed is there since the oldest snapshot', () => {
    const repo = makeRepo({ still: 's', a: 'a' });
    const first = repo.take();
    repo.write({ a: 'b' });
    repo.take();
    const { versions } = fileHistory(repo.env, repo.store, { path: 'still' }, quietControl);
    assert.deepEqual(versions.map(words), [`${first.id} A still`]);
  });

  test('no path leads out of the folder, and no store has no history', () => {
    const repo = makeRepo({ a: 'a' });
    assert.throws(
      () => fileHistory(repo.env, repo.store, { path: '../a' }, quietControl),
      (error) => SnapdirError.is(error, 'UNSAFE_PATH'),
    );
    assert.deepEqual(fileHistory(repo.env, undefined, { path: 'a' }, quietControl).versions, []);
    assert.deepEqual(folderHistory(repo.env, undefined, { path: 'a' }, quietControl).versions, []);
  });

  test('lists the records once, however many versions there are', () => {
    const repo = makeRepo({ a: 'a' });
    for (let at = 0; at < 8; at++) {
      repo.write({ a: `a ${at}` });
      repo.take();
    }
    let listed = 0;
    const fs = {
      ...nodeFs,
      readdir: (path: string) => {
        listed += path === repo.store.records ? 1 : 0;
        return nodeFs.readdir(path);
      },
    };
    const ask = (): number =>
      fileHistory({ ...repo.env, fs }, repo.store, { path: 'a' }, quietControl).versions.length;
    ask();
    listed = 0;
    assert.equal(ask(), 8);
    // The folder is young, so each look at the history lists it: the index's, and the one for the versions.
    assert.ok(listed <= 2, `listed ${listed} times`);
  });

  test('stops when it is told to', () => {
    const repo = makeRepo({ a: 'a' });
    repo.take();
    repo.write({ a: 'b' });
    repo.take();
    const control = { signal: { aborted: true }, progress: () => undefined };
    assert.throws(() => fileHistory(repo.env, repo.store, { path: 'a' }, control), /Cancelled/);
  });
});
