import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import {
  activate,
  answer,
  change,
  checkpointRow,
  eventually,
  labelOf,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

let counter = 0;

suite('names, tags, deletion and the store', () => {
  let extension: Extension;
  let checkpoint: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
  });
  setup(async () => {
    counter += 1;
    change({ 'edit/file.txt': `state ${counter}\n` });
    checkpoint = await take(`edit ${counter}`);
  });
  teardown(() => extension.test.setPrompts(undefined));

  async function item(id: string): Promise<vscode.TreeItem> {
    return extension.test.views.timelineTree.getTreeItem(await checkpointRow(extension.test, id));
  }

  test('promotes: the name is shown, and moving it is asked for', async () => {
    const name = `release-${counter}`;
    const asked = answer(extension.test, { input: [name] });
    assert.deepEqual(await run('snapdir.promote', { rev: checkpoint.id }), { changed: true });
    assert.match(asked.at(-1)?.text ?? '', /is kept for good/u);
    await eventually('the ref in the row', async () =>
      String((await item(checkpoint.id)).description).includes(name),
    );
    change({ 'edit/file.txt': 'a later state\n' });
    const later = await take('later');
    const moving = answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.promote', { rev: later.id, name }), undefined);
    assert.deepEqual(moving[0]?.buttons, ['Move']);
    answer(extension.test, { modal: ['Move'] });
    assert.deepEqual(await run('snapdir.promote', { rev: later.id, name }), { changed: true });
  });

  test('refuses a bad name in words', async () => {
    const asked = answer(extension.test);
    await run('snapdir.promote', { rev: checkpoint.id, name: '../evil' });
    assert.equal(asked[0]?.kind, 'error');
    assert.match(asked[0]?.text ?? '', /cannot be used as a name/u);
  });

  test('renames', async () => {
    const asked = answer(extension.test, { input: ['another message'] });
    await run('snapdir.rename', await checkpointRow(extension.test, checkpoint.id));
    assert.equal(asked[0]?.text, `Rename "edit ${counter}"`);
    await eventually(
      'the new name',
      async () => labelOf(await item(checkpoint.id)) === 'another message',
    );
  });

  test('adds a tag', async () => {
    await run('snapdir.addTag', { rev: checkpoint.id, tag: 'works' });
    await eventually('the tag in the row', async () =>
      String((await item(checkpoint.id)).description).includes('#works'),
    );
  });

  test('deletes after one modal, several at once', async () => {
    change({ 'edit/file.txt': 'one more\n' });
    const second = await take('one more');
    const rows = [
      await checkpointRow(extension.test, second.id),
      await checkpointRow(extension.test, checkpoint.id),
    ];
    let asked = answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.delete', rows[0], rows), undefined);
    asked = answer(extension.test, { modal: ['Delete'] });
    const deleted = await run('snapdir.delete', rows[0], rows);
    assert.equal(asked.length, 1);
    assert.match(asked[0]?.text ?? '', /^Delete 2 snapshots\?/u);
    assert.deepEqual([...(deleted ?? [])].sort(), [second.id, checkpoint.id].sort());
    const left = await extension.api.checkpoints(root(), 1000);
    assert.ok(!left.some(({ id }) => id === second.id || id === checkpoint.id));
  });

  test('copies the id', async () => {
    assert.equal(await run('snapdir.copyId', { rev: checkpoint.id }), checkpoint.id);
    assert.equal(await vscode.env.clipboard.readText(), checkpoint.id);
  });

  test('verifies the store', async () => {
    const asked = answer(extension.test, { pick: ['Full'] });
    const result = await run('snapdir.verifyStore');
    assert.deepEqual(result?.problems, []);
    assert.match(asked.at(-1)?.text ?? '', /^The store is whole: .* every byte checked\.$/u);
    assert.equal((await run('snapdir.verifyStore', { full: false }))?.full, false);
  });

  test('collects garbage: a dry run, then a question', async () => {
    const asked = answer(extension.test);
    await run('snapdir.collectGarbage');
    assert.equal(asked.length, 1);
    assert.ok(
      /^There is no garbage|^Collect garbage in/u.test(asked[0]?.text ?? ''),
      asked[0]?.text,
    );
  });

  test('shows the log, refreshes, opens the menu', async () => {
    await run('snapdir.refresh');
    const asked = answer(extension.test);
    await run('snapdir.showMenu');
    assert.ok(asked[0]?.buttons.some((label) => label.endsWith('Take Snapshot')));
    await run('snapdir.showLog');
    await run('snapdir.loadMore');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  test('says that no restore was interrupted', async () => {
    const asked = answer(extension.test);
    await run('snapdir.recoverRestore');
    assert.equal(asked[0]?.text, 'No restore was interrupted.');
  });
});
