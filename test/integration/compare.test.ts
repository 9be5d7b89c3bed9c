import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import { openMultiDiff } from '../../src/ui/documents/diffs';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  activeTab,
  answer,
  change,
  checkpointRow,
  closeEditors,
  eventually,
  firstRepository,
  labelOf,
  root,
  run,
  take,
  timelineNodes,
  type Extension,
} from './support/extension';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function textOf(uri: vscode.Uri): Promise<string> {
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

function diffTab(): { label: string; input: vscode.TabInputTextDiff } {
  const tab = activeTab();
  assert.ok(tab?.input instanceof vscode.TabInputTextDiff, `a diff is open: ${tab?.label}`);
  return { label: tab.label, input: tab.input };
}

suite('comparing', () => {
  let extension: Extension;
  let first: CheckpointInfo;
  let second: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
    change({
      'cmp/cart.ts': 'export const a = 1;\n',
      'cmp/gone.txt': 'will be deleted\n',
      'cmp/old name.md': '# A file that gets another name, with enough text in it\n',
      'cmp/deep/er/logo.png': PIXEL,
    });
    first = await take('before compare');
    change({
      'cmp/cart.ts': 'export const a = 2;\n',
      'cmp/gone.txt': null,
      'cmp/old name.md': null,
      'cmp/new name.md': '# A file that gets another name, with enough text in it\n',
      'cmp/added.txt': 'new\n',
    });
    second = await take('after compare');
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await closeEditors();
  });

  async function changeRow(path: string): Promise<Extract<TreeNode, { kind: 'change' }>> {
    const queue: TreeNode[] = [await checkpointRow(extension.test, second.id)];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      if (node.kind === 'change' && node.path === path) {
        return node;
      }
      queue.push(...(await timelineNodes(extension.test, node)));
    }
    throw new Error(`no row for ${path}`);
  }

  function itemOf(node: TreeNode): vscode.TreeItem {
    return extension.test.views.timelineTree.getTreeItem(node);
  }

  test('shows the files that a snapshot changed, as a tree or as a list', async () => {
    const row = await checkpointRow(extension.test, second.id);
    const shape = async (): Promise<string[]> => {
      const lines: string[] = [];
      const walk = async (node: TreeNode, indent: string): Promise<void> => {
        for (const child of await timelineNodes(extension.test, node)) {
          const item = itemOf(child);
          const status = child.kind === 'change' ? `${child.change.status} ` : '';
          const more = typeof item.description === 'string' ? ` (${item.description})` : '';
          lines.push(`${indent}${status}${labelOf(item)}${more}`);
          await walk(child, `${indent}  `);
        }
      };
      await walk(row, '');
      return lines;
    };
    assert.deepEqual(await shape(), [
      'cmp',
      '  A added.txt',
      '  M cart.ts',
      '  D gone.txt',
      '  R new name.md (← cmp/old name.md)',
    ]);
    await run('snapdir.viewAsList');
    assert.deepEqual(await shape(), [
      'A added.txt (cmp)',
      'M cart.ts (cmp)',
      'D gone.txt (cmp)',
      'R new name.md (cmp · ← cmp/old name.md)',
    ]);
    await run('snapdir.viewAsTree');
    const settings = vscode.workspace.getConfiguration('snapdir');
    await settings.update('changesLayout', undefined, vscode.ConfigurationTarget.Global);
  });

  test('gives every row an id and an accessible label, and says what happened without colour', async () => {
    const row = await changeRow('cmp/gone.txt');
    const item = itemOf(row);
    assert.ok(item.id);
    assert.equal(item.accessibilityInformation?.label, 'cmp/gone.txt, Deleted');
    assert.equal(item.contextValue, 'change.D');
    assert.equal(item.tooltip, 'cmp/gone.txt');
  });

  test('opens the diff with the parent on a click', async () => {
    const { command } = itemOf(await changeRow('cmp/cart.ts'));
    assert.equal(command?.command, 'vscode.diff');
    await vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    const { label, input } = diffTab();
    assert.equal(label, 'cart.ts (Parent ↔ "after compare")');
    assert.equal(await textOf(input.original), 'export const a = 1;\n');
    assert.equal(await textOf(input.modified), 'export const a = 2;\n');
    const document = await vscode.workspace.openTextDocument(input.modified);
    assert.equal(document.languageId, 'typescript');
  });

  test('shows nothing on the side where a file is not', async () => {
    await run('snapdir.compareWithParent', await changeRow('cmp/added.txt'));
    let sides = diffTab().input;
    assert.equal(await textOf(sides.original), '');
    assert.equal(await textOf(sides.modified), 'new\n');
    await run('snapdir.compareWithParent', await changeRow('cmp/gone.txt'));
    sides = diffTab().input;
    assert.equal(await textOf(sides.original), 'will be deleted\n');
    assert.equal(await textOf(sides.modified), '');
  });

  test('compares a renamed file with what it was called', async () => {
    await run('snapdir.compareWithParent', await changeRow('cmp/new name.md'));
    const { label, input } = diffTab();
    assert.equal(label, 'old name.md → new name.md (Parent ↔ "after compare")');
    assert.equal(await textOf(input.original), await textOf(input.modified));
  });

  test('opens the first file where VS Code has no multi-file diff, or fails to open it', async () => {
    const repository = firstRepository(extension.test);
    const set = {
      ...{ key: '', repository },
      left: { rev: first.id, words: 'First' },
      right: { rev: second.id, words: 'Second' },
    };
    const { changes } = await repository.engine.compare({
      ...{ left: first.id, right: second.id, rules: repository.settings.rules },
    });
    const files = changes.filter(({ path }) => /^cmp\/(?:added|cart)/u.test(path));
    const { executeCommand } = vscode.commands;
    const commands = vscode.commands as { executeCommand: typeof executeCommand };
    for (const message of ["command 'vscode.changes' not found", 'cannot open it']) {
      const asked: string[] = [];
      commands.executeCommand = async (command, ...args: unknown[]) => {
        asked.push(command);
        if (command === 'vscode.changes') {
          throw new Error(message);
        }
        return executeCommand(command, ...args);
      };
      try {
        await openMultiDiff(set, 'Both', files);
      } finally {
        commands.executeCommand = executeCommand;
      }
      assert.deepEqual(asked, ['vscode.changes', 'vscode.diff']);
      const { label, input } = diffTab();
      assert.match(label, /^added\.txt \(First ↔ Second\)$/u);
      assert.equal(await textOf(input.modified), 'new\n');
      await closeEditors();
    }
  });

  test('opens everything that changed in one multi-file diff', async () => {
    await run('snapdir.openChanges', await checkpointRow(extension.test, second.id));
    const tab = await eventually('a multi-file diff', () =>
      activeTab()?.label.startsWith('Snapdir: Parent ↔ "after compare"') ? activeTab() : undefined,
    );
    assert.ok(!(tab.input instanceof vscode.TabInputTextDiff));
    assert.match(tab.label, /4/u);
  });

  test('compares with the workspace: the right side is the real file', async () => {
    change({ 'cmp/cart.ts': 'export const a = 3;\n' });
    await run('snapdir.compareWithWorkspace', await changeRow('cmp/cart.ts'));
    const { label, input } = diffTab();
    assert.equal(label, 'cart.ts ("after compare" ↔ Workspace)');
    assert.equal(input.modified.fsPath, join(root(), 'cmp', 'cart.ts'));
    await run('snapdir.compareWithWorkspace', { rev: second.id });
    await eventually('a multi-file diff', () =>
      activeTab()?.label.startsWith('Snapdir: "after compare" ↔ Workspace'),
    );
    await run('snapdir.openWorkingChanges');
    change({ 'cmp/cart.ts': 'export const a = 2;\n' });
  });

  test('compares with what was selected', async () => {
    await run('snapdir.selectForCompare', { rev: first.id });
    await run('snapdir.compareWithSelected', { rev: second.id });
    await eventually('the comparison', () =>
      activeTab()?.label.startsWith('Snapdir: "before compare" ↔ "after compare"'),
    );
    await run('snapdir.selectForCompare', await changeRow('cmp/cart.ts'));
    await run('snapdir.compareWithSelected', await changeRow('cmp/added.txt'));
    assert.equal(diffTab().label, 'cart.ts → added.txt ("after compare" ↔ "after compare")');
  });

  test('compares two snapshots that are picked', async () => {
    const asked = answer(extension.test, { pick: ['before compare', 'after compare'] });
    await run('snapdir.compareSnapshots');
    await eventually('the comparison', () =>
      activeTab()?.label.startsWith('Snapdir: "before compare" ↔ "after compare"'),
    );
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['Compare (1/2)', 'Compare (2/2)'],
    );
  });

  test('says so where nothing differs', async () => {
    const asked = answer(extension.test);
    await run('snapdir.compareWithWorkspace', { rev: (await take('same')).id });
    assert.match(asked[0]?.text ?? '', /^No files differ between "same" and Workspace\.$/u);
  });

  test('shows an image of the past as an image', async () => {
    const uri = vscode.Uri.file(join(root(), 'cmp/deep/er/logo.png'));
    await run('snapdir.showContents', { rev: first.id, path: 'cmp/deep/er/logo.png' });
    const tab = await eventually('the image', () =>
      activeTab()?.input instanceof vscode.TabInputCustom ? activeTab() : undefined,
    );
    const input = tab.input as vscode.TabInputCustom;
    assert.equal(input.viewType, 'imagePreview.previewEditor');
    assert.equal(input.uri.scheme, 'snapdir');
    assert.deepEqual(Buffer.from(await vscode.workspace.fs.readFile(input.uri)), PIXEL);
    await run('snapdir.openFile');
    await eventually('the file of today', () => {
      const now = activeTab()?.input;
      return now instanceof vscode.TabInputCustom && now.uri.toString() === uri.toString();
    });
  });
});
