import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { snapshotUri } from '../../src/ui/documents/snapshotDocument';
import {
  answer,
  activate,
  change,
  closeEditors,
  eventually,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

const SECRET = 'TOKEN=marker-51ac80';
const PATH = 'forget/secret [1].env';

/** Files of the store that hold the secret. */
function traces(dir = join(root(), '.snapdir')): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      return traces(path);
    }
    return readFileSync(path).includes(SECRET) ? [path] : [];
  });
}

suite('forgetting', function () {
  this.timeout(60_000);
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    change({ [PATH]: SECRET, 'forget/other.txt': 'other\n' });
  });
  suiteTeardown(async () => {
    extension.test.setPrompts(undefined);
    await vscode.workspace
      .getConfiguration('snapdir', vscode.Uri.file(root()))
      .update('exclude', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    await closeEditors();
    change({ forget: null });
  });

  test('asks once, says what it cannot do, and then it is nowhere but in the folder', async () => {
    const { id } = await take('with a secret');
    const repository = extension.test.repositories.at(root());
    assert.ok(repository !== undefined);
    const uri = snapshotUri(repository, id, PATH);
    await vscode.commands.executeCommand('vscode.diff', uri, vscode.Uri.file(join(root(), PATH)));
    assert.ok(traces().length > 0);

    let asked = answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.forget', { folder: root(), path: PATH }), undefined);
    const [question] = asked;
    assert.equal(asked.length, 1);
    assert.deepEqual(question?.buttons, ['Forget', 'Forget and Exclude']);
    assert.match(
      question.text,
      /^Forget "forget\/secret \[1\]\.env" in all snapshots, for good\?/u,
    );
    assert.match(question.text, /This cannot be undone\.\nThe file in your folder stays/u);
    assert.ok(traces().length > 0);

    asked = answer(extension.test, { modal: ['Forget and Exclude'] });
    // As from the palette: the diff is in front.
    const result = await run('snapdir.forget');
    assert.ok((result?.snapshots ?? 0) >= 1 && result?.objects === 1, JSON.stringify(result));
    assert.match(asked.at(-1)?.text ?? '', /is forgotten in \d+ snapshots?\.$/u);
    assert.deepEqual(traces(), []);
    assert.equal(readFileSync(join(root(), PATH), 'utf8'), SECRET);
    await assert.rejects(async () => vscode.workspace.fs.readFile(uri), { code: 'FileNotFound' });
    await eventually('the diff is closed', () =>
      vscode.window.tabGroups.all.every(({ tabs }) =>
        tabs.every(({ input }) => !(input instanceof vscode.TabInputTextDiff)),
      ),
    );

    change({ 'forget/other.txt': 'changed\n' });
    const next = await take('after it');
    const there = snapshotUri(repository, next.id, 'forget/other.txt');
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(there)).toString(), 'changed\n');
    assert.deepEqual(traces(), []);
    asked = answer(extension.test);
    await run('snapdir.forget', { folder: root(), path: PATH });
    assert.match(asked[0]?.text ?? '', /^No snapshot holds/u);
  });

  test('closes a notebook, and tells whoever else shows it that it is gone', async () => {
    const path = 'forget/book.ipynb';
    change({ [path]: JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }) });
    const { id } = await take('with a notebook');
    const repository = extension.test.repositories.at(root());
    assert.ok(repository !== undefined);
    const uri = snapshotUri(repository, id, path);
    await vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook');
    const isOpen = (): boolean =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(
          ({ input }) =>
            input instanceof vscode.TabInputNotebook && input.uri.toString() === uri.toString(),
        ),
      );
    await eventually('the notebook is open', isOpen);
    const gone: string[] = [];
    const above = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(above);
    watcher.onDidDelete((one) => gone.push(one.toString()));
    answer(extension.test, { modal: ['Forget'] });
    await run('snapdir.forget', { folder: root(), path });
    await eventually('the notebook is closed', () => !isOpen());
    await eventually('it is told', () => gone.includes(uri.toString()));
    watcher.dispose();
  });
});
