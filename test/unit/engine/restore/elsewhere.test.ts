import { strict as assert } from 'node:assert';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { quietControl } from '../../../../src/engine/context';
import type { MethodTable } from '../../../../src/engine/engine';
import { fileTree, readTree } from '../../../support/fileTree';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import { makeHomeRepo, type HomeRepo } from '../repair/damagedRepo';

const RUNNABLE = {
  '.husky/pre-commit': 'theirs',
  '.vscode/settings.json': 'theirs',
  '.vscode/tasks.json': 'theirs',
  'x.code-workspace': 'theirs',
};

suite('a restore of what came from elsewhere', () => {
  let repo: HomeRepo;
  let engine: MethodTable;
  let theirs: string;

  setup(() => {
    repo = makeHomeRepo({ a: 'theirs', 'deep/.envrc': 'theirs', 'deep/b': 'theirs', ...RUNNABLE });
    symlinkSync('deep', join(repo.root, '.devcontainer'));
    theirs = repo.take({ message: 'theirs' }).id;
    engine = repo.as(join(tempDir(), 'mine'));
    engine.adopt({}, quietControl);
    // My own work: one of their files I have in a version of mine, one as they have it.
    fileTree(repo.root, {
      ...{ a: 'mine', 'deep/.envrc': null, 'deep/b': null, 'x.code-workspace': null },
      ...{ '.vscode/tasks.json': 'mine', '.husky': null, '.devcontainer': null },
    });
  });

  const request = (more: object = {}) => ({ rev: theirs, exact: false, rules, ...more });
  const tree = (): Record<string, string> => readTree(repo.root);
  const DIFFERENT = [
    ...['.devcontainer', '.husky/pre-commit', '.vscode/tasks.json'],
    ...['deep/.envrc', 'x.code-workspace'],
  ];

  test('leaves out what an editor or Git would run, and says so before and after', () => {
    const plan = engine.planRestore(request(), quietControl);
    assert.deepEqual([...plan.withheld].sort(), DIFFERENT);
    assert.ok(plan.items.every(({ path }) => !DIFFERENT.includes(path)));
    const { fingerprint } = plan;
    const result = engine.restore({ ...request(), fingerprint }, quietControl);
    assert.deepEqual([...result.withheld].sort(), DIFFERENT);
    assert.deepEqual(result.failed, []);
    assert.deepEqual(tree(), {
      ...{ a: 'theirs', 'deep/': '<dir>', 'deep/b': 'theirs', '.vscode/': '<dir>' },
      ...{ '.vscode/settings.json': 'theirs', '.vscode/tasks.json': 'mine' },
    });
    engine.undo({ what: 'undo', rules }, quietControl);
    assert.equal(tree()['a'], 'mine');
  });

  test('an exact one leaves mine alone there, too', () => {
    fileTree(repo.root, { '.vscode/launch.json': 'mine', extra: 'mine' });
    engine.restore(request({ exact: true }), quietControl);
    assert.equal(tree()['.vscode/tasks.json'], 'mine');
    assert.deepEqual([tree()['extra'], tree()['.vscode/launch.json']], [undefined, undefined]);
  });

  test('brings them when it is told to', () => {
    const all = request({ includeRunnable: true });
    assert.deepEqual(engine.planRestore(all, quietControl).withheld, []);
    assert.deepEqual(engine.restore(all, quietControl).withheld, []);
    assert.equal(tree()['.vscode/tasks.json'], 'theirs');
    assert.equal(tree()['deep/.envrc'], 'theirs');
  });

  test('a plan without them is not agreed to with them', () => {
    const { fingerprint } = engine.planRestore(request(), quietControl);
    assert.throws(
      () => engine.restore(request({ includeRunnable: true, fingerprint }), quietControl),
      (error) => SnapdirError.is(error, 'PLAN_CHANGED'),
    );
  });

  test('one that is asked for by name is left out as well', () => {
    const asked = request({ paths: ['.vscode/tasks.json'] });
    const result = engine.restore(asked, quietControl);
    assert.deepEqual([result.operation, result.withheld], [null, ['.vscode/tasks.json']]);
    assert.equal(tree()['.vscode/tasks.json'], 'mine');
  });

  test('what I took of it myself, after it came with my yes, is mine', () => {
    engine.restore(request({ includeRunnable: true }), quietControl);
    const { checkpoint } = engine.take({ trigger: 'manual', rules }, quietControl);
    fileTree(repo.root, { '.vscode/tasks.json': 'later' });
    const plan = engine.planRestore({ ...request(), rev: checkpoint.id }, quietControl);
    assert.deepEqual(plan.withheld, []);
  });

  test('a take of a part, which carries theirs over, is not mine elsewhere', () => {
    engine.restore(request(), quietControl);
    fileTree(repo.root, { a: 'mine again' });
    const { checkpoint } = engine.take({ trigger: 'manual', rules, scope: ['a'] }, quietControl);
    const whole = { ...request(), rev: checkpoint.id, paths: ['.husky'] };
    assert.deepEqual(engine.planRestore(whole, quietControl).withheld, ['.husky/pre-commit']);
  });

  test('to another place: left out of a folder, and of a new one of its own', () => {
    const to = (mode: 'at' | 'safe', more: object = {}) => {
      const destination = tempDir();
      const params = { rev: theirs, mode, destination, ...more };
      const { path, withheld } = engine.restoreTo(params, quietControl);
      return { names: Object.keys(readTree(path)), withheld: [...withheld].sort() };
    };
    const all = [...DIFFERENT, '.vscode/settings.json'].sort();
    const listed = engine.runnableFiles({ rev: theirs }, quietControl);
    assert.deepEqual([listed.elsewhere, [...listed.files].sort()], [true, all]);
    for (const mode of ['at', 'safe'] as const) {
      const one = to(mode);
      assert.deepEqual(one.names, ['a', 'deep/', 'deep/b'], mode);
      assert.deepEqual(one.withheld, all);
      assert.ok(to(mode, { includeRunnable: true }).names.includes('.vscode/tasks.json'));
      assert.deepEqual(to(mode, { paths: ['.vscode'] }).withheld.length, 2);
      const some = to(mode, { bring: ['.vscode/tasks.json'] });
      assert.ok(some.names.includes('.vscode/tasks.json'));
      assert.ok(!some.names.includes('.vscode/settings.json'));
      assert.equal(some.withheld.length, all.length - 1);
    }
  });

  test('a snapshot of one folder that holds nothing else is an empty folder there, and says so', () => {
    fileTree(repo.root, { '.husky/pre-commit': 'run me' });
    const { checkpoint } = engine.take(
      { trigger: 'import', rules, scope: ['.husky'] },
      quietControl,
    );
    for (const mode of ['at', 'safe'] as const) {
      const params = { rev: checkpoint.id, mode, destination: tempDir() };
      const { path, withheld } = engine.restoreTo(params, quietControl);
      assert.deepEqual([readTree(path), withheld], [{}, ['.husky/pre-commit']], mode);
    }
  });

  test('its maker gets everything', () => {
    const listed = repo.engine.runnableFiles({ rev: theirs }, quietControl);
    assert.deepEqual(listed, { elsewhere: false, files: [], folders: [] });
    assert.deepEqual(repo.engine.planRestore(request(), quietControl).withheld, []);
  });

  test('of a bare snapshot nobody can tell', () => {
    const { snapshot } = engine.timeline({}, quietControl).checkpoints[0]!;
    engine.delete({ revs: [theirs] }, quietControl);
    const plan = engine.planRestore({ ...request(), rev: snapshot }, quietControl);
    // Links are in the record alone.
    assert.deepEqual(['.devcontainer', ...plan.withheld].sort(), DIFFERENT);
  });
});

suite('the scripts of a package.json from elsewhere', () => {
  const request = (rev: string, more: object = {}) => ({ rev, exact: false, rules, ...more });
  const pkg = (scripts: object, more: object = {}): string => JSON.stringify({ scripts, ...more });
  const theirs = {
    'package.json': pkg({ test: 'theirs' }, { version: '2' }),
    'same/package.json': pkg({ test: 'mine' }, { version: '2' }),
    'fewer/package.json': pkg({}),
    'runs/package.json': pkg({ postinstall: 'theirs' }),
    'new/package.json': pkg({ test: 'theirs' }),
    'broken/package.json': '{ scripts: {} }',
  };
  const mine = {
    'package.json': pkg({ test: 'mine' }),
    'same/package.json': pkg({ test: 'mine' }),
    'fewer/package.json': pkg({ test: 'mine' }),
    'runs/package.json': null,
    'new/package.json': null,
  };

  test('left out where they are others than those of the folder, or run when packages are installed', () => {
    const repo = makeHomeRepo(theirs);
    const rev = repo.take().id;
    const engine = repo.as(join(tempDir(), 'mine'));
    engine.adopt({}, quietControl);
    fileTree(repo.root, mine);
    const left = ['package.json', 'runs/package.json'];
    assert.deepEqual(engine.planRestore(request(rev), quietControl).withheld, left);
    engine.restore(request(rev), quietControl);
    const after = readTree(repo.root);
    assert.equal(after['package.json'], mine['package.json'], 'mine is as it was');
    assert.equal(after['runs/package.json'], undefined);
    for (const path of ['same/package.json', 'fewer/package.json', 'new/package.json'] as const) {
      assert.equal(after[path], theirs[path], path);
    }
    assert.deepEqual(
      engine.restore(request(rev, { includeRunnable: true }), quietControl).withheld,
      [],
    );
    assert.equal(readTree(repo.root)['package.json'], theirs['package.json']);
  });

  test('to another place those that run when packages are installed', () => {
    const repo = makeHomeRepo(theirs);
    const rev = repo.take().id;
    const engine = repo.as(join(tempDir(), 'mine'));
    engine.adopt({}, quietControl);
    const to = (more: object = {}) => {
      const params = { rev, mode: 'safe' as const, destination: tempDir(), ...more };
      return engine.restoreTo(params, quietControl);
    };
    const done = to();
    assert.deepEqual(done.withheld, ['broken/package.json', 'runs/package.json']);
    assert.equal(readTree(done.path)['new/package.json'], theirs['new/package.json']);
    assert.deepEqual(to({ bring: done.withheld }).withheld, []);
    assert.deepEqual(to({ paths: ['runs/package.json'] }).withheld, [], 'asked for by name');
    // What is there to be overwritten may have other scripts.
    const over = engine.runnableFiles({ rev, overwrite: true }, quietControl);
    assert.equal(over.files.length, 5);
  });
});
