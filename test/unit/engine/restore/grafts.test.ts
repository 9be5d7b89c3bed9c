import { strict as assert } from 'node:assert';
import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RestoreResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { readTree } from '../../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

const SPEC = {
  'a.txt': 'one',
  'dir/b.txt': 'two',
  'dir/deep/c.txt': { content: 'three', mode: 0o600 },
  'dir/deep/empty': {},
  'dir/l': { link: 'b.txt' },
};

suite('a folder that is gone comes back whole', () => {
  let repo: Repo;
  let first: string;
  let whole: Record<string, string>;
  /** Called before and after a rename of a folder out of staging. */
  let before: () => void;
  let after: () => void;
  let renames: string[];

  setup(() => {
    before = after = () => undefined;
    renames = [];
    const fs = {
      ...nodeFs,
      rename: (from: string, to: string) => {
        const placing = from.includes('/new/') && lstatSync(from).isDirectory();
        renames.push(...(from.includes('/new/') ? [to.slice(to.lastIndexOf('/') + 1)] : []));
        if (placing) {
          before();
        }
        nodeFs.rename(from, to);
        if (placing) {
          after();
        }
      },
    };
    repo = makeRepo(SPEC, { fs });
    chmodSync(join(repo.root, 'dir/deep'), 0o750);
    first = repo.take().id;
    whole = readTree(repo.root, { modes: true });
    repo.write({ dir: null });
  });

  const run = (): RestoreResult =>
    restore(repo.env, repo.store, { rev: first, exact: false, rules }, quietControl);
  const dir = (name: string): string => join(repo.root, 'dir', name);

  test('by one rename', () => {
    const { counts, failed } = run();
    assert.deepEqual(renames, ['dir']);
    assert.deepEqual(failed, []);
    assert.equal(counts.written, 3);
    assert.deepEqual(readTree(repo.root, { modes: true }), whole);
    assert.deepEqual(readdirSync(repo.store.restore), []);
  });

  test('into one that somebody made meanwhile, its files go one by one', () => {
    before = () => {
      mkdirSync(join(repo.root, 'dir', 'deep'), { recursive: true });
      writeFileSync(dir('mine.txt'), 'mine');
      before = () => undefined;
    };
    const { failed, conflicts } = run();
    assert.deepEqual([failed, conflicts], [[], []]);
    assert.deepEqual(renames.sort(), ['b.txt', 'c.txt', 'dir', 'l']);
    assert.deepEqual(readTree(repo.root, { modes: true }), {
      ...whole,
      'dir/mine.txt': '644 mine',
    });
    assert.deepEqual(readdirSync(repo.store.restore), []);
  });

  test('a file that somebody made there meanwhile is kept', () => {
    before = () => {
      writeFileSync(join(repo.root, 'dir'), 'mine');
      before = () => undefined;
    };
    const { failed } = run();
    assert.ok(failed.some(({ path }) => path === 'dir'));
    assert.equal(readTree(repo.root)['dir'], 'mine');
    assert.deepEqual(readdirSync(repo.store.restore), []);
  });

  test('what is edited in it at once is noticed, and kept', () => {
    after = () => writeFileSync(dir('b.txt'), 'edited');
    const { failed, counts } = run();
    assert.deepEqual(failed, [{ path: 'dir/b.txt', reason: 'changed-meanwhile' }]);
    assert.equal(counts.written, 2);
    assert.equal(readTree(repo.root)['dir/b.txt'], 'edited');
  });

  test('a mode that is changed in it at once is noticed', () => {
    after = () => chmodSync(dir('b.txt'), 0o600);
    assert.deepEqual(
      run().failed.map(({ path }) => path),
      ['dir/b.txt'],
    );
  });
});
