import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

/** A repository that notes which staged files are synced, and how: when they are written, or opened again. */
function watched(count: number, mode: number): { repo: Repo; synced: string[] } {
  const opened = new Map<number, string>();
  const synced: string[] = [];
  const open: typeof nodeFs.open = (path, how, ...more) => {
    const fd = nodeFs.open(path, how, ...more);
    opened.set(fd, path.includes('/new/') ? how : '');
    return fd;
  };
  const fsync: typeof nodeFs.fsync = (fd) => {
    nodeFs.fsync(fd);
    synced.push(opened.get(fd) ?? '');
  };
  const files = Array.from({ length: count }, (_, n) => [`f${n}`, { content: `${n}`, mode }]);
  const spec = Object.fromEntries(files) as Parameters<typeof makeRepo>[0];
  return { repo: makeRepo(spec, { fs: { ...nodeFs, open, fsync } }), synced };
}

/** How the staged files were synced when all of them came back. */
function howSynced(count: number, mode: number): string[] {
  const { repo, synced } = watched(count, mode);
  const { id } = repo.take();
  for (let n = 0; n < count; n++) {
    rmSync(join(repo.root, `f${n}`));
  }
  synced.length = 0;
  const { counts } = restore(repo.env, repo.store, { rev: id, exact: false, rules }, quietControl);
  assert.equal(counts.written, count);
  return synced.filter((how) => how !== '');
}

suite('syncing restored files', () => {
  test('a few are opened again when all are written', () => {
    assert.deepEqual(howSynced(3, 0o644), ['sync', 'sync', 'sync']);
  });

  test('a few that cannot be opened again are synced as they are written', () => {
    assert.deepEqual(howSynced(3, 0o444), ['wx', 'wx', 'wx']);
  });

  test('many wait for one sync of the file system, read-only ones too', function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    assert.deepEqual(howSynced(40, 0o444), []);
    assert.deepEqual(howSynced(40, 0o644), []);
  });
});
