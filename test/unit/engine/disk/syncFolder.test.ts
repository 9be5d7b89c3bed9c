import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { syncFolder } from '../../../../src/engine/disk/syncFolder';
import { directEngine, everything, quietControl } from '../../../support/directEngine';
import { fileTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

suite('a sync of a folder', () => {
  test('that the file system has no way for is passed over', () => {
    for (const code of ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']) {
      syncFolder(tempDir(), failing(code));
    }
    syncFolder(tempDir());
  });

  test('that fails for any other reason is an error', () => {
    for (const code of ['EPERM', 'EACCES', 'EISDIR', 'EIO', 'ENOSPC', 'EROFS']) {
      assert.throws(() => syncFolder(tempDir(), failing(code)), { code });
    }
    assert.throws(() => syncFolder(join(tempDir(), 'none')), { code: 'ENOENT' });
  });

  test('that fails stops a take, with its path and cause', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'one' });
    const fsyncDir = (path: string): void =>
      syncFolder(path, path.includes('/.objects') ? failing('EPERM') : undefined);
    const engine = directEngine(root, { fs: { ...nodeFs, fsyncDir } });
    assert.throws(
      () => engine.take({ trigger: 'manual', rules: everything }, quietControl),
      (error) =>
        SnapdirError.is(error, 'IO') &&
        error.data.errno === 'EPERM' &&
        error.data.path.startsWith(root),
    );
    assert.equal(directEngine(root).timeline({}, quietControl).total, 0);
  });
});
