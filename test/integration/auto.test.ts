import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, change, eventually, take, type Extension } from './support/extension';

suite('automatic snapshots', () => {
  let extension: Extension;
  const set = (value: boolean | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('snapdir')
      .update('autoSnapshots', value, vscode.ConfigurationTarget.Global);

  suiteSetup(async () => {
    extension = await activate();
    await take('before automatic ones');
  });

  suiteTeardown(() => set(undefined));

  test('come by themselves once they are switched on, with just what changed', async function () {
    this.timeout(60_000);
    await set(true);
    const timeline = extension.test.repositories.timelines[0]!;
    const text = `${Math.random()}\n`;
    change({ 'auto/seen.txt': text });
    const row = await eventually(
      'the automatic snapshot',
      () => timeline.current?.checkpoints.find(({ trigger }) => trigger === 'auto'),
      40_000,
    );
    assert.equal(row.stats.added, 1);
    assert.ok(row.isHead);
  });

  test('stay away once they are switched off', async function () {
    this.timeout(60_000);
    await set(false);
    const timeline = extension.test.repositories.timelines[0]!;
    const before = (await timeline.get()).checkpoints.length;
    change({ 'auto/unseen.txt': `${Math.random()}\n` });
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    assert.equal((await timeline.get()).checkpoints.length, before);
  });
});
