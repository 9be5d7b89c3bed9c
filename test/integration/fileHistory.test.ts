import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activate,
  activeTab,
  answer,
  change,
  closeEditors,
  eventually,
  firstRepository,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

/** Counts how often the engine is asked; `stop` puts everything back. */
function counting(extension: Extension): { calls: string[]; stop(): void } {
  const engine = firstRepository(extension.test).engine as unknown as Record<string, unknown>;
  const calls: string[] = [];
  const original = { ...engine };
  for (const name of ['compare', 'fileHistory', 'folderHistory']) {
    const method = original[name] as (...args: unknown[]) => unknown;
    engine[name] = (...args: unknown[]) => {
      calls.push(name);
      return method(...args);
    };
  }
  return { calls, stop: () => Object.assign(engine, original) };
}

const file = (path: string): vscode.Uri => vscode.Uri.joinPath(vscode.Uri.file(root()), path);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

suite('file history and changes', function () {
  this.timeout(60_000);
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    change({ 'history/one.txt': 'one\n', 'history/two.txt': 'two\n' });
    await take('history: start');
    change({ 'history/one.txt': 'one, edited\n' });
    await take('history: edited');
  });
  suiteTeardown(async () => {
    await closeEditors();
    await vscode.commands.executeCommand('workbench.view.explorer');
    change({ history: null });
  });

  test('cost nothing while nobody sees them', async () => {
    await vscode.commands.executeCommand('workbench.view.explorer');
    await eventually('hidden', () => !extension.test.views.changes.visible);
    await eventually('hidden', () => !extension.test.historyView.visible);
    // The look of a quiet moment, which the status bar is for, is over; the next one is ten seconds away.
    const { changes } = extension.test;
    await eventually('a quiet moment', () => changes.total?.exact === true, 30_000);
    const counter = counting(extension);
    const seen = (name: string): boolean => counter.calls.includes(name);
    try {
      const document = await vscode.workspace.openTextDocument(file('history/two.txt'));
      await vscode.window.showTextDocument(document);
      for (let n = 0; n < 5; n++) {
        change({ 'history/two.txt': `two ${n}\n` });
        await pause(400);
      }
      assert.deepEqual([...counter.calls], []);
      assert.equal(
        extension.test.fileHistory.subject?.path,
        'history/two.txt',
        'it follows all the same',
      );
      await vscode.commands.executeCommand('snapdir.changes.focus');
      await eventually('a look', () => seen('compare'));
      await vscode.commands.executeCommand('snapdir.fileHistory.focus');
      await eventually('a history', () => seen('fileHistory'));
    } finally {
      counter.stop();
    }
  });

  test('follow the file system', async () => {
    const model = extension.test.changes.of(firstRepository(extension.test))!;
    await vscode.commands.executeCommand('snapdir.changes.focus');
    await model.get();
    change({ 'history/fresh.txt': 'fresh\n' });
    await eventually('the new file', () => {
      const { current } = model;
      return (
        current.kind === 'changes' &&
        current.comparison.changes.some(({ path }) => path === 'history/fresh.txt')
      );
    });
  });

  test('keep the count of the last look, marked, when the view is hidden', async () => {
    const { changes, views } = extension.test;
    await vscode.commands.executeCommand('snapdir.changes.focus');
    const seen = await eventually('an exact count', () => {
      return changes.total?.exact === true && changes.total.files > 0 ? changes.total : undefined;
    });
    await vscode.commands.executeCommand('workbench.view.explorer');
    await eventually('hidden', () => !views.changes.visible);
    change({ 'history/hidden.txt': 'nobody looks\n' });
    await eventually('a count that is not exact', () => changes.total?.exact === false);
    assert.equal(changes.total?.files, seen.files);
    assert.equal(views.changes.badge?.value, seen.files);
    assert.match(views.changes.badge.tooltip, /changed when last looked at/u);
  });

  test('changes since a chosen snapshot, by code, and back', async () => {
    const [first] = await extension.api.checkpoints(root());
    const repository = firstRepository(extension.test);
    const model = extension.test.changes.of(repository)!;
    const start = (await extension.api.checkpoints(root())).find(
      ({ message }) => message === 'history: start',
    );
    assert.ok(start && first);
    await run('snapdir.compareChangesWith', { folder: root(), rev: start.id });
    await eventually('the chosen one', () => {
      const { current } = model;
      return current.kind === 'changes' && current.chosen && current.base.id === start.id;
    });
    assert.match(extension.test.views.changes.description ?? '', /^since "history: start"$/u);
    await run('snapdir.openWorkingChanges', { folder: root() });
    await eventually('what the view lists', () =>
      /^Snapdir: "history: start" ↔ Workspace/u.test(activeTab()?.label ?? ''),
    );
    await closeEditors();
    await run('snapdir.compareChangesWithLast');
    await eventually('the last one', () => {
      const { current } = model;
      return current.kind === 'changes' && !current.chosen && current.base.isHead;
    });
    assert.equal(extension.test.views.changes.description, '');
  });

  test('the history of the active file has its versions, and a new one as it is taken', async () => {
    const { fileHistory } = extension.test;
    await vscode.commands.executeCommand('vscode.open', file('history/one.txt'));
    await run('snapdir.showFileHistory');
    const messages = (): string[] =>
      fileHistory.current.versions.map(({ checkpoint }) => checkpoint.message);
    await eventually('two versions', () => messages().join() === 'history: edited,history: start');
    assert.equal(fileHistory.pinned, false);
    change({ 'history/one.txt': 'one, edited again\n' });
    await take('history: again');
    await eventually('three versions', () => messages()[0] === 'history: again');
    await run('snapdir.showFolderHistory', vscode.Uri.joinPath(vscode.Uri.file(root()), 'history'));
    await eventually(
      'the folder',
      () => fileHistory.subject?.kind === 'folder' && messages().length >= 3,
    );
    assert.equal(fileHistory.pinned, true);
    await run('snapdir.unpinFileHistory');
    await eventually('the file again', () => fileHistory.subject?.path === 'history/one.txt');
  });

  test('of a file that was moved since the last snapshot it has what went before, and says so', async () => {
    const { fileHistory, historyTree } = extension.test;
    const [old, now] = ['history/stays.md', 'history/moved.md'];
    change({ [old]: 'a few words that nothing else holds\n' });
    await take('history: not moved yet');
    change({ [old]: null, [now]: 'a few words that nothing else holds\n' });
    await vscode.commands.executeCommand('vscode.open', file(now));
    await run('snapdir.showFileHistory');
    await eventually('its version', () => fileHistory.current.versions.length === 1);
    const [row] = (await historyTree.getChildren()) ?? [];
    const item = await historyTree.getTreeItem(row!);
    assert.match(String(item.description), /history\/stays\.md → history\/moved\.md$/u);
    assert.match(
      item.accessibilityInformation?.label ?? '',
      /, as history\/stays\.md, moved to history\/moved\.md since,/u,
    );
    change({ [now]: null });
  });

  test('contents from before a move come to the file under the name that it has', async () => {
    const { fileHistory, historyTree } = extension.test;
    const [old, now] = ['history/old/name.md', 'history/name.txt'];
    change({ [old]: 'the words that it had at first\nand some more\n' });
    await take('history: under another name');
    change({ [old]: null, [now]: 'the words that it had at first\nand some more\n' });
    await take('history: moved');
    change({ [now]: 'other words\n', 'history/beside.txt': 'not captured\n' });
    await vscode.commands.executeCommand('vscode.open', file(now));
    await run('snapdir.showFileHistory');
    await eventually('two versions', () => fileHistory.current.versions.length === 2);
    const rows = (await historyTree.getChildren()) ?? [];
    const row = rows.find((one) => one.kind === 'version' && one.path === old);
    assert.ok(row, 'the version under the old name');
    const content = async (path: string): Promise<string> =>
      Buffer.from(await vscode.workspace.fs.readFile(file(path))).toString();
    const ids = async (): Promise<string> =>
      (await extension.api.checkpoints(root())).map(({ id }) => id).join();
    const before = await ids();
    answer(extension.test, { modal: [] });
    await run('snapdir.restoreContents', row);
    assert.equal(await content(now), 'other words\n');
    assert.equal(await ids(), before, 'nothing is left where nobody agreed');
    const asked = answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreContents', row);
    assert.match(
      asked[0]?.text ?? '',
      /^Restore "history\/name\.txt" from "history: under another name"\?/u,
    );
    assert.equal(await content(now), 'the words that it had at first\nand some more\n');
    await assert.rejects(content(old), 'the old name stays gone');
    assert.equal(await content('history/beside.txt'), 'not captured\n');
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.equal(await content(now), 'other words\n');
    extension.test.setPrompts(undefined);
  });

  test('a deletion as the newer of two versions says so, beside the side that is empty', async () => {
    const { fileHistory, historyTree } = extension.test;
    change({ 'history/short.txt': 'here\n' });
    await take('history: made');
    change({ 'history/short.txt': null });
    await take('history: deleted');
    await run('snapdir.showFileHistory', file('history/short.txt'));
    await eventually('two versions', () => fileHistory.current.versions.length === 2);
    const versions = ((await historyTree.getChildren()) ?? []).filter(
      ({ kind }) => kind === 'version',
    );
    await run('snapdir.compareVersions', versions[0], versions);
    const label = 'short.txt ("history: made" ↔ deleted in "history: deleted")';
    await eventually('the diff', () => activeTab()?.label === label).catch(() =>
      assert.equal(activeTab()?.label, label),
    );
    await run('snapdir.unpinFileHistory');
  });

  test('follow a notebook, too', async () => {
    const book = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    change({ 'history/book.ipynb': JSON.stringify(book) });
    await vscode.commands.executeCommand('vscode.open', file('history/book.ipynb'));
    await eventually('the tab', () => activeTab()?.input instanceof vscode.TabInputNotebook);
    const { fileHistory } = extension.test;
    await eventually('its history', () => fileHistory.subject?.path === 'history/book.ipynb');
    await closeEditors();
  });
});
