import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { objectKey } from '../../src/core/storeKeys';
import type { Checksum } from '../../src/core/ids';
import type { ChangeNode, TreeNode } from '../../src/ui/tree/nodes';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import {
  activate,
  activeTab,
  answer,
  change,
  closeEditors,
  firstRepository,
  root,
  run,
  type Extension,
} from './support/extension';
import { teammate } from './support/teammate';

/** The contents that are here; none where there is no store yet. */
function objects(): string[] {
  const folder = join(root(), '.snapdir', '.objects');
  const entries = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
    : [];
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

suite('looking into a promoted snapshot', () => {
  let extension: Extension;
  const bucket = join(tempDir('snapdir-bucket-'), 'wide store');
  const mate = teammate(bucket);
  const wide = { store: 'wide', name: 'wide' };
  const configuration = (): vscode.WorkspaceConfiguration =>
    vscode.workspace.getConfiguration('snapdir');
  const remotes = (value: object | undefined): Thenable<void> =>
    configuration().update('remotes', value, vscode.ConfigurationTarget.Global);

  suiteSetup(async () => {
    extension = await activate();
    mkdirSync(bucket);
    const files = Array.from({ length: 30 }, (_, n) => [`looked/n${n}.txt`, `number ${n}\n`]);
    fileTree(mate.folder, Object.fromEntries(files) as Record<string, string>);
    await mate.cli('take', '-m', 'wide one');
    await mate.cli('promote', 'HEAD', 'wide', '--to', `file://${bucket}`);
    await remotes({ wide: { url: `file://${bucket}` } });
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    await run('snapdir.closeComparison');
    await remotes(undefined);
    change({ looked: null });
  });

  function find(name: string, below?: TreeNode): ChangeNode | undefined {
    const { comparisonTree } = extension.test.views;
    for (const one of comparisonTree.getChildren(below)) {
      const found = one.kind === 'changeFolder' ? find(name, one) : one;
      // By its kind: the extension is another bundle, with a class of its own.
      if (found?.kind === 'change' && comparisonTree.getTreeItem(found).label === name) {
        return found;
      }
    }
    return undefined;
  }

  function row(name: string): ChangeNode {
    const found = find(name);
    assert.ok(found, `the row of ${name}`);
    return found;
  }

  /** The left side of a row, as the editor opens it. */
  function left(name: string): vscode.Uri {
    const { command } = extension.test.views.comparisonTree.getTreeItem(row(name));
    return command!.arguments![0] as vscode.Uri;
  }

  test('compares without fetching; a file that is opened comes, and no other', async () => {
    answer(extension.test);
    const before = objects().length;
    await run('snapdir.compareRemote', wide);
    assert.equal(activeTab(), undefined, 'that would have fetched them all');
    assert.equal(objects().length, before);
    const uri = left('n7.txt');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), 'number 7\n');
    assert.equal(objects().length, before + 1);
    const timeline = await extension.api.checkpoints(root());
    assert.ok(!timeline.some(({ message }) => message === 'wide one'), 'nothing is recorded');
  });

  test('many files at once come together, each once', async () => {
    const before = objects().length;
    const uris = ['n1.txt', 'n2.txt', 'n3.txt'].map(left);
    const read = await Promise.all(
      [...uris, ...uris].map((uri) => vscode.workspace.fs.readFile(uri)),
    );
    assert.deepEqual(
      read.map((bytes) => Buffer.from(bytes).toString()),
      ['number 1\n', 'number 2\n', 'number 3\n', 'number 1\n', 'number 2\n', 'number 3\n'],
    );
    assert.equal(objects().length, before + 3);
  });

  test('what is not what it should be is refused, and so is a store that is gone', async () => {
    const uri = left('n4.txt');
    const { rev } = row('n4.txt').set.left;
    const info = await firstRepository(extension.test).engine.stat({ rev, path: 'looked/n4.txt' });
    const path = join(bucket, objectKey(info.checksum as Checksum));
    const good = readFileSync(path);
    rmSync(path);
    writeFileSync(path, 'number X\n');
    const asked = answer(extension.test);
    await assert.rejects(
      Promise.resolve(vscode.workspace.fs.readFile(uri)),
      /not on this machine yet\. .*wide/su,
    );
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['error'],
    );
    assert.match(asked[0]?.text ?? '', /^This file is not on this machine yet\./u);
    extension.test.setPrompts(undefined);
    rmSync(path);
    await assert.rejects(
      Promise.resolve(vscode.workspace.fs.readFile(uri)),
      /not on this machine yet\. .*wide/su,
    );
    writeFileSync(path, good);
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString(), 'number 4\n');
  });

  test('a folder of it is walked through, and a file of it opened', async () => {
    const before = objects().length;
    answer(extension.test, { pick: ['looked', 'n9.txt'] });
    await run('snapdir.showRemoteContents', wide);
    const input = activeTab()?.input;
    assert.ok(input instanceof vscode.TabInputText);
    const document = await vscode.workspace.openTextDocument(input.uri);
    assert.equal(document.getText(), 'number 9\n');
    assert.equal(objects().length, before + 1);
    await closeEditors();
  });

  test('a patch has the content of all; restoring one file fetches the snapshot first', async () => {
    answer(extension.test);
    const patch = await run('snapdir.copyPatch');
    assert.match(patch ?? '', /^-number 12$/mu);
    const asked = answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreFromLeft', row('n5.txt'));
    assert.match(asked.find(({ kind }) => kind === 'modal')?.text ?? '', /wide one/u);
    assert.equal(readFileSync(join(root(), 'looked/n5.txt'), 'utf8'), 'number 5\n');
    const timeline = await extension.api.checkpoints(root());
    const fetched = timeline.find(({ message }) => message === 'wide one');
    assert.deepEqual(fetched?.refs, ['wide/wide']);
    assert.equal(fetched.origin?.name, 'wide');
  });
});
