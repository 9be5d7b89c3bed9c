import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import { snapshotUri } from '../../src/ui/documents/snapshotDocument';
import { activate, change, firstRepository, take, type Extension } from './support/extension';

suite('files of snapshots', () => {
  let extension: Extension;
  let checkpoint: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
    change({ 'docs/a b#c?.txt': 'strange name\n', 'docs/in/ner.txt': 'inner\n' });
    checkpoint = await take('documents');
  });

  function uri(path: string, rev: string = checkpoint.id): vscode.Uri {
    return snapshotUri(firstRepository(extension.test), rev, path);
  }

  async function fails(work: Thenable<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      return error instanceof vscode.FileSystemError ? error.code : String(error);
    }
    return 'worked';
  }

  test('have their bytes, size and folders', async () => {
    const { fs } = vscode.workspace;
    const file = uri('docs/a b#c?.txt');
    assert.equal(Buffer.from(await fs.readFile(file)).toString(), 'strange name\n');
    const stat = await fs.stat(file);
    assert.equal(stat.size, 13);
    assert.equal(stat.permissions, vscode.FilePermission.Readonly);
    const names = new Map(await fs.readDirectory(uri('docs')));
    assert.equal(names.get('a b#c?.txt'), vscode.FileType.File);
    assert.equal(names.get('in'), vscode.FileType.Directory);
  });

  test('survive a change of the real file', async () => {
    change({ 'docs/in/ner.txt': 'changed\n' });
    const bytes = await vscode.workspace.fs.readFile(uri('docs/in/ner.txt'));
    assert.equal(Buffer.from(bytes).toString(), 'inner\n');
  });

  test('cannot be written', async () => {
    const { fs } = vscode.workspace;
    const file = uri('docs/in/ner.txt');
    assert.notEqual(await fails(fs.writeFile(file, new Uint8Array([1]))), 'worked');
    assert.notEqual(await fails(fs.delete(file)), 'worked');
    assert.notEqual(await fails(fs.createDirectory(uri('docs/new'))), 'worked');
    assert.notEqual(await fails(fs.rename(file, uri('docs/x'))), 'worked');
    assert.equal(Buffer.from(await fs.readFile(file)).toString(), 'inner\n');
  });

  test('are empty on the empty side and missing where nothing is', async () => {
    const { fs } = vscode.workspace;
    assert.equal((await fs.readFile(uri('what/ever.txt', 'empty'))).length, 0);
    assert.equal(await fails(fs.readFile(uri('docs/none.txt'))), 'FileNotFound');
    assert.equal(await fails(fs.readFile(uri('docs/in/ner.txt', 'f'.repeat(64)))), 'Unavailable');
  });

  test('are served of folders of this workspace only', async () => {
    const foreign = uri('docs/in/ner.txt').with({
      query: JSON.stringify({ root: '/etc', rev: checkpoint.id }),
    });
    assert.equal(await fails(vscode.workspace.fs.readFile(foreign)), 'FileNotFound');
    const nonsense = uri('docs/in/ner.txt').with({ query: 'nonsense' });
    assert.equal(await fails(vscode.workspace.fs.readFile(nonsense)), 'FileNotFound');
  });
});
