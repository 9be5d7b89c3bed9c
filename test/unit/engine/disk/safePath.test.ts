import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { errnoOf } from '../../../../src/engine/disk/fsErrors';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { FolderCursor } from '../../../../src/engine/disk/safePath';
import { tempDir } from '../../../support/tempDir';

function isUnsafe(error: unknown): boolean {
  return SnapdirError.is(error, 'UNSAFE_PATH');
}

suite('paths without links', () => {
  for (const platform of [process.platform, 'elsewhere']) {
    test(`goes through folders only (${platform})`, () => {
      const root = tempDir();
      mkdirSync(join(root, 'a/b'), { recursive: true });
      writeFileSync(join(root, 'file'), '');
      symlinkSync('a', join(root, 'link'));
      const cursor = new FolderCursor({ fs: nodeFs, platform }, root);
      writeFileSync(`${cursor.enter('a/b')}/x`, 'x');
      assert.deepEqual(readdirSync(join(root, 'a/b')), ['x']);
      for (const path of ['link', 'link/b', 'file', 'missing', 'a/missing/b']) {
        assert.throws(() => cursor.enter(path), isUnsafe, path);
      }
      assert.deepEqual(readdirSync(cursor.enter('a')), ['b']);
      cursor.recheck();
      cursor.dispose();
    });
  }

  test('elsewhere a swapped folder is noticed', () => {
    const root = tempDir();
    mkdirSync(join(root, 'a'));
    const cursor = new FolderCursor({ fs: nodeFs, platform: 'elsewhere' }, root);
    cursor.enter('a');
    renameSync(join(root, 'a'), join(root, 'moved'));
    symlinkSync('moved', join(root, 'a'));
    assert.throws(() => cursor.recheck(), isUnsafe);
  });

  test('an attacker who swaps a folder for a link gets nothing written elsewhere (Linux)', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    this.timeout(120_000);
    const root = tempDir();
    const outside = tempDir();
    mkdirSync(join(root, 'a'));
    const attack = `
      const fs = require('node:fs');
      process.chdir(${JSON.stringify(root)});
      console.log('ready');
      for (;;) {
        try { fs.renameSync('a', 'b'); fs.symlinkSync(${JSON.stringify(outside)}, 'a'); } catch {}
        try { fs.unlinkSync('a'); fs.renameSync('b', 'a'); } catch {}
      }`;
    const attacker = spawn(process.execPath, ['-e', attack], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    await new Promise((resolve) => attacker.stdout.once('data', resolve));
    let written = 0;
    let refused = 0;
    // On a busy machine one of the two hardly runs for a while.
    const enough = (): boolean => written > 100 && refused > 100;
    const began = performance.now();
    const goesOn = (): boolean => {
      const ms = performance.now() - began;
      return ms < 2_000 || (!enough() && ms < 60_000);
    };
    while (goesOn()) {
      const cursor = new FolderCursor({ fs: nodeFs, platform: 'linux' }, root);
      try {
        const prefix = cursor.enter('a');
        cursor.recheck();
        nodeFs.close(nodeFs.open(`${prefix}/${written}`, 'wx'));
        written++;
      } catch (error) {
        assert.ok(isUnsafe(error) || errnoOf(error) !== undefined, String(error));
        refused++;
      } finally {
        cursor.dispose();
      }
    }
    attacker.kill('SIGKILL');
    assert.deepEqual(readdirSync(outside), [], `${written} written, ${refused} refused`);
    assert.ok(enough(), `${written} written, ${refused} refused`);
  });
});
