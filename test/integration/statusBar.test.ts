import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, change, eventually, take, type Extension } from './support/extension';

suite('the status bar', function () {
  this.timeout(90_000);
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    change({ 'status/one.txt': 'one\n' });
    await take('status: start');
  });
  suiteTeardown(() => change({ status: null }));

  test('knows what changed though no view of Snapdir is seen', async () => {
    const { statusItem, views } = extension.test;
    await vscode.commands.executeCommand('workbench.view.explorer');
    await eventually('hidden', () => !views.changes.visible);
    change({ 'status/one.txt': 'another\n', 'status/two.txt': 'two\n' });
    await eventually('the count', () => / · 2 changed$/u.test(statusItem.text), 40_000);
    assert.match(statusItem.accessibilityInformation?.label ?? '', /2 changed; last snapshot/u);
  });
});
