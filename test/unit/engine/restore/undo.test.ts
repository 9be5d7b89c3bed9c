import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RestoreResult } from '../../../../src/core/engine';
import { SnapdirError } from '../../../../src/core/errors';
import { CancelledError } from '../../../../src/base/abort';
import { quietControl, type Control } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { loadHistory } from '../../../../src/engine/store/records';
import { pendingRestore } from '../../../../src/engine/worktree/restore/pendingRestore';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { planUndo, undo } from '../../../../src/engine/worktree/restore/undo';
import { readTree } from '../../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

const SPEC = {
  'a.txt': 'one',
  'dir/b.txt': 'two',
  'dir/deep/c.txt': 'three',
  l: { link: 'a.txt' },
};

function reverse(repo: Repo, what: 'undo' | 'redo'): RestoreResult {
  return undo(repo.env, repo.store, { what, rules }, quietControl);
}

suite('undo and redo of a restore', () => {
  test('undo, redo, undo: exactly there and back, HEAD too', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ dir: null, l: null, 'a.txt': 'new', 'x/y': 'extra', 'dir/deep': 'swapped' });
    const second = repo.take();
    const edited = readTree(repo.root, { modes: true });
    restore(repo.env, repo.store, { rev: first.id, exact: true, rules }, quietControl);
    const restored = readTree(repo.root, { modes: true });
    for (let round = 0; round < 2; round++) {
      const plan = planUndo(repo.env, repo.store, { what: 'undo', rules }, quietControl);
      assert.equal(plan.operation, loadHistory(repo.env, repo.store).history.undoable()?.id);
      reverse(repo, 'undo');
      assert.deepEqual(readTree(repo.root, { modes: true }), edited);
      assert.equal(loadHistory(repo.env, repo.store).history.head, second.id);
      assert.equal(loadHistory(repo.env, repo.store).history.undoable(), null);
      reverse(repo, 'redo');
      assert.deepEqual(readTree(repo.root, { modes: true }), restored);
      assert.equal(loadHistory(repo.env, repo.store).history.head, first.id);
    }
    assert.throws(
      () => reverse(repo, 'redo'),
      (error) => SnapdirError.is(error, 'NOTHING_TO_UNDO'),
    );
  });

  test('undo keeps what was made since, and takes away only what the restore created', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ dir: null });
    restore(repo.env, repo.store, { rev: first.id, exact: false, rules }, quietControl);
    repo.write({ 'dir/own.txt': 'mine', 'z.txt': 'mine too' });
    reverse(repo, 'undo');
    const tree = readTree(repo.root);
    assert.equal(tree['dir/b.txt'], undefined);
    assert.equal(tree['dir/own.txt'], 'mine');
    assert.equal(tree['z.txt'], 'mine too');
  });

  test('undo of one file takes the folders away that its restore made', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ dir: null });
    const before = readTree(repo.root, { modes: true });
    const params = { rev: first.id, paths: ['dir/deep/c.txt'], exact: false, rules };
    restore(repo.env, repo.store, params, quietControl);
    assert.equal(readTree(repo.root)['dir/deep/c.txt'], 'three');
    reverse(repo, 'undo');
    assert.deepEqual(readTree(repo.root, { modes: true }), before);
  });

  test('cancelling half-way puts everything back', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ 'a.txt': 'new', 'dir/b.txt': 'new too', 'x/y': 'extra', 'dir/deep': null });
    const before = readTree(repo.root, { modes: true });
    const signal = { aborted: false };
    let writes = 0;
    const control: Control = {
      signal,
      progress: ({ phase }) => {
        // The second one comes when the journal is there.
        signal.aborted ||= phase === 'write' && ++writes > 1;
      },
    };
    assert.throws(
      () => restore(repo.env, repo.store, { rev: first.id, exact: true, rules }, control),
      CancelledError,
    );
    assert.ok(writes > 1);
    assert.deepEqual(readTree(repo.root, { modes: true }), before);
    assert.equal(pendingRestore(repo.env, repo.store), null);
    assert.deepEqual(readTree(repo.store.restore), {});
    // Its safety checkpoint stays on the list, but nothing was restored: HEAD is where it was.
    const { history } = loadHistory(repo.env, repo.store);
    assert.deepEqual([history.head, history.size], [first.id, 2]);
    restore(repo.env, repo.store, { rev: first.id, exact: true, rules }, quietControl);
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'one');
  });

  test('an edit in the middle of a restore is kept as a conflict copy', () => {
    let edit = (): void => undefined;
    const fs = {
      ...nodeFs,
      link: (from: string, to: string) => {
        edit();
        nodeFs.link(from, to);
      },
    };
    const repo = makeRepo(SPEC, { fs });
    const first = repo.take();
    repo.write({ 'a.txt': 'new' });
    edit = () => {
      writeFileSync(join(repo.root, 'a.txt'), 'written in the last moment');
      edit = () => undefined;
    };
    const params = { rev: first.id, exact: false, rules };
    let armed = false;
    const control: Control = {
      signal: { aborted: false },
      progress: ({ phase }) => void (armed ||= phase === 'write'),
    };
    const inner = edit;
    edit = () => (armed ? inner() : undefined);
    const result = restore(repo.env, repo.store, params, control);
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'one');
    assert.equal(result.conflicts.length, 1);
    assert.match(result.conflicts[0]!, /^a\.txt\.snapdir-conflict-\d{8}T\d{6}$/);
    assert.equal(
      readFileSync(join(repo.root, result.conflicts[0]!), 'utf8'),
      'written in the last moment',
    );
  });

  test('while a restore is pending, no other one begins', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ 'a.txt': 'new' });
    const broken = {
      ...repo.env,
      fs: {
        ...nodeFs,
        rename: (from: string, to: string) => {
          if (to.endsWith('/a.txt')) {
            throw new Error('power cut');
          }
          nodeFs.rename(from, to);
        },
      },
    };
    const params = { rev: first.id, exact: false, rules };
    assert.throws(() => restore(broken, repo.store, params, quietControl), /power cut/);
    assert.equal(pendingRestore(repo.env, repo.store)?.checkpoint, first.id);
    assert.throws(
      () => restore(repo.env, repo.store, params, quietControl),
      (error) => SnapdirError.is(error, 'RESTORE_PENDING'),
    );
  });
});
