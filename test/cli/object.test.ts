import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, runCliOk } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

/** BLAKE3 of `foo\n`, from the golden vectors. */
const FOO = '49dc870df1de7fd60794cebce449f5ccdae575affaa67a24b62acb03e039db92';

suite('cli: object', () => {
  test('content comes back by its checksum, also when no snapshot has it any more', async () => {
    const root = fileTree(tempDir(), { 'a.txt': 'foo\n' });
    await runCliOk(['take'], { cwd: root });
    await runCliOk(['delete', 'HEAD', '--yes'], { cwd: root });
    const target = join(tempDir(), 'back.bin');
    const done = await runCliOk(['object', FOO, '--to', target, '--json'], { cwd: root });
    assert.deepEqual(done.json(), { path: target, bytes: 4 });
    assert.equal(readFileSync(target, 'utf8'), 'foo\n');
  });

  test('nothing is overwritten, unknown content is not found, the store is no target', async () => {
    const root = fileTree(tempDir(), { 'a.txt': 'foo\n', 'b.txt': 'mine' });
    await runCliOk(['take'], { cwd: root });
    const code = async (checksum: string, to: string): Promise<string> => {
      const failed = await runCli(['object', checksum, '--to', to, '--json'], { cwd: root });
      assert.notEqual(failed.code, 0);
      return failed.json<{ error: { code: string } }>().error.code;
    };
    assert.equal(await code(FOO, 'b.txt'), 'TARGET_EXISTS');
    assert.equal(readFileSync(join(root, 'b.txt'), 'utf8'), 'mine');
    assert.equal(await code('0'.repeat(64), 'c.txt'), 'OBJECT_NOT_FOUND');
    assert.equal(await code('xyz', 'c.txt'), 'PARSE');
    assert.equal(await code(FOO, '.snapdir/x'), 'UNSAFE_TARGET');
    assert.equal(await code(FOO, 'no/such/c.txt'), 'FOLDER_NOT_FOUND');
    assert.equal(existsSync(join(root, 'c.txt')), false);
  });
});
