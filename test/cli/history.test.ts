import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder } from '../support/cli';

interface Told {
  path: string;
  kind: string;
  versions: {
    status?: string;
    path?: string;
    oldPath?: string;
    movedTo?: string;
    counts?: Record<string, number>;
    checkpoint: { message: string; iso: string };
  }[];
}

suite('cli: history', function () {
  this.timeout(120_000);

  test('the versions of a file, over a move and after its end; of a folder; of nothing', async () => {
    const folder = cliFolder({ 'src/a.ts': 'one', 'b.txt': 'b' });
    const at = (path: string): string => join(folder.dir, path);
    await folder.ok('take', '-m', 'first');
    writeFileSync(at('src/a.ts'), 'two');
    await folder.ok('take', '-m', 'second');
    writeFileSync(at('b.txt'), 'elsewhere');
    await folder.ok('take', '-m', 'another file');
    mkdirSync(at('lib'));
    renameSync(at('src/a.ts'), at('lib/b.ts'));
    await folder.ok('take', '-m', 'moved');
    rmSync(at('lib/b.ts'));
    await folder.ok('take', '-m', 'gone');

    const told = async (path: string): Promise<Told> =>
      (await folder.ok('history', path, '--json')).json<Told>();
    const file = await told('lib/b.ts');
    assert.equal(file.kind, 'file');
    assert.deepEqual(
      file.versions.map(({ status, path, oldPath, checkpoint }) =>
        [checkpoint.message, status, path, oldPath].filter((one) => one !== undefined).join(' '),
      ),
      ['gone D lib/b.ts', 'moved R lib/b.ts src/a.ts', 'second M src/a.ts', 'first A src/a.ts'],
    );
    assert.match(file.versions[0]!.checkpoint.iso, /^20/);
    assert.deepEqual((await told('src/a.ts')).versions[0]!.movedTo, 'lib/b.ts');
    const src = await told('src');
    assert.equal(src.kind, 'folder');
    assert.deepEqual(
      src.versions.map(({ checkpoint, counts }) => [checkpoint.message, counts!['deleted']]),
      [
        ['moved', 1],
        ['second', 0],
        ['first', 0],
      ],
    );
    assert.equal((await told('.')).versions.length, 5);

    const text = (await folder.ok('history', 'lib/b.ts')).stdout;
    assert.match(text, /^ +ID +TIME +AGE +SIZE +MESSAGE\n/);
    assert.match(text, /^\* .* D +gone$/m);
    assert.match(text, / R +3 B +moved {2}\(src\/a\.ts -> lib\/b\.ts\)$/m);
    assert.match((await folder.ok('history', 'src')).stdout, / -1 +moved$/m);
    assert.equal(
      (await folder.ok('history', 'b.txt', '-n', '1', '-q')).stdout.split('\n').length,
      2,
    );
    assert.match((await folder.ok('history', 'nowhere')).stdout, /^No snapshot holds nowhere\.\n/);
    assert.notEqual((await folder.run('history')).code, 0);
    assert.notEqual((await folder.run('history', '../outside')).code, 0);
  });

  test('a file that was moved since the last snapshot', async () => {
    const folder = cliFolder({ 'a.txt': 'one' });
    await folder.ok('take', '-m', 'first');
    renameSync(join(folder.dir, 'a.txt'), join(folder.dir, 'moved.txt'));
    const text = (await folder.ok('history', 'moved.txt')).stdout;
    assert.match(text, / A +3 B +first {2}\(a\.txt -> moved\.txt since\)$/m);
  });
});
