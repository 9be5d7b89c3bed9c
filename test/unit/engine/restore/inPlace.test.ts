import { strict as assert } from 'node:assert';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import type { RestoreParams, RestoreResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import { loadHistory } from '../../../../src/engine/store/records';
import { planRestore } from '../../../../src/engine/worktree/restore/planRestore';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { undo } from '../../../../src/engine/worktree/restore/undo';
import { readTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

function run(repo: Repo, rev: string, more: Partial<RestoreParams> = {}): RestoreResult {
  return restore(repo.env, repo.store, { rev, exact: false, rules, ...more }, quietControl);
}

function fails(code: ErrorCode, work: () => unknown): void {
  assert.throws(work, (error) => SnapdirError.is(error, code));
}

const SPEC = {
  'a.txt': 'one',
  'dir/b.txt': 'two',
  'dir/deep/c.txt': 'three',
  empty: {},
  'run.sh': { content: '#!/bin/sh\n', mode: 0o755 },
};

suite('restore in place', () => {
  test('the whole folder comes back, extra files stay, HEAD moves', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take({ message: 'first' });
    const before = readTree(repo.root, { modes: true });
    repo.write({ 'a.txt': 'changed', 'dir/deep/c.txt': null, 'new.txt': 'extra', empty: null });
    const result = run(repo, first.id);
    assert.deepEqual(readTree(repo.root, { modes: true }), { ...before, 'new.txt': '644 extra' });
    assert.deepEqual(result.counts, { written: 2, deleted: 0, left: 1, unchanged: 2, failed: 0 });
    const { history } = loadHistory(repo.env, repo.store);
    assert.equal(history.head, first.id);
    const safety = history.toInfo(result.safety!);
    assert.equal(safety.trigger, 'safety');
    assert.equal(safety.message, 'Before restoring "first"');
    assert.equal(history.undoable()?.id, result.operation);
  });

  test('only the paths that are named, among many: created, overwritten and (exact) deleted; undone alike', () => {
    const names = Array.from({ length: 60 }, (_, i) => `d${i % 5}/f${i}`);
    const repo = makeRepo(Object.fromEntries(names.map((name) => [name, `old ${name}`])));
    const first = repo.take();
    repo.write({
      ...Object.fromEntries(names.map((name, i) => [name, i % 2 ? null : `new ${name}`])),
      ...{ 'd0/extra': 'x', 'd1/extra': 'y' },
    });
    const before = readTree(repo.root);
    const wanted = [...names.slice(0, 40), 'd0/extra'];
    const result = run(repo, first.id, { paths: wanted, exact: true });
    assert.deepEqual(result.counts, { written: 40, deleted: 1, left: 0, unchanged: 0, failed: 0 });
    const after = readTree(repo.root);
    for (const name of names) {
      const expected = wanted.includes(name) ? `old ${name}` : before[name];
      assert.equal(after[name], expected, name);
    }
    assert.equal(after['d0/extra'], undefined);
    assert.equal(after['d1/extra'], 'y');
    undo(repo.env, repo.store, { what: 'undo', rules }, quietControl);
    assert.deepEqual(readTree(repo.root), before);
  });

  test('exact deletes extra files, but never ignored ones', () => {
    const repo = makeRepo({ ...SPEC, '.gitignore': 'ignored/\n*.log\n' });
    const first = repo.take();
    repo.write({ 'x/new.txt': 'extra', 'y/keep.log': 'log', 'y/new.txt': 'n', 'ignored/z': 'zzz' });
    const result = run(repo, first.id, { exact: true });
    const tree = readTree(repo.root);
    assert.equal(tree['x/'], undefined);
    assert.equal(tree['y/keep.log'], 'log');
    assert.equal(tree['y/new.txt'], undefined);
    assert.equal(tree['ignored/z'], 'zzz');
    assert.equal(result.counts.deleted, 2);
    assert.deepEqual(result.failed, []);
  });

  test('an ignored file in the way is captured before it is overwritten', () => {
    const repo = makeRepo({ 'build/out.js': 'old build', 'a.txt': 'a' });
    const first = repo.take();
    repo.write({ '.gitignore': 'build/\n', 'build/out.js': 'new build', 'build/other.js': 'o' });
    const result = run(repo, first.id);
    assert.equal(readFileSync(join(repo.root, 'build/out.js'), 'utf8'), 'old build');
    assert.equal(readFileSync(join(repo.root, 'build/other.js'), 'utf8'), 'o');
    const plan = planRestore(
      repo.env,
      repo.store,
      { rev: result.safety!, paths: ['build/out.js'], exact: false, rules },
      quietControl,
    );
    assert.equal(plan.counts.overwrite, 1);
  });

  test('a folder, a file, a selection', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ 'a.txt': 'x', 'dir/b.txt': 'y', 'dir/deep/c.txt': 'z' });
    run(repo, first.id, { paths: ['dir/deep'] });
    assert.equal(readFileSync(join(repo.root, 'dir/deep/c.txt'), 'utf8'), 'three');
    assert.equal(readFileSync(join(repo.root, 'dir/b.txt'), 'utf8'), 'y');
    const result = run(repo, first.id, { paths: ['a.txt', 'dir/b.txt'] });
    assert.equal(result.counts.written, 2);
    assert.equal(loadHistory(repo.env, repo.store).history.head, result.safety);
    fails('PATH_NOT_FOUND', () => run(repo, first.id, { paths: ['nowhere'] }));
    fails('UNSAFE_PATH', () => run(repo, first.id, { paths: ['.git/config'] }));
  });

  test('one file of a folder that is gone: the folders on the way are made', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ dir: null });
    run(repo, first.id, { paths: ['dir/deep/c.txt'] });
    assert.equal(readFileSync(join(repo.root, 'dir/deep/c.txt'), 'utf8'), 'three');
    assert.equal(readTree(repo.root)['dir/b.txt'], undefined);
  });

  test('kinds swap in every direction', () => {
    const repo = makeRepo({ 'p/q': 'file', r: 'file', s: { link: 'r' }, 't/u/v': 'deep' });
    const first = repo.take();
    const before = readTree(repo.root, { modes: true });
    repo.write({ p: null, r: null, s: null, t: null });
    repo.write({ p: 'now a file', 'r/x/y': 'now a folder', 's/z': 'folder', t: { link: 'p' } });
    const result = run(repo, first.id);
    assert.deepEqual(result.failed, []);
    assert.deepEqual(readTree(repo.root, { modes: true }), before);
    run(repo, result.safety!);
    assert.equal(readTree(repo.root)['r/x/y'], 'now a folder');
    assert.equal(readTree(repo.root)['t'], '-> p');
  });

  test('links are restored as links and never followed', () => {
    const outside = join(tempDir(), 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'b.txt'), 'precious');
    const repo = makeRepo({ 'dir/b.txt': 'two', l: { link: 'nowhere' } });
    const first = repo.take();
    repo.write({ dir: null, l: null });
    repo.write({ l: 'file' });
    symlinkSync(outside, join(repo.root, 'dir'));
    const part = run(repo, first.id, { paths: ['dir/b.txt'] });
    assert.equal(part.failed.length, 1, JSON.stringify(part));
    assert.equal(readFileSync(join(outside, 'b.txt'), 'utf8'), 'precious');
    assert.equal(readTree(repo.root)['dir'], `-> ${outside}`);
    const whole = run(repo, first.id);
    assert.deepEqual(whole.failed, []);
    assert.deepEqual(readTree(repo.root), { 'dir/': '<dir>', 'dir/b.txt': 'two', l: '-> nowhere' });
    assert.equal(readFileSync(join(outside, 'b.txt'), 'utf8'), 'precious');
  });

  test('a file with several names is replaced by name, not written through', () => {
    const outside = join(tempDir(), 'second name');
    const repo = makeRepo({ 'a.txt': 'one', 'b.txt': { content: 'same', mode: 0o644 } });
    const first = repo.take();
    repo.write({ 'a.txt': 'changed' });
    linkSync(join(repo.root, 'a.txt'), outside);
    linkSync(join(repo.root, 'b.txt'), `${outside} b`);
    chmodSync(join(repo.root, 'b.txt'), 0o600);
    run(repo, first.id);
    assert.equal(readFileSync(outside, 'utf8'), 'changed');
    assert.equal(lstatSync(join(repo.root, 'b.txt')).mode & 0o777, 0o644);
    assert.equal(lstatSync(`${outside} b`).mode & 0o777, 0o600);
  });

  test('modes alone, and folders that may not be written', () => {
    const repo = makeRepo({ 'shut/a.txt': { content: 'a', mode: 0o444 }, 'b.sh': 'b' });
    chmodSync(join(repo.root, 'shut'), 0o555);
    const first = repo.take();
    const before = readTree(repo.root, { modes: true });
    chmodSync(join(repo.root, 'shut'), 0o755);
    repo.write({ 'shut/a.txt': null });
    repo.write({ 'shut/a.txt': 'changed', 'shut/more/x.txt': 'x' });
    chmodSync(join(repo.root, 'shut/more'), 0o555);
    chmodSync(join(repo.root, 'shut'), 0o555);
    chmodSync(join(repo.root, 'b.sh'), 0o755);
    const result = run(repo, first.id, { exact: true });
    assert.deepEqual(result.failed, []);
    assert.deepEqual(readTree(repo.root, { modes: true }), before);
  });

  test('nothing to do makes no checkpoint', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    const result = run(repo, first.id);
    assert.equal(result.operation, null);
    assert.equal(loadHistory(repo.env, repo.store).history.size, 1);
  });

  test('a plan that no longer fits is refused', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ 'a.txt': 'x' });
    const params = { rev: first.id, exact: false, rules };
    const { fingerprint, items } = planRestore(repo.env, repo.store, params, quietControl);
    assert.deepEqual(
      items.map(({ action, path }) => `${action} ${path}`),
      ['overwrite a.txt'],
    );
    repo.write({ 'dir/b.txt': 'y' });
    fails('PLAN_CHANGED', () => run(repo, first.id, { fingerprint }));
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'x');
    const fresh = planRestore(repo.env, repo.store, params, quietControl);
    run(repo, first.id, { fingerprint: fresh.fingerprint });
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'one');
  });

  test('a damaged object stops the restore before any file is touched', () => {
    const repo = makeRepo(SPEC);
    const first = repo.take();
    repo.write({ 'a.txt': 'x', 'dir/b.txt': null });
    const checksum = readTree(repo.store.objects);
    const path = Object.keys(checksum).find((name) => checksum[name] === 'two')!;
    chmodSync(join(repo.store.objects, path), 0o600);
    writeFileSync(join(repo.store.objects, path), 'tWo');
    const before = readTree(repo.root);
    fails('SNAPSHOT_DAMAGED', () => run(repo, first.id));
    assert.deepEqual(readTree(repo.root), before);
    assert.deepEqual(readTree(repo.store.restore), {});
  });

  test('a scoped checkpoint restores its scope', () => {
    const repo = makeRepo(SPEC);
    repo.take();
    repo.write({ 'dir/b.txt': 'scoped' });
    const scoped = repo.take({ scope: ['dir'] });
    repo.write({ 'dir/b.txt': 'later', 'a.txt': 'later' });
    run(repo, scoped.id);
    assert.equal(readFileSync(join(repo.root, 'dir/b.txt'), 'utf8'), 'scoped');
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'later');
  });

  test('.git is neither written nor deleted', () => {
    const repo = makeRepo({ 'a.txt': 'a', '.git/HEAD': 'ref', 'sub/.git/HEAD': 'x' });
    const first = repo.take({ rules: { ...rules, noIgnore: true } });
    repo.write({ '.git/HEAD': 'changed', '.git/new': 'n', 'a.txt': 'b' });
    run(repo, first.id, { exact: true, rules: { ...rules, noIgnore: true } });
    const tree = readTree(repo.root);
    assert.equal(tree['a.txt'], 'a');
    assert.equal(tree['.git/HEAD'], 'changed');
    assert.equal(tree['.git/new'], 'n');
  });
});
