import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';

const SECRET = 'KEY=marker-0b7715';

interface Forgotten {
  paths: string[];
  operations: string[];
  snapshots: number;
  objects: number;
  kept: { path: string; keptIn: string }[];
  promoted: { name: string; from: string | null }[];
}

/** Files of the store that hold the secret. */
function traces(folder: CliFolder): string[] {
  const store = join(folder.dir, '.snapdir');
  const names = Object.keys(readTree(store)).filter((name) => !name.endsWith('/'));
  return names.filter((name) => readFileSync(join(store, name)).includes(SECRET));
}

suite('cli: forget', function () {
  this.timeout(60_000);

  async function withSecret(): Promise<CliFolder> {
    const folder = cliFolder({ '.env': SECRET, a: 'one', 'deep/er/.env': `${SECRET}2` });
    await folder.ok('take', '-m', 'first');
    fileTree(folder.dir, { a: 'two' });
    await folder.ok('take', '-m', 'second');
    return folder;
  }

  test('tells first, refuses to guess without a terminal, then it is gone', async () => {
    const folder = await withSecret();
    await folder.ok('promote', 'HEAD', 'kept');
    const dry = (await folder.ok('forget', '.env', '--dry-run', '--json')).json<Forgotten>();
    assert.deepEqual([dry.snapshots, dry.objects, dry.operations], [2, 1, []]);
    const refused = await folder.run('forget', '.env');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /To forget: \.env in 2 snapshots\.\n.*\n.*kept.*\n.*undone/);
    assert.equal(traces(folder).length, 2);

    const done = await folder.ok('forget', '.env', 'deep/er', '--yes');
    assert.match(
      done.stdout,
      /^Forgotten: \.env, deep\/er in 2 snapshots\.\nDeleted for good: 2 contents/,
    );
    assert.match(
      done.stdout,
      /may still have it as: kept\. A secret that was there has to be changed/,
    );
    assert.deepEqual(traces(folder), []);
    assert.ok(existsSync(join(folder.dir, '.env')));
    assert.equal((await folder.ok('list', '-q')).stdout.trim().split('\n').length, 2);
    const shown = await folder.ok('manifest', '--rev', 'HEAD~');
    assert.ok(!shown.stdout.includes('.env') && shown.stdout.includes('./a'));
    await folder.ok('verify', '--full');
    const missing = await folder.run('object', 'HEAD', '.env', '--to', join(folder.dir, 'x'));
    assert.notEqual(missing.code, 0);

    const ops = await folder.ok('ops');
    assert.match(ops.stdout, /\.env and 1 more forgotten in 2 snapshots/);
    const [id] = (await folder.ok('ops', '--json')).json<{ operations: { id: string }[] }>()
      .operations;
    const undo = await folder.run('undo', id!.id, '--yes');
    assert.notEqual(undo.code, 0);
    assert.match(undo.stderr, /gone for good/);

    const again = await folder.ok('forget', '.env');
    assert.match(again.stdout, /^Nothing to forget: no snapshot holds \.env\./);
  });

  test('content that another path has is told of; a path outside and the folder itself are refused', async () => {
    const folder = await withSecret();
    fileTree(folder.dir, { 'copy.txt': SECRET });
    await folder.ok('take');
    const { kept, objects } = (
      await folder.ok('forget', '.env', '--yes', '--json')
    ).json<Forgotten>();
    assert.deepEqual([kept, objects], [[{ path: '.env', keptIn: 'copy.txt' }], 0]);
    for (const bad of ['..', '../x', '.']) {
      const result = await folder.run('forget', bad, '--yes');
      assert.ok(result.code === 2 || result.code === 3, `${bad}: ${result.code}`);
    }
    assert.equal((await folder.ok('list', '-q')).stdout.trim().split('\n').length, 3);
  });
});
