import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { openSync, closeSync, ftruncateSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCli } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { cliPath } from '../support/paths';
import { runOnTerminal, whyNoTerminal } from '../support/terminal';

/** A file of `bytes` zeros that takes no space. */
function sparseFile(path: string, bytes: number): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
}

suite('cli: on a terminal', function () {
  this.timeout(60_000);
  const reason = whyNoTerminal();

  suiteSetup(function () {
    if (reason !== undefined) {
      this.test!.title += ` (skipped: ${reason})`;
      this.skip();
    }
  });

  test('restore shows its plan and asks; yes does it', async () => {
    const folder = cliFolder({ a: 'old' });
    await folder.ok('take', '-m', 'first');
    fileTree(folder.dir, { a: 'new' });
    const { code, screen } = await runOnTerminal(['restore', 'HEAD'], {
      cwd: folder.dir,
      prompt: /Restore\? \[y\/N\]/,
      keys: 'y\n',
    });
    assert.equal(code, 0, screen);
    assert.match(screen, /0 to create, 1 to overwrite/);
    assert.match(screen, /Restored: 1 written/);
    assert.equal(readTree(folder.dir)['a'], 'old');
  });

  for (const [name, keys] of [
    ['no', 'n\n'],
    ['an empty line', '\n'],
    ['the end of input', '\u0004'],
    ['anything else', 'yep\n'],
  ] as const) {
    test(`${name} means no: nothing is done, exit status 1`, async () => {
      const folder = cliFolder({ a: 'old' });
      await folder.ok('take');
      fileTree(folder.dir, { a: 'new' });
      const { code, screen } = await runOnTerminal(['restore', 'HEAD'], {
        cwd: folder.dir,
        prompt: /\[y\/N\]/,
        keys,
      });
      assert.equal(code, 1, screen);
      assert.match(screen, /Nothing was done/);
      assert.equal(readTree(folder.dir)['a'], 'new');
    });
  }

  test('Ctrl+C at the question: nothing is done, exit status 130', async () => {
    const folder = cliFolder({ a: 'old' });
    await folder.ok('take');
    fileTree(folder.dir, { a: 'new' });
    const { code, screen } = await runOnTerminal(['restore', 'HEAD'], {
      cwd: folder.dir,
      prompt: /\[y\/N\]/,
      keys: '\u0003',
    });
    assert.equal(code, 130, screen);
    assert.match(screen, /Cancelled/);
    assert.equal(readTree(folder.dir)['a'], 'new');
  });

  test('what changed while the question stood is not overwritten', async () => {
    const folder = cliFolder({ a: 'old' });
    await folder.ok('take');
    fileTree(folder.dir, { a: 'new' });
    const { code, screen } = await runOnTerminal(['restore', 'HEAD', '--exact'], {
      cwd: folder.dir,
      prompt: /\[y\/N\]/,
      beforeKeys: () => fileTree(folder.dir, { a: 'newer still', b: 'added meanwhile' }),
      keys: 'y\n',
    });
    assert.equal(code, 3, screen);
    assert.match(screen, /The folder changed since the plan was shown/);
    assert.deepEqual(readTree(folder.dir), { a: 'newer still', b: 'added meanwhile' });
  });

  test('delete and gc ask as well', async () => {
    const folder = cliFolder({ a: 'old' });
    await folder.ok('take');
    for (const args of [['delete', 'HEAD'], ['gc'], ['forget', 'a']]) {
      const { code, screen } = await runOnTerminal(args, {
        cwd: folder.dir,
        prompt: /\[y\/N\]/,
        keys: 'n\n',
      });
      assert.equal(code, 1, screen);
    }
    assert.equal((await folder.ok('list', '-q')).stdout.length, 65);
  });

  test('a name with escape codes does nothing to the terminal', async () => {
    const folder = cliFolder({ 'c1\u009b31m': 'x', 'bidi\u202etxt.exe': 'x' });
    await folder.run('take');
    for (const args of [
      ['show', 'HEAD'],
      ['manifest'],
      ['diff', 'empty', 'HEAD'],
      ['compare', 'empty', 'HEAD'],
    ]) {
      const { screen } = await runOnTerminal(args, { cwd: folder.dir });
      assert.ok(!/[\u009b\u202e]/.test(screen), args.join(' '));
      assert.match(screen, /bidi\\u202etxt\.exe/, args.join(' '));
    }
  });

  test('progress is shown, and gone at the end', async () => {
    const folder = cliFolder();
    sparseFile(join(folder.dir, 'big'), 300 * 1024 * 1024);
    const { code, screen } = await runOnTerminal(['take'], { cwd: folder.dir });
    assert.equal(code, 0, screen);
    assert.match(screen, /Reading files: |Looking at files: /);
    const rows = screen.split('\u001b[2K');
    assert.match(rows[rows.length - 1] ?? '', /^Took/);
  });
});

suite('cli: cancelling and closed pipes', function () {
  this.timeout(60_000);

  test('Ctrl+C: exit status 130, no snapshot, nothing half-way', async () => {
    const folder = cliFolder({ a: 'x' });
    sparseFile(join(folder.dir, 'big'), 20 * 1024 ** 3);
    const interruptAtFile = join(realpathSync(folder.dir), 'big');
    const result = await runCli(['take', '--yes'], { cwd: folder.dir, interruptAtFile });
    assert.equal(result.code, 130, result.stderr);
    assert.equal(result.stderr, 'Cancelled.\n');
    fileTree(folder.dir, { big: null });
    assert.equal((await folder.ok('list', '-q')).stdout, '');
    await folder.ok('take');
    await folder.ok('verify', '--full');
  });

  test('with --json a cancelled command says so in its document', async () => {
    const folder = cliFolder({});
    sparseFile(join(folder.dir, 'big'), 20 * 1024 ** 3);
    const result = await runCli(['take', '--yes', '--json'], {
      cwd: folder.dir,
      interruptAtFile: join(realpathSync(folder.dir), 'big'),
    });
    assert.equal(result.code, 130);
    assert.equal(result.json<{ error: { code: string } }>().error.code, 'CANCELLED');
  });

  test('a reader that goes away is no error', async () => {
    const folder = cliFolder(
      Object.fromEntries(
        Array.from({ length: 3000 }, (_, i) => [`file-${i}`, `${i}\n`.repeat(50)]),
      ),
    );
    await folder.ok('take');
    for (const args of [
      ['diff', 'empty', 'HEAD'],
      ['manifest'],
      ['compare', 'empty', 'HEAD'],
      ['list'],
    ]) {
      const { code, stderr } = await readOneChunk(args, folder.dir);
      assert.ok(code === 0 || code === 1, `${args.join(' ')}: ${String(code)} ${stderr}`);
      assert.equal(stderr, '', args.join(' '));
    }
  });
});

/** Runs the command and closes its standard output after the first piece, as `head` does. */
function readOneChunk(
  args: string[],
  cwd: string,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], { cwd });
    let stderr = '';
    child.stdout.once('data', () => child.stdout.destroy());
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
}
