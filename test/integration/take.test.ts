import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
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
  timelineNodes,
  type Extension,
} from './support/extension';

function records(): string[] {
  const dir = join(root(), '.snapdir', 'records');
  return existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : [];
}

suite('taking snapshots', () => {
  let extension: Extension;
  suiteSetup(async () => {
    extension = await activate();
  });
  teardown(() => extension.test.setPrompts(undefined));

  test('writes a record and shows the row, newest first', async () => {
    change({ 'take/a.txt': 'one\n' });
    const before = records().length;
    const first = await take('first of take');
    assert.ok(records().length > before);
    change({ 'take/a.txt': 'two\n', 'take/b.txt': 'new\n' });
    const second = await take('second of take');
    assert.equal(second.parent, first.id);
    const { added, modified, deleted } = second.stats;
    assert.deepEqual({ added, modified, deleted }, { added: 1, modified: 1, deleted: 0 });

    const row = await checkpointRow(extension.test, second.id);
    const item = extension.test.views.timelineTree.getTreeItem(row);
    assert.equal(labelOf(item), 'second of take');
    assert.match(String(item.description), /^.+ · HEAD · \+1 ~1$/u);
    assert.match(item.accessibilityInformation?.label ?? '', /1 added, 1 modified, HEAD/u);
    assert.equal(item.contextValue, 'checkpoint');
    const [day] = await timelineNodes(extension.test);
    assert.ok(day?.kind === 'day');
    assert.deepEqual(
      day.checkpoints.slice(0, 2).map((c) => c.id),
      [second.id, first.id],
    );
  });

  test('leaves room for the age beside a long name, and says all of it to those who look closer', async () => {
    const name = 'A name that goes on for longer than a sidebar is wide, and then some more';
    change({ 'take/long.txt': 'long\n' });
    const row = await checkpointRow(extension.test, (await take(name)).id);
    const tree = extension.test.views.timelineTree;
    const item = tree.getTreeItem(row);
    assert.equal(labelOf(item), 'A name that goes on for longer than…');
    assert.match(String(item.description), /^now · HEAD/u);
    const { tooltip } = await tree.resolveTreeItem(item, row);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /then(?:\s|&nbsp;)some(?:\s|&nbsp;)more/u);
  });

  test('asks for a message that may stay empty; Escape takes nothing', async () => {
    change({ 'take/a.txt': 'three\n' });
    const before = (await extension.api.checkpoints(root(), 1000)).length;
    const asked = answer(extension.test, { input: [''] });
    const checkpoint = await run('snapdir.takeSnapshot');
    assert.equal(checkpoint?.message, '');
    assert.equal(asked[0]?.text, 'Take Snapshot');
    answer(extension.test, {});
    assert.equal(await run('snapdir.takeSnapshot'), undefined);
    assert.equal((await extension.api.checkpoints(root(), 1000)).length, before + 1);
  });

  test('looks only at one folder where one is chosen', async () => {
    change({ 'take/sub/x.txt': 'x\n', 'take/other.txt': 'not looked at\n' });
    const folder = vscode.Uri.file(join(root(), 'take', 'sub'));
    answer(extension.test, { input: ['only sub'] });
    const checkpoint = await run('snapdir.takeSnapshotOfFolder', folder);
    assert.deepEqual(checkpoint?.scope, ['take/sub']);
    assert.equal(checkpoint?.stats.added, 1);
    await take('the rest');
  });

  test('leaves out what the settings exclude', async () => {
    const settings = vscode.workspace.getConfiguration('snapdir');
    await settings.update('exclude', { '**/*.tmp': true }, vscode.ConfigurationTarget.Workspace);
    try {
      change({ 'take/kept.txt': 'k\n', 'take/left.tmp': 'l\n' });
      const checkpoint = await take('with an exclude');
      const { engine } = extension.test.repositories.at(root())!;
      const names = await engine.readDir({ rev: checkpoint.id, path: 'take' });
      const paths = names.map(({ path }) => path);
      assert.ok(paths.includes('take/kept.txt'));
      assert.ok(!paths.includes('take/left.tmp'));
    } finally {
      await settings.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('follows changes of the folder while the view is visible', async () => {
    await take('clean');
    await vscode.commands.executeCommand('snapdir.changes.focus');
    const { views } = extension.test;
    await eventually('no badge', async () => {
      await extension.test.changes.all[0]?.get();
      return views.changes.badge === undefined;
    });
    change({ 'take/watched.txt': 'w\n' });
    await eventually('one change', () => views.changes.badge?.value === 1);
    const rows = await views.changesTree.getChildren();
    assert.equal(rows.length, 1);
    await take('with the watched file');
    await eventually('no badge again', () => views.changes.badge === undefined);
  });
});
