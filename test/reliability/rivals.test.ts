import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { defaultRules, directEngine, quietControl } from '../support/directEngine';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { report } from './support/figures';

const noGit = spawnSync('git', ['--version']).status !== 0;
const engine = (root: string): ReturnType<typeof directEngine> => directEngine(root);
const rules = defaultRules;

function git(cwd: string, ...args: string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
}

/** A Git working tree with a commit, and a nested repository with one of its own. */
function workspace(): string {
  const root = tempDir();
  fileTree(root, { '.gitignore': 'secret.env\nnode_modules/\n', 'src/a.ts': 'a', 'src/b.ts': 'b' });
  fileTree(root, { 'secret.env': 'TOKEN=1', 'node_modules/m/index.js': 'm' });
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'first');
  fileTree(root, { 'vendor/lib/x.c': 'x' });
  git(join(root, 'vendor/lib'), 'init', '-q');
  git(join(root, 'vendor/lib'), 'add', '-A');
  git(join(root, 'vendor/lib'), 'commit', '-qm', 'nested');
  return root;
}

function take(root: string): string {
  return engine(root).take({ trigger: 'agent', rules }, quietControl).checkpoint.id;
}

function restore(root: string, rev: string): void {
  const result = engine(root).restore({ rev, exact: true, rules }, quietControl);
  assert.deepEqual(result.failed, []);
}

/** What other tools of this kind lost for people, each as its own test. */
suite(`T18: losses of other tools${noGit ? ' (skipped: no git)' : ''}`, function () {
  this.timeout(60_000);
  let passed = 0;
  suiteSetup(function () {
    if (noGit) {
      this.skip();
    }
  });
  teardown(function () {
    passed += this.currentTest?.state === 'passed' ? 1 : 0;
  });
  suiteTeardown(() => {
    report({ test: 'T18', what: 'losses of other tools', count: passed, broken: 0 });
  });

  test('a restore deletes no ignored file (Cline #1213, #14367)', () => {
    const root = workspace();
    const id = take(root);
    fileTree(root, {
      'secret.env': 'TOKEN=2',
      'node_modules/n/index.js': 'n',
      'src/c.ts': 'agent',
    });
    fileTree(root, { 'src/a.ts': null });
    restore(root, id);
    const tree = readTree(root);
    assert.equal(tree['secret.env'], 'TOKEN=2');
    assert.equal(tree['node_modules/n/index.js'], 'n');
    assert.equal(tree['src/a.ts'], 'a');
    assert.ok(!('src/c.ts' in tree));
  });

  test('nested repositories keep their .git, their branch and their index (Cline #5598, #9590, #13550)', () => {
    const root = workspace();
    const nested = join(root, 'vendor/lib');
    const id = take(root);
    git(nested, 'checkout', '-qb', 'work');
    git(root, 'checkout', '-qb', 'feature');
    fileTree(nested, { 'x.c': 'changed by an agent', 'y.c': 'y' });
    git(nested, 'add', '-A');
    git(nested, 'commit', '-qm', 'agent');
    const [head, outer] = [git(nested, 'rev-parse', 'HEAD'), git(root, 'rev-parse', 'HEAD')];
    restore(root, id);
    assert.equal(git(nested, 'rev-parse', '--abbrev-ref', 'HEAD').trim(), 'work');
    assert.deepEqual(
      [git(nested, 'rev-parse', 'HEAD'), git(root, 'rev-parse', 'HEAD')],
      [head, outer],
    );
    assert.equal(git(root, 'rev-parse', '--abbrev-ref', 'HEAD').trim(), 'feature');
    assert.equal(readTree(nested)['x.c'], 'x');
    assert.equal(git(nested, 'fsck').trim(), '');
    assert.deepEqual(readdirSync(nested).sort(), ['.git', 'x.c']);
  });

  test('a record of zeros or of nothing takes only its own checkpoint away (Cline #9631)', () => {
    const root = workspace();
    const ids = ['1', '2', '3'].map((text) => {
      fileTree(root, { 'src/a.ts': text });
      return take(root);
    });
    const records = join(root, '.snapdir', 'records');
    const [first, second] = ids.map((id) => readdirSync(records).find((one) => one.includes(id))!);
    truncateSync(join(records, first!), 0);
    writeFileSync(join(records, second!), Buffer.alloc(65));
    const moved = join(root, '..', `${root.split('/').at(-1)}-moved`);
    execFileSync('mv', [root, moved]);
    const problems = engine(moved).verify({ full: true }, quietControl).problems;
    assert.deepEqual(problems.map(({ address }) => address).sort(), [first!, second!].sort());
    restore(moved, ids[2]!);
    assert.equal(readTree(moved)['src/a.ts'], '3');
    execFileSync('rm', ['-rf', moved]);
  });

  test('Git sees nothing of the store; `git stash -a` and back loses none of it', () => {
    const root = workspace();
    const id = take(root);
    assert.doesNotMatch(git(root, 'status', '--porcelain'), /snapdir/);
    git(root, 'add', '-A');
    assert.doesNotMatch(git(root, 'ls-files'), /snapdir/);
    git(root, 'rm', '-q', '--cached', '-rf', 'vendor');
    git(root, 'stash', '-a');
    assert.ok(!existsSync(join(root, '.snapdir', 'FORMAT')));
    git(root, 'stash', 'pop');
    assert.deepEqual(engine(root).verify({ full: true }, quietControl).problems, []);
    fileTree(root, { 'src/a.ts': 'changed' });
    restore(root, id);
    assert.equal(readTree(root)['src/a.ts'], 'a');
  });

  test('after `git clean -fdx` nothing pretends to be there, and the next take begins anew', () => {
    const root = workspace();
    const id = take(root);
    git(root, 'clean', '-fdxq');
    const gone = (): unknown => engine(root).restore({ rev: id, exact: true, rules }, quietControl);
    assert.throws(gone, (error) => SnapdirError.is(error, 'STORE_NOT_FOUND'));
    assert.deepEqual(engine(root).timeline({}, quietControl).checkpoints, []);
    take(root);
    assert.deepEqual(engine(root).verify({ full: true }, quietControl).problems, []);
  });

  test('an agent that deletes everything is undone, and the undo too', () => {
    const root = workspace();
    const id = take(root);
    const before = readTree(root);
    fileTree(root, { src: null, 'secret.env': null });
    const after = readTree(root);
    restore(root, id);
    // What was ignored was never captured: it is not brought back, and nothing else is missing.
    assert.deepEqual(readTree(root), { ...after, ...without(before, 'secret.env') });
    engine(root).undo({ what: 'undo', rules }, quietControl);
    assert.deepEqual(readTree(root), after);
  });
});

function without(tree: Record<string, string>, path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([one]) => one !== path));
}
