// What a folder and a store can hold that nobody expects.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  activeTab,
  answer,
  change,
  checkpointRow,
  closeEditors,
  eventually,
  labelOf,
  root,
  run,
  take,
  timelineNodes,
  type Extension,
} from './support/extension';

suite('odd folders', () => {
  let extension: Extension;
  suiteSetup(async () => {
    extension = await activate();
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await closeEditors();
  });

  async function rowsBelow(node: TreeNode): Promise<TreeNode[]> {
    const children = await timelineNodes(extension.test, node);
    const deeper = await Promise.all(children.map(rowsBelow));
    return [...children, ...deeper.flat()];
  }
  function itemOf(node: TreeNode): vscode.TreeItem {
    return extension.test.views.timelineTree.getTreeItem(node);
  }
  async function changeRows(id: string): Promise<Extract<TreeNode, { kind: 'change' }>[]> {
    const rows = await rowsBelow(await checkpointRow(extension.test, id));
    return rows.filter((row) => row.kind === 'change');
  }
  async function hoverOf(id: string): Promise<vscode.MarkdownString> {
    const row = await checkpointRow(extension.test, id);
    const item = await extension.test.views.timelineTree.resolveTreeItem(itemOf(row), row);
    assert.ok(item.tooltip instanceof vscode.MarkdownString);
    return item.tooltip;
  }

  test('show links as the text of their target', async () => {
    change({ 'odd/target.txt': 'the target\n', 'odd/link': null });
    symlinkSync('target.txt', join(root(), 'odd', 'link'));
    await take('with a link');
    rmSync(join(root(), 'odd', 'link'));
    symlinkSync('elsewhere.txt', join(root(), 'odd', 'link'));
    const second = await take('another target');
    const [row] = await changeRows(second.id);
    assert.equal(row?.path, 'odd/link');
    assert.equal(itemOf(row).description, 'link');
    await run('snapdir.compareWithParent', row);
    const input = activeTab()?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const text = async (uri: vscode.Uri): Promise<string> =>
      Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    assert.deepEqual(
      [await text(input.original), await text(input.modified)],
      ['target.txt', 'elsewhere.txt'],
    );
    rmSync(join(root(), 'odd', 'link'));
    symlinkSync('third.txt', join(root(), 'odd', 'link'));
    await run('snapdir.compareWithWorkspace', row);
    const live = activeTab()?.input;
    assert.ok(live instanceof vscode.TabInputTextDiff);
    assert.equal(await text(live.modified), 'third.txt');
    change({ 'odd/link': null });
  });

  test('name what could not be captured', async () => {
    const fifo = join(root(), 'odd', 'a pipe');
    execFileSync('mkfifo', [fifo]);
    const asked = answer(extension.test);
    const checkpoint = await take('with a pipe');
    rmSync(fifo);
    assert.equal(checkpoint.skipped, 1);
    assert.equal(asked[0]?.text, 'Snapshot taken, but 1 path could not be captured.');
    assert.match(
      (await hoverOf(checkpoint.id)).value,
      /odd\/a&nbsp;pipe.*not&nbsp;a&nbsp;regular/u,
    );
  });

  test('cannot fool anybody with names and messages', async () => {
    const name = '[x](command:evil) $(trash) \u202egpj.exe';
    change({ [`odd/${name}`]: 'evil\n' });
    const message = '\u202e <b>bold</b> [click](command:workbench.action.quit) $(flame)\nmore';
    const checkpoint = await take(message);
    const row = await checkpointRow(extension.test, checkpoint.id);
    assert.ok(labelOf(itemOf(row)).includes('\\u{202e}'));
    const hover = await hoverOf(checkpoint.id);
    assert.ok(!hover.supportHtml && !hover.supportThemeIcons);
    const trusted = typeof hover.isTrusted === 'object' ? [...hover.isTrusted.enabledCommands] : [];
    // Ours, which only look; whatever the message says, there is no other link.
    const ours = ['openChanges', 'compareWithWorkspace', 'copyId'].map((name) => `snapdir.${name}`);
    assert.deepEqual(trusted, ours);
    const links = [...hover.value.matchAll(/\]\(command:([\w.]+)/gu)].map((match) => match[1]);
    assert.deepEqual(links, ours, hover.value);
    const [file] = await changeRows(checkpoint.id);
    assert.ok(labelOf(itemOf(file!)).includes('\\u{202e}'));
    const asked = answer(extension.test, { modal: [] });
    await run('snapdir.restoreFile', { rev: checkpoint.id, path: `odd/${name}` });
    assert.match(asked[0]?.text ?? '', /is already as it was/u);
    assert.ok(!asked[0]?.text.includes('\u202e'));
    change({ [`odd/${name}`]: null });
  });

  test('have damaged snapshots that disable nothing else', async () => {
    change({ 'odd/damage.txt': `${Math.random()}\n` });
    const damaged = await take('to be damaged');
    change({ 'odd/damage.txt': `${Math.random()}\n` });
    const whole = await take('whole');
    const { snapshot } = damaged;
    const place = join(
      ...[root(), '.snapdir', '.manifests', snapshot.slice(0, 3), snapshot.slice(3, 6)],
      ...[snapshot.slice(6, 9), snapshot.slice(9)],
    );
    renameSync(place, `${place}-gone`);
    try {
      await run('snapdir.refresh');
      const item = itemOf(await checkpointRow(extension.test, whole.id));
      assert.equal(item.contextValue, 'checkpoint');
      const rows = await rowsBelow(await checkpointRow(extension.test, damaged.id));
      assert.equal(rows[0]?.kind, 'note');
      assert.match(labelOf(itemOf(rows[0])), /missing from the store/u);
      const asked = answer(extension.test);
      await run('snapdir.restore', { rev: damaged.id });
      assert.equal(asked[0]?.kind, 'error');
      assert.match(asked[0]?.text ?? '', /missing from the store/u);
      const result = await run('snapdir.verifyStore', { full: false });
      assert.ok(result?.problems.some(({ kind }) => kind === 'manifest-missing'));
    } finally {
      renameSync(`${place}-gone`, place);
      await run('snapdir.refresh');
    }
    assert.ok((await changeRows(damaged.id)).length > 0, 'whole again');
  });

  test('may have a store that cannot be used: the reason is said, and nothing breaks', async () => {
    const store = join(root(), '.snapdir', 'records');
    renameSync(store, `${store}-away`);
    writeFileSync(store, 'not a folder');
    try {
      const asked = answer(extension.test);
      assert.equal(await run('snapdir.takeSnapshot', { message: 'x' }), undefined);
      assert.equal(asked[0]?.kind, 'error');
      assert.doesNotMatch(asked[0]?.text ?? '', /^Internal error/u);
    } finally {
      rmSync(store);
      renameSync(`${store}-away`, store);
    }
    await run('snapdir.refresh');
    await take('works again');
  });
});

suite('keys', () => {
  test('are used by nothing else', async () => {
    await activate();
    await vscode.commands.executeCommand('workbench.action.openDefaultKeybindingsFile');
    const text = await eventually('the default keys', () => {
      const shown = vscode.window.activeTextEditor?.document.getText();
      return shown !== undefined && shown.includes('snapdir.takeSnapshot') ? shown : undefined;
    });
    const manifest = vscode.extensions.getExtension('snapdir.snapdir')?.packageJSON as {
      contributes: { keybindings: { key: string; command: string; when?: string }[] };
    };
    for (const { key, command, when } of manifest.contributes.keybindings) {
      if (when?.startsWith("focusedView == 'snapdir.") === true) {
        continue; // It means something only in a view of ours.
      }
      const lines = text.split('\n').filter((line) => line.includes(`"key": "${key}"`));
      assert.ok(lines.length > 0, `${key} is bound`);
      const holders = [...text.matchAll(/"key": "([^"]+)",\s+"command": "([^"]+)"/gu)]
        .filter((match) => match[1] === key)
        .map((match) => match[2]);
      assert.deepEqual(holders, [command]);
    }
    await closeEditors();
  });
});
