import { strict as assert } from 'node:assert';
import { chmodSync, chownSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RestoreResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import type { Fs, Stat } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { restoreTo } from '../../../../src/engine/worktree/restore/restoreTo';
import { undo } from '../../../../src/engine/worktree/restore/undo';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

const SPEC = { 'a.txt': 'one', 'b.txt': 'two' };
const SOMEBODY = 65_534;

function back(repo: Repo, rev: string): RestoreResult {
  return restore(repo.env, repo.store, { rev, exact: false, rules }, quietControl);
}

/** a.txt belongs to somebody else, and this user cannot give files away. */
function foreignFile(): Fs {
  const shown = (path: string, stat: Stat | undefined): Stat | undefined =>
    stat !== undefined && path.endsWith('/a.txt') ? { ...stat, uid: stat.uid + 1 } : stat;
  return {
    ...nodeFs,
    lstat: (path) => shown(path, nodeFs.lstat(path)),
    chown: () => {
      throw Object.assign(new Error('EPERM: chown'), { code: 'EPERM' });
    },
  };
}

suite('owners of what a restore replaces', () => {
  test('stay as they were, also through undo', function () {
    if (process.getuid?.() !== 0) {
      this.skip(); // Only root may give a file away.
    }
    const repo = makeRepo(SPEC);
    const { id } = repo.take();
    repo.write({ 'a.txt': 'changed', 'b.txt': 'changed' });
    const path = join(repo.root, 'a.txt');
    chownSync(path, SOMEBODY, SOMEBODY);
    assert.deepEqual(back(repo, id).changedOwner, []);
    const ownerOf = (file: string): number[] => {
      const { uid, gid } = lstatSync(join(repo.root, file));
      return [uid, gid];
    };
    assert.equal(readFileSync(path, 'utf8'), 'one');
    assert.deepEqual(ownerOf('a.txt'), [SOMEBODY, SOMEBODY]);
    assert.deepEqual(ownerOf('b.txt'), [process.getuid(), process.getgid!()]);
    const undone = undo(repo.env, repo.store, { what: 'undo', rules }, quietControl);
    assert.deepEqual(undone.changedOwner, []);
    assert.equal(readFileSync(path, 'utf8'), 'changed');
    assert.deepEqual(ownerOf('a.txt'), [SOMEBODY, SOMEBODY]);
  });

  test('are named where they cannot be kept, and the files come back all the same', () => {
    const repo = makeRepo(SPEC, { fs: foreignFile() });
    const { id } = repo.take();
    repo.write({ 'a.txt': 'changed', 'b.txt': 'changed' });
    const result = back(repo, id);
    assert.deepEqual([result.changedOwner, result.failed], [['a.txt'], []]);
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'one');
  });

  test('a set-uid bit is not set again, which is told', () => {
    const repo = makeRepo(SPEC);
    const { id } = repo.take();
    repo.write({ 'a.txt': 'changed' });
    chmodSync(join(repo.root, 'a.txt'), 0o4755);
    assert.deepEqual(back(repo, id).changedOwner, ['a.txt']);
    assert.equal(lstatSync(join(repo.root, 'a.txt')).mode & 0o7000, 0);
  });

  test('also where a restore to another place overwrites', () => {
    const repo = makeRepo(SPEC, { fs: foreignFile() });
    repo.take();
    repo.write({ 'elsewhere/a.txt': 'somebody else’s' });
    const destination = join(repo.root, 'elsewhere');
    const request = { rev: 'HEAD', mode: 'at', paths: ['a.txt'], destination } as const;
    const params = { ...request, paths: [...request.paths], overwrite: true };
    const { changedOwner } = restoreTo(repo.env, repo.store, params, quietControl);
    assert.deepEqual(changedOwner, ['a.txt']);
  });
});
