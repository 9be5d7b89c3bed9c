import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCli, runCliOk } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Taken {
  checkpoint: {
    id: string;
    parent: string | null;
    message: string;
    tags: string[];
    trigger: string;
    author: string;
    iso: string;
    scope: string[] | null;
    stats: { files: number; bytes: number };
    isHead: boolean;
  };
  changes: { added: number; deleted: number; modified: number; renamed: number };
  skipped: { path: string; reason: string; detail?: string }[];
  unstable: string[];
  newObjects: number;
}

suite('cli: take', function () {
  this.timeout(60_000);

  test('the first one makes a store and records the folder', async () => {
    const folder = cliFolder({ 'a.txt': 'one', 'd/b.txt': 'two', 'd/c.txt': 'one' });
    const before = readTree(folder.dir, { modes: true });
    const result = await folder.ok('take', '-m', 'first', '--tag', 'x', '--tag', 'y', '--json');
    const { checkpoint, ...rest } = result.json<Taken>();
    assert.match(checkpoint.id, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      [checkpoint.parent, checkpoint.message, checkpoint.trigger, checkpoint.isHead],
      [null, 'first', 'cli', true],
    );
    assert.deepEqual(checkpoint.tags, ['x', 'y']);
    assert.match(checkpoint.author, /^.+@.+$/);
    assert.match(checkpoint.iso, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual([checkpoint.stats.files, checkpoint.stats.bytes], [3, 9]);
    assert.deepEqual(rest.changes, { added: 3, deleted: 0, modified: 0, renamed: 0 });
    assert.deepEqual([rest.skipped, rest.unstable, rest.newObjects], [[], [], 2]);
    assert.equal(result.stderr, '');
    assert.ok(existsSync(join(folder.dir, '.snapdir', 'FORMAT')));
    assert.deepEqual(readTree(folder.dir, { modes: true }), before, 'the files stay as they are');
  });

  test('for people: what was taken and what changed; --quiet: the id alone', async () => {
    const folder = cliFolder({ 'a.txt': 'one' });
    const first = await folder.ok('take', '-m', 'first');
    assert.match(first.stdout, /^Took [0-9a-f]{10} "first": 1 file, 3 B; 1 added\.\n/);
    fileTree(folder.dir, { 'a.txt': 'two', 'b.txt': 'new' });
    const second = await folder.ok('take', '-q');
    assert.match(second.stdout, /^[0-9a-f]{64}\n$/);
    const listed = (await folder.ok('list', '-q')).stdout.split('\n');
    assert.equal(listed[0], second.stdout.trim());
  });

  test('in a folder below, the whole folder that has the store is taken', async () => {
    const folder = cliFolder({ 'a.txt': 'one', 'd/b.txt': 'two' });
    await folder.ok('take');
    fileTree(folder.dir, { 'a.txt': 'changed' });
    const { changes } = (
      await runCliOk(['take', '--json'], { cwd: join(folder.dir, 'd') })
    ).json<Taken>();
    assert.equal(changes.modified, 1);
    assert.ok(!existsSync(join(folder.dir, 'd', '.snapdir')));
  });

  test('a DIR below is taken alone, the rest is carried over', async () => {
    const folder = cliFolder({ 'a.txt': 'one', 'd/b.txt': 'two' });
    await folder.ok('take');
    fileTree(folder.dir, { 'a.txt': 'not yet', 'd/b.txt': 'changed' });
    const { checkpoint, changes } = (await folder.ok('take', 'd', '--json')).json<Taken>();
    assert.deepEqual(checkpoint.scope, ['d']);
    assert.deepEqual(changes, { added: 0, deleted: 0, modified: 1, renamed: 0 });
    const left = await folder.run('compare', '--json');
    assert.deepEqual(
      left.json<{ changes: { path: string }[] }>().changes.map(({ path }) => path),
      ['a.txt'],
    );
  });

  test('a DIR that is gone can be recorded, one that never was is refused', async () => {
    const folder = cliFolder({ 'a.txt': 'one', 'd/b.txt': 'two' });
    await folder.ok('take');
    fileTree(folder.dir, { d: null });
    const gone = (await folder.ok('take', 'd', '--json')).json<Taken>();
    assert.equal(gone.changes.deleted, 1);
    for (const args of [
      ['take', 'typo'],
      ['take', '-C', folder.dir, 'typo/deep'],
      ['take', join(tempDir(), 'x')],
    ]) {
      const result = await folder.run(...args, '--json');
      assert.equal(result.code, 3, args.join(' '));
      const { error } = result.json<{ error: { code: string } }>();
      assert.equal(error.code, 'FOLDER_NOT_FOUND', args.join(' '));
    }
    assert.equal((await folder.ok('list', '-q')).stdout.length, 2 * 65);
  });

  test('a DIR without a store gets one; -C chooses the folder', async () => {
    const dir = fileTree(tempDir(), { 'p/a.txt': 'one', 'q/b.txt': 'two' });
    await runCliOk(['take', 'p'], { cwd: dir });
    assert.ok(existsSync(join(dir, 'p', '.snapdir')));
    assert.ok(!existsSync(join(dir, '.snapdir')));
    await runCliOk(['-C', 'q', 'take'], { cwd: dir });
    assert.equal((await runCliOk(['list', '-q', '-C', join(dir, 'q')])).stdout.length, 65);
  });

  test('--store keeps the store elsewhere', async () => {
    const folder = cliFolder({ 'a.txt': 'one' });
    const store = join(tempDir(), 'store');
    await folder.ok('take', '--store', store);
    assert.ok(!existsSync(join(folder.dir, '.snapdir')));
    assert.equal((await folder.ok('list', '-q', '--store', store)).stdout.length, 65);
  });

  test('--store in the folder itself, around it or among other files is refused, and nothing is written', async () => {
    const above = cliFolder({ 'q/.gitignore': 'dist/\n', 'q/f': 'k', 'other/a': '' });
    for (const store of ['q', '.', 'other']) {
      const { code, stderr } = await above.run(
        '-C',
        'q',
        '--store',
        join(above.dir, store),
        'take',
      );
      assert.equal(code, 3);
      assert.match(stderr, /No store is made in .* Nothing was written; name an empty folder/);
    }
    const before = { 'other/': '<dir>', 'other/a': '', 'q/': '<dir>' };
    assert.deepEqual(readTree(above.dir), { ...before, 'q/.gitignore': 'dist/\n', 'q/f': 'k' });
    assert.match((await above.ok('-C', 'q', 'take')).stdout, /2 files/);
  });

  test('what ignore files name is left out; --no-ignore takes it, also .git, never .snapdir', async () => {
    const folder = cliFolder({
      '.gitignore': '*.log\n',
      'd/.snapdirignore': 'secret\n',
      'a.log': 'x',
      'd/secret': 'x',
      'd/kept': 'x',
      '.git/config': 'x',
    });
    const paths = async (...options: string[]): Promise<string[]> => {
      const text = (await folder.ok('manifest', ...options)).stdout;
      return text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ').slice(4).join(' '));
    };
    await folder.ok('take');
    assert.deepEqual(await paths('--rev', 'HEAD'), [
      ...['./', './.gitignore', './d/', './d/.snapdirignore', './d/kept'],
    ]);
    await folder.ok('take', '--no-ignore');
    assert.deepEqual(await paths('--rev', 'HEAD'), [
      ...['./', './.git/', './.git/config', './.gitignore', './a.log'],
      ...['./d/', './d/.snapdirignore', './d/kept', './d/secret'],
    ]);
  });

  test('what cannot be captured is listed by name, with exit status 1', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const folder = cliFolder({ 'a.txt': 'one' });
    execFileSync('mkfifo', [join(folder.dir, 'pipe')]);
    writeFileSync(join(folder.dir, 'two\nlines'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${folder.dir}/bad-`), Buffer.from([0xff])]), 'x');
    const result = await folder.run('take', '--json');
    assert.equal(result.code, 1, result.stderr);
    const { skipped, checkpoint } = result.json<Taken>();
    assert.equal(checkpoint.stats.files, 1);
    assert.deepEqual(skipped.map(({ reason }) => reason).sort(), [
      'special-file',
      'unrepresentable-name',
      'unrepresentable-name',
    ]);
    assert.match(result.stderr, /3 paths could not be captured/);
    assert.match(result.stderr, /pipe: neither a file/);
    assert.ok(!result.stderr.includes('two\nlines'), 'a line feed in a name makes no new line');
    const shown = await folder.ok('show', 'HEAD');
    assert.match(shown.stdout, /Not captured \(3\)/);
  });

  test('an unreadable file is listed, the others are taken, and restore leaves it alone', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const folder = cliFolder({ 'a.txt': 'one', 'b.txt': 'two' });
    chmodSync(join(folder.dir, 'a.txt'), 0);
    // Root reads everything, so where the tests run as root the command runs as somebody else.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    for (const name of ['', 'a.txt', 'b.txt'].filter(() => uid !== undefined)) {
      chownSync(join(folder.dir, name), uid ?? 0, uid ?? 0);
    }
    const options = { cwd: folder.dir, ...(uid === undefined ? {} : { uid }) };
    const result = await runCli(['take', '--json'], options);
    assert.equal(result.code, 1, result.stderr);
    assert.deepEqual(
      result.json<Taken>().skipped.map(({ path, reason, detail }) => [path, reason, detail]),
      [['a.txt', 'unreadable', 'EACCES']],
    );
    assert.match(result.stderr, /a\.txt: cannot be read \(EACCES\)/);
    const printed = await runCli(['id'], options);
    assert.equal(printed.code, 1);
    assert.match(printed.stderr, /1 path could not be captured/);
    await runCli(['restore', 'HEAD', '--exact', '--yes'], options);
    assert.ok(existsSync(join(folder.dir, 'a.txt')), 'what was not captured is never deleted');
  });

  test('a missing folder, a file as folder and a store that is a link are refused', async () => {
    const dir = fileTree(tempDir(), { file: 'x', 'p/a': 'x', 'elsewhere/b': 'x' });
    symlinkSync('../elsewhere', join(dir, 'p', '.snapdir'));
    const cases: [string[], string][] = [
      [['take', '-C', 'missing'], 'FOLDER_NOT_FOUND'],
      [['take', '-C', 'file'], 'FOLDER_NOT_FOUND'],
      [['take', '-C', 'p'], 'STORE_UNSAFE'],
    ];
    for (const [args, code] of cases) {
      const result = await runCli([...args, '--json'], { cwd: dir });
      assert.equal(result.code, 3, `${args.join(' ')}: ${result.stderr}`);
      assert.equal(result.json<{ error: { code: string } }>().error.code, code);
    }
    assert.deepEqual(readTree(join(dir, 'elsewhere')), { b: 'x' });
  });

  test('modes, empty folders and links are recorded; the store is private', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const folder = cliFolder({ 'run.sh': { content: '#!', mode: 0o755 }, l: { link: 'run.sh' } });
    mkdirSync(join(folder.dir, 'empty'));
    await folder.ok('take');
    const compared = await folder.run('compare', 'empty', 'HEAD', '--json');
    const { changes } = compared.json<{ changes: { path: string; right: { kind: string } }[] }>();
    assert.deepEqual(
      changes.map(({ path, right }) => [path, right.kind]),
      [
        ['empty', 'dir'],
        ['l', 'link'],
        ['run.sh', 'file'],
      ],
    );
    assert.equal(statSync(join(folder.dir, '.snapdir')).mode & 0o777, 0o700);
  });
});
