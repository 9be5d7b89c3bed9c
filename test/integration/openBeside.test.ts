import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import {
  activate,
  answer,
  change,
  firstRepository,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

suite('snapshots opened beside the folder', () => {
  let extension: Extension;
  let old: CheckpointInfo;
  let windows: vscode.Uri[];

  suiteSetup(async () => {
    extension = await activate();
    change({ 'ob/src/a.txt': 'old a\n', 'ob/src/b.txt': 'old b\n', 'ob/keep.log': 'log\n' });
    old = await take('opened beside');
    change({ 'ob/src/a.txt': 'new a\n', 'ob/src/b.txt': 'new b\n' });
    await take('after it');
  });
  setup(() => {
    windows = [];
    // A second window would end this test run: only its opening is watched.
    const real = vscode.commands.executeCommand;
    (vscode.commands as { executeCommand: unknown }).executeCommand = async (
      command: string,
      ...args: unknown[]
    ): Promise<unknown> => {
      if (command === 'vscode.openFolder') {
        windows.push(args[0] as vscode.Uri);
        assert.deepEqual(args[1], { forceNewWindow: true });
        return undefined;
      }
      return real(command, ...args);
    };
    restoreCommands = () => {
      (vscode.commands as { executeCommand: unknown }).executeCommand = real;
    };
  });
  let restoreCommands = (): void => undefined;
  teardown(() => {
    restoreCommands();
    extension.test.setPrompts(undefined);
  });
  const read = (path: string): string => readFileSync(join(root(), path), 'utf8');

  async function open(path?: string): Promise<string> {
    const argument = { rev: old.id, folder: root(), ...(path === undefined ? {} : { path }) };
    const copy = await run('snapdir.openInNewWindow', argument);
    assert.ok(copy);
    return copy;
  }

  test('a snapshot is a folder of its own outside of the tree, in a new window', async () => {
    const copy = await open();
    assert.ok(!copy.startsWith(root()));
    assert.equal(windows[0]?.fsPath, copy);
    assert.equal(readFileSync(join(copy, 'ob/src/a.txt'), 'utf8'), 'old a\n');
    assert.equal(read('ob/src/a.txt'), 'new a\n');
  });

  test('a folder of the explorer is asked of which snapshot; without anything a folder can be chosen', async () => {
    const title = 'Open Snapshot in New Window';
    let asked = answer(extension.test, { pick: ['opened beside'] });
    let copy = await run('snapdir.openInNewWindow', vscode.Uri.file(join(root(), 'ob/src')));
    assert.equal(readFileSync(join(copy!, 'a.txt'), 'utf8'), 'old a\n');
    assert.deepEqual(
      asked.map(({ text }) => text),
      [title],
    );
    asked = answer(extension.test, { pick: ['opened beside', 'ob', 'src', 'This folder: ob/src'] });
    copy = await run('snapdir.openInNewWindow');
    assert.equal(readFileSync(join(copy!, 'a.txt'), 'utf8'), 'old a\n');
    assert.equal(windows.at(-1)?.fsPath, copy);
    assert.ok(asked[1]?.buttons.includes('The whole folder'));
  });

  test('a chosen file comes back after a plan, edited or not, and that is undone', async () => {
    const copy = await open();
    writeFileSync(join(copy, 'ob/src/a.txt'), 'edited in the copy\n');
    const asked = answer(extension.test, { modal: ['Restore'] });
    const uris = ['ob/src/a.txt', 'ob/src/b.txt'].map((path) => vscode.Uri.file(join(copy, path)));
    const result = await run('snapdir.bringBack', uris[0], uris);
    assert.equal(result?.counts.written, 2);
    assert.match(
      asked[0]?.text ?? '',
      /from "From the opened copy of "opened beside""\?\n0 files will be created, 2 overwritten/u,
    );
    assert.equal(read('ob/src/a.txt'), 'edited in the copy\n');
    assert.equal(read('ob/src/b.txt'), 'old b\n');
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.equal(read('ob/src/a.txt'), 'new a\n');
    assert.equal(read('ob/src/b.txt'), 'new b\n');
    // Another folder was captured into this store for a moment: what is taken next is still the truth.
    const { engine, settings } = firstRepository(extension.test);
    const next = await take('next');
    const { counts } = await engine.compare({
      left: next.id,
      right: 'live',
      rules: settings.rules,
    });
    assert.deepEqual(counts, { added: 0, deleted: 0, modified: 0, renamed: 0 });
    const { bytes } = await engine.readFile({ rev: next.id, path: 'ob/src/a.txt' });
    assert.equal(Buffer.from(bytes).toString(), 'new a\n');
  });

  test('from the copy of a folder, files go to where they were', async () => {
    const copy = await open('ob/src');
    assert.equal(readFileSync(join(copy, 'a.txt'), 'utf8'), 'old a\n');
    answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.bringBack', vscode.Uri.file(join(copy, 'a.txt')));
    assert.equal(read('ob/src/a.txt'), 'old a\n');
    assert.equal(read('ob/src/b.txt'), 'new b\n');
    assert.deepEqual(
      existsSync(join(dirname(copy), '.snapdir-back')),
      false,
      'nothing is left behind',
    );
    change({ 'ob/src/a.txt': 'new a\n' });
  });

  test('where nobody agrees nothing changes, the list of snapshots neither', async () => {
    const copy = await open('ob/src');
    const ids = async (): Promise<string[]> =>
      (await extension.api.checkpoints(root())).map(({ id }) => id);
    const before = await ids();
    answer(extension.test, { modal: [] });
    await run('snapdir.bringBack', vscode.Uri.file(join(copy, 'a.txt')));
    assert.equal(read('ob/src/a.txt'), 'new a\n');
    assert.deepEqual(await ids(), before);
  });

  test('copies are listed with where they came from, and deleted after a question', async () => {
    const copy = await open();
    let asked = answer(extension.test, { many: ['"opened beside"'], modal: [] });
    assert.equal(await run('snapdir.deleteCopies'), undefined);
    assert.ok(asked[0]?.buttons.includes('"opened beside"'));
    assert.ok(existsSync(copy));
    asked = answer(extension.test, { many: ['"opened beside"'], modal: ['Delete'] });
    assert.ok(((await run('snapdir.deleteCopies')) ?? 0) >= 1);
    assert.match(asked.at(-2)?.text ?? '', /is in no snapshot and goes for good/u);
    assert.ok(!existsSync(dirname(copy)));
    assert.equal(read('ob/src/a.txt'), 'new a\n');
  });
});
