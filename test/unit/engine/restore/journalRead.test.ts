import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../../../src/core/errors';
import { quietControl, type EngineEnv } from '../../../../src/engine/context';
import type { Fs } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { pendingRestore } from '../../../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../../../src/engine/worktree/restore/recoverRestore';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { readTree } from '../../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

/** A folder whose restore ended before the first file was put in place. */
function interrupted(): { repo: Repo; before: Record<string, string> } {
  const repo = makeRepo({ 'a.txt': 'one', 'b.txt': 'two' });
  const { id } = repo.take();
  repo.write({ 'a.txt': 'changed', 'b.txt': 'changed' });
  const before = readTree(repo.root);
  const fs: Fs = {
    ...nodeFs,
    rename: (from, to) => {
      // As when the process is killed: nothing that it would do afterwards happens.
      if (to.endsWith('/b.txt')) {
        throw new Error('killed');
      }
      nodeFs.rename(from, to);
    },
  };
  const request = { rev: id, exact: false, rules };
  assert.throws(() => restore({ ...repo.env, fs }, repo.store, request, quietControl), /killed/);
  assert.notEqual(pendingRestore(repo.env, repo.store), null);
  return { repo, before };
}

/** The journal cannot be opened so many times. */
function failing(repo: Repo, code: string, times: number): EngineEnv {
  let left = times;
  const open: Fs['open'] = (path, how, mode) => {
    if (path.endsWith('/journal') && how === 'r' && left-- > 0) {
      throw failure(code);
    }
    return nodeFs.open(path, how, mode);
  };
  return { ...repo.env, fs: { ...nodeFs, open } };
}

const undo = (env: EngineEnv, repo: Repo): unknown =>
  recoverRestore(env, repo.store, { action: 'undo', rules }, quietControl);

suite('a journal that cannot be read for a moment', () => {
  for (const code of ['EMFILE', 'EACCES', 'ENFILE']) {
    test(`stays: ${code} is told, and the way back is there afterwards`, () => {
      const { repo, before } = interrupted();
      const isTold = (error: unknown): boolean =>
        SnapdirError.is(error, 'IO') && error.data.errno === code;
      assert.throws(() => undo(failing(repo, code, Infinity), repo), isTold);
      assert.notEqual(pendingRestore(repo.env, repo.store), null);
      undo(repo.env, repo);
      assert.deepEqual(readTree(repo.root), before);
    });
  }

  test('is asked for again when the disk did not give it back', () => {
    const { repo, before } = interrupted();
    undo(failing(repo, 'EIO', 1), repo);
    assert.deepEqual(readTree(repo.root), before);
  });

  test('is set aside when the disk never does, so that other restores are possible', () => {
    const { repo } = interrupted();
    const isTold = (error: unknown): boolean => SnapdirError.is(error, 'IO');
    assert.throws(() => undo(failing(repo, 'EIO', Infinity), repo), isTold);
    assert.equal(pendingRestore(repo.env, repo.store), null);
  });
});
