import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import {
  activate,
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
import { typeInto, untilShown } from './support/editors';

function read(path: string): string | undefined {
  const file = join(root(), path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

suite('restoring', () => {
  let extension: Extension;
  let good: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
  });
  setup(async () => {
    change({ 'res/a.txt': 'good a\n', 'res/b.txt': 'good b\n', 'outside.txt': 'good outside\n' });
    change({ 'res/extra.txt': null, 'res/in': null });
    good = await take('good');
    change({ 'res/a.txt': 'bad a\n', 'res/b.txt': null, 'res/extra.txt': 'extra\n' });
    change({ 'outside.txt': 'changed outside\n' });
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await closeEditors();
  });

  function state(): Record<string, string | undefined> {
    return Object.fromEntries(
      ['res/a.txt', 'res/b.txt', 'res/extra.txt', 'outside.txt'].map((path) => [path, read(path)]),
    );
  }

  test('brings back a folder after one modal with the counts, and leaves the rest', async () => {
    const asked = answer(extension.test, {
      modal: ['Restore'],
      pick: ['good', 'res', 'This folder'],
    });
    const result = await run('snapdir.restoreFolder');
    const modals = asked.filter(({ kind }) => kind === 'modal');
    assert.equal(modals.length, 1, JSON.stringify(asked));
    assert.match(modals[0]?.text ?? '', /^Restore "res" from "good"\?\n/u);
    assert.match(
      modals[0]?.text ?? '',
      /1 file will be created, 1 overwritten, 0 deleted; 1 file that is not in the snapshot stays\./u,
    );
    assert.deepEqual(modals[0]?.buttons, [
      ...['Restore', 'Review…', 'Exact Mirror: Delete 1 Extra File'],
    ]);
    assert.deepEqual(state(), {
      'res/a.txt': 'good a\n',
      'res/b.txt': 'good b\n',
      'res/extra.txt': 'extra\n',
      'outside.txt': 'changed outside\n',
    });
    assert.equal(result?.counts.written, 2);
    const said = asked.at(-1);
    assert.match(said?.text ?? '', /^"res" restored from "good": 2 files written, 0 deleted/u);
    assert.deepEqual(said?.buttons, ['Undo', "Don't Show Again"]);
  });

  test('does nothing where the modal is left', async () => {
    const before = state();
    answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.restore', { rev: good.id }), undefined);
    assert.deepEqual(state(), before);
  });

  test('never restores without the modal, whatever the arguments say', async () => {
    const before = state();
    const asked = answer(extension.test);
    await run('snapdir.restore', { rev: good.id, yes: true, force: true, confirm: false });
    assert.equal(asked.filter(({ kind }) => kind === 'modal').length, 1);
    assert.deepEqual(state(), before);
  });

  test('undoes and redoes a restore', async () => {
    const before = state();
    answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restore', { rev: good.id });
    const restored = state();
    assert.equal(restored['outside.txt'], 'good outside\n');
    let asked = answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.match(asked[0]?.text ?? '', /^Undo the last restore of /u);
    assert.deepEqual(state(), before);
    asked = answer(extension.test, { modal: ['Redo Restore'] });
    await run('snapdir.redoRestore');
    assert.deepEqual(state(), restored);
  });

  test('deletes extra files only where an exact mirror is chosen', async () => {
    const mirror = 'Exact Mirror: Delete 1 Extra File';
    answer(extension.test, { modal: [mirror] });
    const result = await run('snapdir.restoreFolder', { rev: good.id, path: 'res' });
    assert.equal(result?.counts.deleted, 1);
    assert.equal(read('res/extra.txt'), undefined);
    assert.equal(read('outside.txt'), 'changed outside\n');
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.equal(read('res/extra.txt'), 'extra\n');
  });

  test('brings back one file', async () => {
    answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreFile', { rev: good.id, path: 'res/b.txt' });
    assert.equal(read('res/b.txt'), 'good b\n');
    assert.equal(read('res/a.txt'), 'bad a\n');
  });

  test('brings back all files that are selected in the explorer', async () => {
    const uri = (path: string): vscode.Uri => vscode.Uri.file(join(root(), path));
    const selected = [uri('res/b.txt'), uri('outside.txt')];
    const asked = answer(extension.test, { modal: ['Restore'], pick: ['good'] });
    await run('snapdir.restoreFile', selected[0], selected);
    const [modal] = asked.filter(({ kind }) => kind === 'modal');
    assert.match(modal?.text ?? '', /^Restore "[^"]+" and 1 more from "good"\?/u);
    assert.deepEqual(state(), {
      'res/a.txt': 'bad a\n',
      'res/b.txt': 'good b\n',
      'res/extra.txt': 'extra\n',
      'outside.txt': 'good outside\n',
    });
  });

  test('says in the one modal which editors are saved first, and keeps what was in them', async () => {
    const document = await typeInto('res/a.txt');
    let asked = answer(extension.test, { modal: [] });
    await run('snapdir.restore', { rev: good.id });
    assert.equal(asked.length, 1);
    assert.match(
      asked[0]?.text ?? '',
      /\nSaved first, because an editor holds changes: 1 file\.\n {2}res\/a\.txt\n/u,
    );
    assert.equal(read('res/a.txt'), 'bad a\n');
    assert.ok(document.isDirty, 'nothing is saved before somebody agreed');
    asked = answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restore', { rev: good.id });
    assert.equal(asked.filter(({ kind }) => kind === 'modal').length, 1);
    assert.equal(read('res/a.txt'), 'good a\n');
    await untilShown(document, 'good a\n');
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.equal(read('res/a.txt'), 'unsaved bad a\n');
  });

  test('restores nothing where another file changed while the modal was open; the editor was saved', async () => {
    change({ 'res/a.txt': 'good a\n', 'res/b.txt': 'good b\n' });
    await typeInto('res/a.txt');
    const warned: string[] = [];
    const note = (text: string): Promise<undefined> => (
      warned.push(text),
      Promise.resolve(undefined)
    );
    extension.test.setPrompts({
      modal: () => {
        change({ 'res/b.txt': 'changed while the modal was open\n' });
        return Promise.resolve('Restore');
      },
      ...{ warn: note, error: note, info: note },
    });
    await run('snapdir.restoreFolder', { rev: good.id, path: 'res' });
    assert.match(warned.join(), /^The folder changed after the restore was planned/u);
    assert.equal(read('res/b.txt'), 'changed while the modal was open\n');
    assert.equal(read('res/a.txt'), 'unsaved good a\n', 'it was saved, and that is all');
  });

  // A file of its own: VS Code's second save of one file can hang where it followed the disk just before.
  test('restores what only an editor changed', async () => {
    change({ 'edited/own.txt': 'own\n' });
    const { id } = await take('own');
    const document = await typeInto('edited/own.txt');
    const asked = answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreFolder', { rev: id, path: 'edited' });
    assert.equal(read('edited/own.txt'), 'own\n', JSON.stringify(asked));
    await untilShown(document, 'own\n');
    change({ edited: null });
  });

  test('does not ask about unsaved editors elsewhere', async () => {
    await typeInto('outside.txt');
    const asked = answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreFolder', { rev: good.id, path: 'res' });
    assert.equal(asked.filter(({ kind }) => kind === 'modal').length, 1);
    assert.equal(read('res/a.txt'), 'good a\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('says so when the folder changed while the modal was open, and plans again', async () => {
    const asked = answer(extension.test, { message: ['Plan Again'] });
    let shown = 0;
    extension.test.setPrompts({
      modal: (text, detail, buttons) => {
        asked.push({ kind: 'modal', text: `${text}\n${detail}`, buttons });
        shown += 1;
        if (shown === 1) {
          change({ 'res/a.txt': 'changed while the modal was open\n', 'res/c.txt': 'c\n' });
        }
        return Promise.resolve('Restore');
      },
      warn: (text) => {
        asked.push({ kind: 'warn', text, buttons: [] });
        return Promise.resolve('Plan Again');
      },
      info: () => Promise.resolve(undefined),
    });
    await run('snapdir.restoreFolder', { rev: good.id, path: 'res' });
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['modal', 'warn', 'modal'],
    );
    assert.match(asked[1]?.text ?? '', /changed after the restore was planned/u);
    assert.equal(read('res/a.txt'), 'good a\n');
    change({ 'res/c.txt': null });
  });

  test('says so where nothing is to do', async () => {
    const same = await take('as it is');
    const asked = answer(extension.test);
    await run('snapdir.restore', { rev: same.id });
    assert.equal(asked.length, 1);
    assert.match(asked[0]?.text ?? '', /is already as it was in "as it is"\.$/u);
  });

  test('restores to another place, and asks before anything is overwritten there', async () => {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-place-')));
    answer(extension.test);
    const at = { rev: good.id, path: 'res', destination: place, mode: 'at' };
    const path = await run('snapdir.restoreTo', at);
    assert.equal(path, join(place, 'res'));
    assert.deepEqual(readdirSync(path).sort(), ['a.txt', 'b.txt']);
    assert.equal(readFileSync(join(path, 'a.txt'), 'utf8'), 'good a\n');
    const asked = answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.restoreTo', at), undefined);
    assert.deepEqual(asked[0]?.buttons, ['Overwrite']);
    assert.equal(read('res/a.txt'), 'bad a\n', 'the workspace is left alone');
  });

  test('numbers the questions of a restore to another place, where there are several', async () => {
    const titles = async (argument?: object): Promise<string[]> => {
      const asked = answer(extension.test, { pick: ['good', 'Everything'] });
      assert.equal(await run('snapdir.restoreTo', argument), undefined);
      return asked.map(({ text }) => text);
    };
    assert.deepEqual(
      await titles(),
      [1, 2, 3].map((step) => `Restore to… (${step}/3)`),
    );
    assert.deepEqual(await titles({ rev: good.id }), ['Restore to…']);
  });

  test('restores to a place of its own', async () => {
    const asked = answer(extension.test, { pick: ['A New Folder of Its Own'] });
    const path = await run('snapdir.restoreTo', { rev: good.id, path: 'res' });
    assert.ok(path !== undefined && !path.startsWith(root()), JSON.stringify(asked));
    assert.ok(existsSync(path));
  });

  test('says what is wrong in words', async () => {
    const asked = answer(extension.test);
    await run('snapdir.restore', { rev: 'no such thing' });
    assert.match(asked[0]?.text ?? '', /^No snapshot matches "no such thing"\./u);
    assert.equal(asked[0]?.kind, 'error');
  });

  test('moves HEAD, and the status of undo is known', async () => {
    answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restore', { rev: good.id });
    const timeline = extension.test.repositories.timelineOf(firstRepository(extension.test));
    await eventually('HEAD', () => timeline.current?.head?.id === good.id);
    await eventually('undo', () => timeline.current?.canUndo === true);
  });
});
