import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import type { EngineMethods, FolderEstimate } from '../../../src/core/engine';
import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { defaultRules, directEngine, quietControl } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';

type Params = Partial<EngineMethods['estimate']['params']>;

function estimate(root: string, more: Params = {}, fs: Fs = nodeFs): FolderEstimate {
  const engine = directEngine(root, { fs });
  return engine.estimate({ rules: defaultRules, ms: 60_000, ...more }, quietControl);
}

suite('how much a first snapshot would hold', () => {
  const root = fileTree(tempDir(), {
    '.gitignore': 'build/\n',
    'a.txt': 'x'.repeat(100),
    'src/b.txt': 'x'.repeat(1000),
    'src/.snapdirignore': 'c.log\n',
    'src/c.log': 'x'.repeat(5000),
    'build/out.bin': 'x'.repeat(7000),
    'node_modules/p/index.js': 'x'.repeat(7000),
    '.git/HEAD': 'x'.repeat(7000),
    'store/.objects/x': '',
    'store/.manifests/x': '',
    'store/x': 'x'.repeat(7000),
  });

  test('counts what a take would capture, and makes nothing', () => {
    const rules = { ...defaultRules, patterns: ['**/node_modules'] };
    const found = estimate(root, { rules });
    const bytes = 100 + 1000 + 'build/\n'.length + 'c.log\n'.length;
    assert.deepEqual(found, { files: 4, bytes, complete: true, place: null });
    assert.equal(existsSync(join(root, '.snapdir')), false);
    const taken = directEngine(root).take({ trigger: 'manual', rules }, quietControl);
    assert.deepEqual([taken.checkpoint.stats.files, taken.checkpoint.stats.bytes], [4, bytes]);
  });

  test('counts one folder, and nothing above the size limit', () => {
    assert.equal(estimate(root, { folder: 'src' }).files, 2);
    assert.equal(estimate(root, { folder: 'src', maxFileSize: 999 }).files, 1);
  });

  test('stops when its time is up, and says so', () => {
    const many = tempDir();
    for (let index = 0; index < 100; index++) {
      mkdirSync(join(many, String(index)));
      fileTree(many, { [`${index}/file`]: 'x' });
    }
    const found = estimate(many, { ms: -1 });
    assert.equal(found.complete, false);
    assert.ok(found.files < 100);
    assert.equal(estimate(many).files, 100);
  });

  test('can be cancelled', () => {
    const many = tempDir();
    for (let index = 0; index < 50; index++) {
      mkdirSync(join(many, String(index)));
    }
    const control = { signal: { aborted: true }, progress: () => undefined };
    assert.throws(() => directEngine(many).estimate({ rules: defaultRules, ms: 60_000 }, control), {
      name: 'AbortError',
    });
  });

  test('after many files, sizes only some of them', () => {
    let sized = 0;
    const names = Array.from({ length: 40_000 }, (_, index) => String(index));
    const fs: Fs = {
      ...nodeFs,
      readdir: () => names.map((name) => ({ name, kind: 'file', valid: true })),
      lstat: (path) => {
        const stat = nodeFs.lstat(dirname(path) === many ? many : path);
        sized += dirname(path) === many ? 1 : 0;
        return dirname(path) === many && stat ? { ...stat, size: 10 } : stat;
      },
    };
    const many = tempDir();
    const found = estimate(many, {}, fs);
    assert.equal(found.files, 40_000);
    assert.equal(found.bytes, 400_000);
    assert.ok(sized < 22_000, String(sized));
  });

  test('knows places that nobody means to snapshot as a whole', () => {
    const at = (path: string): FolderEstimate['place'] =>
      estimate(path, { ms: -1, rules: { ...defaultRules, patterns: ['**'] } }).place;
    assert.equal(at('/'), 'disk');
    assert.equal(at(homedir()), 'home');
    assert.equal(at(tempDir()), null);
  });

  test('a folder that is not there is told', () => {
    assert.throws(
      () => estimate(join(root, 'missing')),
      (error) => SnapdirError.is(error, 'FOLDER_NOT_FOUND'),
    );
  });
});
