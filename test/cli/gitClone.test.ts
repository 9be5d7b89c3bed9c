import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

suite('cli: promotions in Git', () => {
  const person = (spec: Record<string, string>): CliFolder =>
    cliFolder(spec, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
  const [alice, bob] = [
    person({ 'a.txt': 'one', 'dir/b.txt': 'two' }),
    person({ 'c.txt': 'of bob' }),
  ];

  test('a clone: what was pushed is listed and fetched, though nobody added a store', async () => {
    const origin = join(tempDir(), 'origin.git');
    const git = (dir: string, ...args: string[]): Buffer =>
      execFileSync('git', ['-C', dir, ...args]);
    const refs = 'refs/snapdir/*:refs/snapdir/*';
    execFileSync('git', ['init', '-q', '--bare', origin]);
    git(alice.dir, 'init', '-q');
    git(alice.dir, 'remote', 'add', 'origin', origin);
    await alice.ok('take', '-m', 'first');
    await alice.ok('promote', 'HEAD', 'main', '--to', 'git');
    git(alice.dir, 'push', '-q', 'origin', refs);
    git(bob.dir, 'init', '-q');
    git(bob.dir, 'remote', 'add', 'origin', origin);
    await bob.ok('take');
    assert.match((await bob.ok('remote', 'ls')).stdout, /^There are no stores/);
    const missing = await bob.run('fetch', 'main');
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /"git fetch origin 'refs\/snapdir/);
    assert.match((await bob.ok('remote', 'ls', 'git')).stdout, /"git fetch origin 'refs/);
    git(bob.dir, 'fetch', '-q', 'origin', refs);
    assert.match((await bob.ok('remote', 'ls')).stdout, /^git {2}refs\/snapdir of this folder/);
    const { stores } = (await bob.ok('remote', 'ls', '--json')).json<{ stores: object[] }>();
    assert.deepEqual(stores, [{ name: 'git', url: `git:${bob.dir}`, default: true }]);
    assert.match((await bob.ok('fetch', 'main')).stdout, /^main of git is here as git\/main/);
    // With a store of one's own, it is still listed, and asked by its name.
    await bob.ok('remote', 'add', 'ours', `file://${join(tempDir(), 'store')}`);
    assert.match((await bob.ok('remote', 'ls')).stdout, /^ours .*\ngit /s);
    await bob.ok('pull', 'main', '--from', 'git', '--exact', '--yes');
    const files = (of: CliFolder): string[] =>
      Object.keys(readTree(of.dir)).filter((path) => !/^\.(git|snapdir)\//.test(path));
    assert.deepEqual(files(bob), files(alice));
  });
});
