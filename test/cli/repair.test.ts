import assert from 'node:assert/strict';
import {
  mkdirSync,
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCli, type CliFolder } from '../support/cli';
import { readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

/** Where an object with this content lies. */
function objectWith({ dir }: CliFolder, content: string): string {
  const below = join(dir, '.snapdir', '.objects');
  const found = Object.keys(readTree(below)).find(
    (name) => !name.endsWith('/') && readFileSync(join(below, name), 'utf8') === content,
  );
  assert.ok(found !== undefined);
  return join(below, found);
}

function overwrite(path: string, text: string): void {
  chmodSync(path, 0o600);
  writeFileSync(path, text);
}

suite('cli: verify tells, repair mends', function () {
  this.timeout(60_000);

  test('damage is told by snapshot and path, in the list too, and mended out of the folder', async () => {
    const folder = cliFolder({ a: 'the first', 'b c': 'the second' });
    await folder.ok('take', '-m', 'before');
    overwrite(objectWith(folder, 'the second'), 'THE SECOND');
    const told = await folder.run('verify', '--full');
    assert.equal(told.code, 1);
    assert.match(told.stderr, /Damaged: 1 snapshot\n {2}[0-9a-f]{10} {2}.* {2}before: b c\n/u);
    assert.match((await folder.ok('list')).stdout, /damaged: the content of b c is missing/u);
    const repaired = await folder.ok('repair');
    assert.match(
      repaired.stdout,
      /^b c: from the folder \(.*b c\)\nMended: 1\.\nThe store is whole/u,
    );
    await folder.ok('verify', '--full');
    assert.doesNotMatch((await folder.ok('list')).stdout, /damaged/u);
  });

  test('a restore refuses before it touches anything, and says what to do', async () => {
    const folder = cliFolder({ a: 'the first', b: 'the second' });
    await folder.ok('take');
    const elsewhere = join(tempDir(), 'copy');
    cpSync(folder.dir, elsewhere, { recursive: true });
    rmSync(objectWith(folder, 'the first'));
    overwrite(objectWith(folder, 'the second'), 'THE SECOND');
    writeFileSync(join(folder.dir, 'a'), 'work');
    rmSync(join(folder.dir, 'b'));
    const refused = await folder.run('restore', 'HEAD', '--yes', '--json');
    assert.equal(refused.code, 3);
    const { error } = refused.json<{ error: { code: string; data: { paths: string[] } } }>();
    assert.deepEqual([error.code, error.data.paths], ['SNAPSHOT_DAMAGED', ['a', 'b']]);
    assert.deepEqual(readTree(folder.dir), { a: 'work' });
    const lost = await folder.run('repair');
    assert.equal(lost.code, 1);
    assert.match(lost.stderr, /2 problems could not be mended/u);
    const found = await folder.ok('repair', '--from', elsewhere, '--json');
    assert.deepEqual(found.json()['lost'], []);
    await folder.ok('restore', 'HEAD', '--yes');
    assert.deepEqual(readTree(folder.dir), { a: 'the first', b: 'the second' });
  });

  test('a source that is not there is wrong', async () => {
    const folder = cliFolder({ a: 'a' });
    await folder.ok('take');
    const { code, stderr } = await folder.run('repair', '--from', 'nowhere');
    assert.equal(code, 3);
    assert.match(stderr, /nowhere" is not there or is not a folder|nowhere is not there/u);
  });
});

suite('cli: the vault', function () {
  this.timeout(60_000);

  test('what "git clean" deleted comes back', async () => {
    const home = join(tempDir(), 'home');
    const folder = cliFolder(
      { a: 'one', 'd/b': 'two' },
      { SNAPDIR_HOME: home, SNAPDIR_VAULT: '1' },
    );
    const id = (await folder.ok('take', '-m', 'kept', '-q')).stdout.trim();
    assert.ok(existsSync(join(home, 'vault')));
    rmSync(join(folder.dir, '.snapdir'), { recursive: true });
    rmSync(join(folder.dir, 'd'), { recursive: true });
    const missing = await folder.run('list');
    assert.match(missing.stderr, /snapshots of this folder are gone.*recover --vault/u);
    assert.match((await folder.ok('recover', '--vault')).stdout, /^Brought back: 1 record and 2/u);
    assert.equal((await folder.ok('list', '-q')).stdout.trim(), id);
    await folder.ok('verify', '--full');
    await folder.ok('restore', id, '--yes');
    assert.deepEqual(readTree(folder.dir), { a: 'one', 'd/': '<dir>', 'd/b': 'two' });
    assert.match((await folder.ok('recover', '--vault')).stdout, /^Nothing was missing/u);
  });

  test('is kept by hand, and not without being asked', async () => {
    const home = join(tempDir(), 'home');
    const folder = cliFolder({ a: 'one' }, { SNAPDIR_HOME: home });
    await folder.ok('take');
    assert.deepEqual(Object.keys(readTree(join(home, 'vault'))), []);
    assert.match((await folder.ok('vault')).stdout, /^Into the vault: 1 record and 1 object/u);
    assert.match((await folder.ok('vault')).stdout, /^The vault is up to date/u);
  });

  test('nothing to bring back is told', async () => {
    const folder = cliFolder({ a: 'one' }, { SNAPDIR_HOME: join(tempDir(), 'home') });
    const { code, stderr } = await folder.run('recover', '--vault');
    assert.equal(code, 3);
    assert.match(stderr, /There is no copy of the store/u);
    assert.equal(existsSync(join(folder.dir, '.snapdir')), false);
  });
});

suite('cli: a store that came with the folder', function () {
  this.timeout(60_000);

  test('is read-only until it is adopted', async () => {
    const folder = cliFolder({ a: 'one' }, { SNAPDIR_HOME: join(tempDir(), 'theirs') });
    await folder.ok('take', '-m', 'theirs');
    const env = { SNAPDIR_HOME: join(tempDir(), 'mine') };
    const mine = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(args, { cwd: folder.dir, env });
    assert.match((await mine('list')).stdout, /theirs/u);
    const refused = await mine('take');
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /came from somewhere else.*snapdir adopt/u);
    assert.equal(
      (await mine('restore', 'HEAD', '--yes', '--json')).json<{ error: { code: string } }>().error
        .code,
      'FOREIGN_STORE',
    );
    const asked = await mine('adopt');
    assert.equal(asked.code, 2, 'nobody to ask, and no --yes');
    assert.match((await mine('adopt', '--yes')).stdout, /yours now, with 1 record/u);
    assert.equal((await mine('take', '-m', 'mine')).code, 0);
    // Its maker still knows it.
    await folder.ok('take', '-m', 'theirs again');
    const again = await mine('adopt', '--yes');
    assert.match(again.stderr, /yours already/u);
  });

  test('does not bring what an editor would run unless it is told to', async () => {
    const folder = cliFolder(
      { a: 'theirs', '.vscode/tasks.json': 'theirs' },
      { SNAPDIR_HOME: join(tempDir(), 'theirs') },
    );
    await folder.ok('take', '-m', 'theirs');
    const env = { SNAPDIR_HOME: join(tempDir(), 'mine') };
    const mine = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(args, { cwd: folder.dir, env });
    await mine('adopt', '--yes');
    rmSync(join(folder.dir, '.vscode'), { recursive: true });
    writeFileSync(join(folder.dir, 'a'), 'mine');
    const told = await mine('restore', 'HEAD', '--dry-run');
    assert.match(told.stdout, /1 file left out, because .*\n {4}\.vscode\/tasks\.json/u);
    const restored = await mine('restore', 'HEAD', '--yes');
    assert.equal(restored.code, 1, 'not everything is back');
    assert.match(restored.stderr, /snapdir: 1 file left out.*\n {2}\.vscode\/tasks\.json\n/u);
    assert.deepEqual(readTree(folder.dir), { a: 'theirs' });
    // Neither to another place.
    for (const safe of [[], ['--safe']]) {
      const to = join(tempDir(), 'to');
      const planned = await mine('restore', 'HEAD', '--to', to, ...safe, '--dry-run');
      assert.match(
        planned.stdout,
        /Would restore 1 file .*\n.* a\n {2}1 file left out.*\n {4}\.vscode\/tasks\.json/u,
      );
      const done = await mine('restore', 'HEAD', '--to', to, ...safe, '--quiet');
      assert.equal(done.code, 1);
      assert.match(done.stderr, /snapdir: 1 file left out.*\n {2}\.vscode\/tasks\.json\n/u);
      assert.deepEqual(readTree(done.stdout.trim()), { a: 'theirs' });
      const whole = [...['restore', 'HEAD', '--to', `${to}2`], ...safe, '--include-runnable'];
      assert.equal((await mine(...whole)).code, 0);
    }
    const all = await mine('restore', 'HEAD', '--yes', '--include-runnable');
    assert.equal(all.code, 0);
    assert.equal(readTree(folder.dir)['.vscode/tasks.json'], 'theirs');
  });

  test('to another place: what is planned is what comes, folders that hold nothing else included', async () => {
    const theirs = { SNAPDIR_HOME: join(tempDir(), 'theirs') };
    const runs = { '.husky/pre-commit': 'run', 'deep/.vscode/tasks.json': 'run', 'deep/a': 'a' };
    const folder = cliFolder({ ...runs, 'half/.vscode/tasks.json': 'run' }, theirs);
    mkdirSync(join(folder.dir, 'half', 'empty'));
    await folder.ok('take');
    const env = { SNAPDIR_HOME: join(tempDir(), 'mine') };
    const mine = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(args, { cwd: folder.dir, env });
    await mine('adopt', '--yes');
    for (const paths of [[], ['deep', '.husky'], ['half', '.husky']]) {
      const to = ['restore', 'HEAD', ...paths, '--to', join(tempDir(), 'to')];
      const plan = await mine(...to, '--dry-run', '--json');
      const { changes } = plan.json<{ changes: { path: string }[] }>();
      const came = Object.keys(readTree((await mine(...to, '--quiet')).stdout.trim()));
      assert.deepEqual(
        changes.map(({ path }) => path).sort(),
        came.map((path) => path.replace(/\/$/u, '')).sort(),
        paths.join(' '),
      );
    }
  });
});
