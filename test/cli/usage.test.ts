import assert from 'node:assert/strict';
import { commands } from '../../src/cli/commandTable';
import { cliFolder, runCli, runCliOk } from '../support/cli';
import { readTree } from '../support/fileTree';

interface ErrorDocument {
  error: { code: string; message: string };
}

suite('cli: use', function () {
  this.timeout(120_000);

  test('help lists every command; every command describes itself and its exit statuses', async () => {
    const general = (await runCliOk(['help'])).stdout;
    assert.equal((await runCliOk(['--help'])).stdout, general);
    assert.equal((await runCliOk(['-h'])).stdout, general);
    for (const { name, summary } of commands) {
      assert.ok(general.includes(summary), name);
      const help = (await runCliOk(['help', name])).stdout;
      assert.equal((await runCliOk([name, '--help'])).stdout, help);
      assert.match(help, new RegExp(`^snapdir ${name}: `));
      assert.match(help, new RegExp(`\nUsage: snapdir ${name}`));
      assert.match(help, /\nExit status:\n {2}0 +\S/);
      assert.match(help, /\n {2}2 +wrong use/);
      assert.match(help, /\n {2}130 +cancelled/);
    }
    for (const name of ['take', 'compare', 'diff', 'restore', 'undo', 'redo', 'verify']) {
      assert.match(
        (await runCliOk(['help', name])).stdout,
        /\n {2}1 +\S/,
        `${name} documents status 1`,
      );
    }
  });

  test('help revs describes the grammar', async () => {
    const { stdout } = await runCliOk(['help', 'revs']);
    for (const word of ['HEAD', 'REV~N', 'latest', '@{TIME}', 'live', 'NAME', 'tag']) {
      assert.ok(stdout.includes(word), word);
    }
  });

  test('version, and both as JSON', async () => {
    const { stdout } = await runCliOk(['--version']);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal((await runCliOk(['version'])).stdout, stdout);
    assert.deepEqual((await runCliOk(['version', '--json'])).json(), { version: stdout.trim() });
    assert.match(
      String((await runCliOk(['help', 'take', '--json'])).json()['help']),
      /snapdir take/,
    );
  });

  const wrong: string[][] = [
    [],
    ['nope'],
    ['tak'],
    ['--wrong'],
    ['help', 'nope'],
    ['list', 'argument'],
    ['list', '--wrong'],
    ['list', '-n', '0'],
    ['list', '-n', 'x'],
    ['list', '--since', 'yesterday'],
    ['list', '--trigger', 'x'],
    ['show'],
    ['show', 'a', 'b'],
    ['compare', 'a', 'b', 'c'],
    ['take', '-m'],
    ['take', 'a', 'b'],
    ['restore'],
    ['promote', 'HEAD'],
    ['tag', 'HEAD'],
    ['rename', 'HEAD'],
    ['delete'],
    ['forget'],
    ['forget', '../x'],
    ['recover'],
    ['gc', '--grace', '-1'],
    ['gc', '--grace', '1.5'],
    ['manifest', '--exclude', '('],
    ['manifest', '--exclude', 'x', '--rev', 'HEAD'],
    ['id', '--checksum-bin', 'md5sum'],
    ['--json=yes', 'list'],
  ];
  test('wrong use: exit status 2, a sentence on standard error, nothing on standard output', async () => {
    const folder = cliFolder({ a: 'x' });
    for (const args of wrong) {
      const result = await folder.run(...args);
      const what = `${JSON.stringify(args)}: ${result.stderr}`;
      assert.equal(result.code, 2, what);
      assert.equal(result.stdout, '', what);
      assert.match(result.stderr, /^snapdir: .+\.\n$/, what);
      assert.ok(!/\n\s+at /.test(result.stderr), what);
    }
    assert.deepEqual(readTree(folder.dir, { store: true }), { a: 'x' }, 'no store is made');
  });

  test('with --json errors are one document on standard output as well', async () => {
    const folder = cliFolder({ a: 'x' });
    for (const args of wrong.filter((one) => one[0] !== '--json=yes')) {
      const result = await folder.run(...args, '--json');
      assert.equal(result.code, 2, JSON.stringify(args));
      const { error } = result.json<ErrorDocument>();
      assert.ok(error.code === 'USAGE' || error.code === 'INVALID_ARGUMENT', JSON.stringify(args));
      assert.ok(error.message.length > 10);
    }
    const failed = await folder.run('stats', '--json');
    assert.equal(failed.code, 3);
    const { code, message } = failed.json<ErrorDocument>().error;
    assert.equal(code, 'STORE_NOT_FOUND');
    assert.match(message, /snapdir take/);
  });

  test('each command prints exactly one JSON document with --json', async () => {
    const folder = cliFolder({ a: 'x\n' });
    const sequence: [string[], number][] = [
      [['take', '-m', 'one'], 0],
      [['list'], 0],
      [['show', 'HEAD'], 0],
      [['show', 'live'], 0],
      [['compare'], 0],
      [['compare', 'empty', 'HEAD'], 1],
      [['diff'], 0],
      [['diff', 'empty', 'HEAD'], 1],
      [['promote', 'HEAD', 'name'], 0],
      [['refs'], 0],
      [['tag', 'HEAD', 'tag'], 0],
      [['rename', 'HEAD', 'two'], 0],
      [['manifest'], 0],
      [['manifest', '--rev', 'HEAD'], 0],
      [['id'], 0],
      [['restore', 'HEAD', '--dry-run'], 0],
      [['restore', 'HEAD', '--yes'], 0],
      [['ops'], 0],
      [['undo', '--yes'], 0],
      [['redo', '--yes'], 0],
      [['prune', '--yes'], 0],
      [['verify'], 0],
      [['verify', '--full'], 0],
      [['gc', '--dry-run'], 0],
      [['gc', '--yes'], 0],
      [['stats'], 0],
      [['forget', 'none', '--dry-run'], 0],
      [['refs', '--delete', 'name'], 0],
      [['delete', 'HEAD', '--yes'], 0],
    ];
    for (const [args, code] of sequence) {
      const result = await folder.run(...args, '--json');
      assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
      assert.equal(typeof result.json(), 'object', args.join(' '));
      if (code !== 3) {
        assert.equal(result.stderr, '', args.join(' '));
      }
    }
  });

  test('SNAPDIR_DEBUG shows where an error comes from', async () => {
    const result = await runCli(['show'], { env: { SNAPDIR_DEBUG: '1' } });
    assert.match(result.stderr, /\n\s+at /);
  });
});
