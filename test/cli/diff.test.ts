import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree, type TreeSpec } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

const lines = (count: number, change: Record<number, string> = {}): string =>
  Array.from({ length: count }, (_, i) => `${change[i] ?? `line ${i}`}\n`).join('');

const LEFT: TreeSpec = {
  'edited.txt': lines(100),
  'no newline.txt': 'one\ntwo',
  'gone.txt': 'bye\n',
  'dir/moved.txt': lines(20),
  'crlf.txt': 'a\r\nb\r\n',
  'empty-later.txt': 'x\n',
  'empty-before.txt': '',
  'ünï 日本.txt': 'ä\n',
  'quote"d\\.txt': 'q\n',
};
const RIGHT: TreeSpec = {
  'edited.txt': lines(100, { 3: 'new 3', 50: 'new 50\nand one more', 99: 'last' }),
  'no newline.txt': 'one\ntwo\nthree',
  'gone.txt': null,
  'dir/moved.txt': null,
  'dir/there.txt': lines(20),
  'crlf.txt': 'a\r\nB\r\n',
  'empty-later.txt': '',
  'empty-before.txt': 'x\n',
  'ünï 日本.txt': 'ö\n',
  'quote"d\\.txt': 'Q\n',
  'new/deep/file.txt': 'new\n',
};

/** The files of two states with their contents, without folders: git's patches know none. */
function files(dir: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readTree(dir)).filter(
      ([name]) => !name.endsWith('/') && !name.startsWith('.git/'),
    ),
  );
}

suite('cli: diff', function () {
  this.timeout(60_000);
  let folder: CliFolder;
  let left: string;

  suiteSetup(async () => {
    folder = cliFolder(LEFT);
    left = join(tempDir(), 'left');
    cpSync(folder.dir, left, { recursive: true });
    await folder.ok('take', '-m', 'left');
    fileTree(folder.dir, RIGHT);
    await folder.ok('take', '-m', 'right');
  });

  test('git apply takes the patch and makes the right state', async () => {
    const result = await folder.run('diff', 'HEAD~', 'HEAD');
    assert.equal(result.code, 1);
    const dir = join(tempDir(), 'git');
    cpSync(left, dir, { recursive: true });
    execFileSync('git', ['init', '-q'], { cwd: dir });
    // The name of a configured core.autocrlf must not change what the test sees.
    execFileSync('git', ['-c', 'core.autocrlf=false', 'apply'], {
      cwd: dir,
      input: result.stdoutBytes,
    });
    assert.deepEqual(files(dir), files(folder.dir));
  });

  test('and back again, with the sides exchanged', async () => {
    const result = await folder.run('diff', 'HEAD', 'HEAD~');
    const dir = join(tempDir(), 'git');
    cpSync(folder.dir, dir, { recursive: true });
    execFileSync('git', ['init', '-q'], { cwd: dir });
    execFileSync('git', ['-c', 'core.autocrlf=false', 'apply'], {
      cwd: dir,
      input: result.stdoutBytes,
    });
    assert.deepEqual(files(dir), files(left));
  });

  test('patch -p1 takes it too', async function () {
    const dir = join(tempDir(), 'patch');
    cpSync(left, dir, { recursive: true });
    const { stdoutBytes } = await folder.run('diff', 'HEAD~', 'HEAD');
    try {
      execFileSync('patch', ['--version']);
    } catch {
      this.test!.title += ' (skipped: there is no patch program here)';
      this.skip();
    }
    execFileSync('patch', ['-p1', '--binary', '-s', '-E'], { cwd: dir, input: stdoutBytes });
    // `patch -E` takes a file without content for a deleted one; that is what -E says.
    const expected = files(folder.dir);
    delete expected['empty-later.txt'];
    const made = files(dir);
    delete made['empty-later.txt'];
    assert.deepEqual(made, expected);
  });

  test('one revision: against the folder; none: HEAD against the folder', async () => {
    const own = cliFolder({ 'a.txt': 'one\n' });
    await own.ok('take');
    assert.deepEqual([(await own.run('diff')).code, (await own.run('diff')).stdout], [0, '']);
    fileTree(own.dir, { 'a.txt': 'two\n' });
    const expected =
      'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,1 +1,1 @@\n-one\n+two\n';
    for (const args of [['diff'], ['diff', 'HEAD'], ['diff', 'latest', 'live']]) {
      const result = await own.run(...args);
      assert.equal(result.code, 1);
      assert.equal(result.stdout, expected);
    }
  });

  test('only some paths, from a folder below as well', async () => {
    const result = await folder.run('diff', 'HEAD~', 'HEAD', 'gone.txt', 'new');
    const names = result.stdout.split('\n').filter((line) => line.startsWith('diff --git'));
    assert.deepEqual(names, [
      'diff --git a/gone.txt b/gone.txt',
      'diff --git a/new/deep/file.txt b/new/deep/file.txt',
    ]);
    const all = await folder.run('diff', 'HEAD~', 'HEAD', '.');
    assert.equal(all.stdout, (await folder.run('diff', 'HEAD~', 'HEAD')).stdout);
  });

  test('binary and Latin-1 files are said to differ; modes and links are in the patch', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const own = cliFolder({
      'b.bin': Uint8Array.from([0, 1, 2]),
      'latin1.txt': Uint8Array.from([0xe4, 0x0a]),
      'run.sh': { content: '#!\n', mode: 0o644 },
      link: { link: 'run.sh' },
    });
    await own.ok('take');
    fileTree(own.dir, {
      'b.bin': Uint8Array.from([0, 1, 3]),
      'latin1.txt': Uint8Array.from([0xf6, 0x0a]),
      'run.sh': { content: '#!\n', mode: 0o755 },
      link: { link: 'b.bin' },
    });
    const { stdout } = await own.run('diff');
    assert.match(stdout, /Binary files a\/b\.bin and b\/b\.bin differ/);
    assert.match(stdout, /Binary files a\/latin1\.txt/);
    assert.match(stdout, /old mode 100644\nnew mode 100755/);
    assert.match(stdout, /-run\.sh\n\\ No newline at end of file\n\+b\.bin/);
  });

  test('--binary: files that are no text come whole', async () => {
    const own = cliFolder({ 'b.bin': Uint8Array.from([0, 1, 2]), 'gone.bin': Uint8Array.of(0) });
    await own.ok('take');
    const dir = join(tempDir(), 'git');
    cpSync(own.dir, dir, { recursive: true });
    fileTree(own.dir, {
      'b.bin': Uint8Array.from([0, 1, 3]),
      'gone.bin': null,
      'new ü.bin': Uint8Array.from([255, 0]),
    });
    const { stdoutBytes } = await own.run('diff', '--binary');
    execFileSync('git', ['init', '-q'], { cwd: dir });
    execFileSync('git', ['apply'], { cwd: dir, input: stdoutBytes });
    assert.deepEqual(files(dir), files(own.dir));
  });

  test('--json: one document with the patch, the changes and the counts', async () => {
    const text = await folder.run('diff', 'HEAD~', 'HEAD');
    const result = await folder.run('diff', 'HEAD~', 'HEAD', '--json');
    assert.equal(result.code, 1);
    const { patch, changes, counts, ...rest } = result.json<{
      patch: string;
      changes: unknown[];
      counts: Record<string, number>;
    }>();
    assert.equal(patch, text.stdout);
    assert.deepEqual(rest, { left: 'HEAD~', right: 'HEAD' });
    assert.deepEqual(counts, { added: 1, deleted: 1, modified: 7, renamed: 1 });
    assert.ok(changes.length >= 10);
  });

  test('a large file of which nearly every line differs', async () => {
    const numbers = (step: number): string =>
      Array.from({ length: 60_000 }, (_, i) => `${i * step}\n`).join('');
    const own = cliFolder({ 'big.txt': numbers(7) });
    await own.ok('take');
    fileTree(own.dir, { 'big.txt': numbers(11) });
    const result = await own.run('diff');
    assert.equal(result.code, 1);
    const dir = fileTree(tempDir(), { 'big.txt': numbers(7) });
    execFileSync('git', ['init', '-q'], { cwd: dir });
    execFileSync('git', ['apply'], { cwd: dir, input: result.stdoutBytes });
    assert.deepEqual(files(dir), files(own.dir));
  });
});
