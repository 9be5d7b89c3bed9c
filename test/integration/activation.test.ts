import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, eventually, root } from './support/extension';

suite('activation', () => {
  test('opens one repository for the folder', async () => {
    const { api } = await activate();
    assert.deepEqual([...api.folders], [root()]);
  });

  test('registers every command of the manifest', async () => {
    await activate();
    const manifest = vscode.extensions.getExtension('snapdir.snapdir')?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((command) => !known.has(command));
    assert.deepEqual(missing, []);
  });

  test('keeps its own files out of what VS Code watches, and leaves what others exclude', async () => {
    await activate();
    const files = vscode.workspace.getConfiguration('files');
    const excluded = files.get<Record<string, boolean>>('watcherExclude', {});
    assert.equal(excluded['**/.snapdir/.objects/**'], true);
    const git = Object.keys(excluded).some((glob) => glob.includes('.git/objects'));
    assert.ok(git, 'the defaults of VS Code are still there');
  });

  test('has at most six icons in the menu of the status bar, none of them in a word', async () => {
    const { test } = await activate();
    let items: vscode.QuickPickItem[] = [];
    test.setPrompts({
      pick: async (given) => {
        items = await given;
        return undefined;
      },
    });
    await vscode.commands.executeCommand('snapdir.showMenu');
    test.setPrompts(undefined);
    assert.ok(items.length > 3);
    assert.ok(items.filter(({ iconPath }) => iconPath !== undefined).length <= 6);
    assert.ok(items.every(({ label }) => !label.includes('$(')));
  });

  test('makes its views', async () => {
    const { test } = await activate();
    await vscode.commands.executeCommand('snapdir.timeline.focus');
    await eventually('the timeline is visible', () => test.views.timeline.visible);
  });
});
