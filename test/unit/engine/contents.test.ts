import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import { directEngine, everything, quietControl } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';

suite('what a snapshot holds at a path', () => {
  const root = fileTree(tempDir(), {
    'a.txt': 'a\n',
    'folder/a.txt': 'in the folder\n',
    'folder-b.txt': 'sorts between "folder" and "folder/"\n',
    'ünï/cödé.txt': 'ü\n',
  });
  const engine = directEngine(root);
  const at = (path: string): { rev: string; path: string } => ({ rev: id, path });
  let id: string;

  suiteSetup(() => {
    if (process.platform !== 'win32') {
      symlinkSync('a.txt', join(root, 'link'));
    }
    const params = { trigger: 'manual' as const, rules: everything };
    id = engine.take(params, quietControl).checkpoint.id;
  });

  test('files', () => {
    for (const [path, text] of [
      ['a.txt', 'a\n'],
      ['folder/a.txt', 'in the folder\n'],
      ['folder-b.txt', 'sorts between "folder" and "folder/"\n'],
      ['ünï/cödé.txt', 'ü\n'],
    ] as const) {
      const bytes = Buffer.from(text);
      const { kind, size } = engine.stat(at(path), quietControl);
      assert.deepEqual({ kind, size }, { kind: 'file', size: bytes.length }, path);
      assert.deepEqual(Buffer.from(engine.readFile(at(path), quietControl).bytes), bytes, path);
    }
  });

  test('a link is its target', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const { kind, target } = engine.stat(at('link'), quietControl);
    assert.deepEqual({ kind, target }, { kind: 'link', target: 'a.txt' });
    assert.equal(Buffer.from(engine.readFile(at('link'), quietControl).bytes).toString(), 'a.txt');
  });

  test('folders', () => {
    for (const path of ['', 'folder', 'ünï']) {
      assert.equal(engine.stat(at(path), quietControl).kind, 'dir', path);
    }
    const names = engine.readDir(at('folder'), quietControl).map(({ path }) => path);
    assert.deepEqual(names, ['folder/a.txt']);
  });

  test('nothing', () => {
    for (const path of ['b.txt', 'folder/b.txt', 'a.txt/b', 'a.tx', 'folder']) {
      assert.throws(
        () => engine.readFile(at(path), quietControl),
        (error) => SnapdirError.is(error, 'PATH_NOT_FOUND'),
        path,
      );
    }
    for (const path of ['folder/a.txt', 'link']) {
      assert.throws(
        () => engine.readDir(at(path), quietControl),
        (error) => SnapdirError.is(error, 'PATH_NOT_FOUND'),
        path,
      );
    }
  });
});
