// A store that was given a place of its own (D4) begins where it is in nobody's way.
import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import type { StoreProblem } from '../../../../src/core/reasons';
import { createMethods } from '../../../../src/engine/engine';
import { everything as rules, quietControl, testEnv } from '../../../support/directEngine';
import { fileTree, readTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

suite('where a store may begin', () => {
  const take = (root: string, store: string): number =>
    createMethods(testEnv(), { root, store }).take({ trigger: 'manual', rules }, quietControl)
      .checkpoint.stats.files;
  const refused = (root: string, store: string, reason: StoreProblem): void => {
    const before = readTree(dirname(root));
    assert.throws(
      () => take(root, store),
      (error) => SnapdirError.is(error, 'STORE_UNSAFE') && error.data.reason === reason,
    );
    assert.deepEqual(readTree(dirname(root)), before, 'nothing was written');
  };

  test('not in the folder itself, nor around it, by whatever name', () => {
    const above = tempDir();
    const root = fileTree(join(above, 'd', 'q'), { '.gitignore': 'dist/\n', f: 'k' });
    symlinkSync(join(above, 'd'), join(above, 'link'));
    refused(root, root, 'holds-folder');
    refused(root, join(above, 'link', 'q'), 'holds-folder');
    refused(join(above, 'link', 'q'), root, 'holds-folder');
    refused(root, join(above, 'd'), 'holds-folder');
    refused(root, above, 'holds-folder');
    refused(join(above, 'link', 'q'), join(above, 'd'), 'holds-folder');
    refused(root, '/', 'holds-folder');
  });

  test('not among other files; in an empty folder, or one that is not there yet', () => {
    const place = tempDir();
    const root = fileTree(join(place, 'root'), { f: 'k' });
    const other = fileTree(join(place, 'other'), { '.gitignore': 'dist/\n' });
    refused(root, other, 'not-empty');
    refused(root, fileTree(join(place, 'tmp-of-somebody'), { 'tmp/x': '', a: '' }), 'not-empty');
    mkdirSync(join(place, 'empty'));
    writeFileSync(join(place, 'empty', '.DS_Store'), '');
    for (const store of [join(place, 'empty'), join(place, 'new')]) {
      assert.equal(take(root, store), 1);
      assert.equal(readTree(store)['.gitignore'], '*\n');
    }
  });

  test('one that was begun is gone on with, and one that is there opens, wherever it is', () => {
    const [root, store] = [fileTree(tempDir(), { f: 'k' }), join(tempDir(), 'store')];
    assert.equal(take(root, store), 1);
    rmSync(join(store, 'FORMAT'));
    rmSync(join(store, 'records'), { recursive: true });
    writeFileSync(join(store, '.gitignore'), '# ours\n*\n');
    assert.equal(take(root, store), 1);
    assert.equal(readTree(store)['.gitignore'], '# ours\n*\n');
    const inside = fileTree(join(store, 'inside'), { f: 'k' });
    assert.equal(take(inside, store), 1);
  });
});
