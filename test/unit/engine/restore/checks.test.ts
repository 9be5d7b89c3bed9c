import { strict as assert } from 'node:assert';
import { homedir } from 'node:os';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { refuseTarget } from '../../../../src/engine/worktree/restore/checks';
import { planRestore } from '../../../../src/engine/worktree/restore/planRestore';
import type { TargetProblem } from '../../../../src/core/reasons';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { undo } from '../../../../src/engine/worktree/restore/undo';
import { readTree } from '../../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

function refused(work: () => unknown, reason: TargetProblem): void {
  assert.throws(
    work,
    (error) => SnapdirError.is(error, 'UNSAFE_TARGET') && error.data.reason === reason,
  );
}

suite('folders that are never restored over', () => {
  let repo: Repo;
  setup(() => {
    repo = makeRepo({ 'a.txt': 'one' });
  });

  test('the top of a disk, under whatever name', () => {
    refused(() => refuseTarget(repo.env, repo.store, '/'), 'disk-top');
    const link = join(tempDir(), 'link');
    symlinkSync('/', link);
    refused(() => refuseTarget(repo.env, repo.store, link), 'disk-top');
    for (const drive of ['C:\\', 'c:/', 'D:']) {
      const realpath = (path: string): string => (path === '/w' ? drive : nodeFs.realpath(path));
      const env = { ...repo.env, fs: { ...nodeFs, realpath } };
      refused(() => refuseTarget(env, repo.store, '/w'), 'disk-top');
    }
  });

  test('the home folder, also through a link', () => {
    refused(() => refuseTarget(repo.env, repo.store, homedir()), 'home');
    const link = join(tempDir(), 'link');
    symlinkSync(homedir(), link);
    refused(() => refuseTarget(repo.env, repo.store, link), 'home');
  });

  test('the store, and folders in it', () => {
    mkdirSync(join(repo.store.path, 'inside'));
    for (const folder of [repo.store.path, join(repo.store.path, 'inside')]) {
      refused(() => refuseTarget(repo.env, repo.store, folder), 'in-store');
    }
    refuseTarget(repo.env, repo.store, repo.root);
  });

  test('by a plan, a restore and an undo alike, and nothing is touched', () => {
    const { id } = repo.take();
    repo.write({ 'a.txt': 'changed' });
    const before = readTree(repo.root);
    // This folder is what the user calls home.
    const realpath = (path: string): string =>
      nodeFs.realpath(path === homedir() ? repo.root : path);
    const env = { ...repo.env, fs: { ...nodeFs, realpath } };
    const params = { rev: id, exact: true, rules };
    for (const work of [
      () => planRestore(env, repo.store, params, quietControl),
      () => restore(env, repo.store, params, quietControl),
      () => undo(env, repo.store, { what: 'undo', rules }, quietControl),
    ]) {
      refused(work, 'home');
    }
    assert.deepEqual(readTree(repo.root), before);
  });
});
