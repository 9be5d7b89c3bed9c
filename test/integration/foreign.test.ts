import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import { tempDir } from '../support/tempDir';
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
  type Asked,
  type Extension,
} from './support/extension';

const RUNS = 'foreign/.vscode/tasks.json';

suite('what came from elsewhere, and an editor would run', () => {
  let extension: Extension;
  let theirs: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
    const { engine, settings } = firstRepository(extension.test);
    change({ [RUNS]: '{}\n', 'foreign/plain.json': '{ "tasks": ["theirs"] }\n' });
    const { rules } = settings;
    theirs = (await engine.take({ trigger: 'import', rules, message: 'theirs' })).checkpoint;
    change({ [RUNS]: null });
    await take('without it');
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(() => change({ foreign: null }));

  const restoreTo = (mode: string): Promise<string | undefined> =>
    run('snapdir.restoreTo', {
      ...{ rev: theirs.id, folder: root(), path: 'foreign' },
      ...{ mode, destination: tempDir() },
    });
  const plan = (asked: Asked[]): string => asked.find(({ kind }) => kind === 'modal')?.text ?? '';

  for (const mode of ['at', 'safe']) {
    test(`is listed, and stays out of another place unless it is ticked: ${mode}`, async () => {
      const asked = answer(extension.test, { many: [] });
      const path = await restoreTo(mode);
      assert.ok(path !== undefined && existsSync(join(path, 'plain.json')), 'the rest is there');
      assert.ok(!existsSync(join(path, '.vscode')));
      assert.deepEqual([asked[0]?.kind, asked[0]?.buttons], ['pickMany', [RUNS]]);
      assert.match(asked.at(-1)?.text ?? '', /1 that an editor, Git or npm would run left out/u);
      answer(extension.test, { many: [RUNS] });
      const whole = await restoreTo(mode);
      assert.ok(whole !== undefined && existsSync(join(whole, '.vscode/tasks.json')));
      answer(extension.test);
      assert.equal(await restoreTo(mode), undefined, 'the list was left: nothing happens');
    });
  }

  test('is not asked about where it is my own', async () => {
    const own = await take('mine');
    const asked = answer(extension.test);
    const request = { rev: own.id, folder: root(), mode: 'safe', destination: tempDir() };
    assert.ok((await run('snapdir.restoreTo', request)) !== undefined);
    assert.ok(asked.every(({ kind }) => kind === 'info'));
  });

  test('stays out of a copy opened beside, and what comes back out of one is still theirs', async () => {
    const argument = { rev: theirs.id, folder: root() };
    const real = vscode.commands.executeCommand;
    // A second window would end this test run.
    (vscode.commands as { executeCommand: unknown }).executeCommand = (
      command: string,
      ...args: unknown[]
    ) => (command === 'vscode.openFolder' ? Promise.resolve() : real(command, ...args));
    try {
      answer(extension.test, { many: [] });
      const without = await run('snapdir.openInNewWindow', argument);
      assert.ok(without !== undefined && existsSync(join(without, 'foreign/plain.json')));
      assert.ok(!existsSync(join(without, RUNS)));
      answer(extension.test, { many: [RUNS] });
      const copy = await run('snapdir.openInNewWindow', argument);
      assert.ok(copy !== undefined && existsSync(join(copy, RUNS)));
      const asked = answer(extension.test, { modal: [] });
      await run('snapdir.bringBack', vscode.Uri.file(join(copy, 'foreign')));
      assert.match(plan(asked), /came from elsewhere[^]*foreign\/\.vscode\/tasks\.json/u);
      assert.ok(!existsSync(join(root(), RUNS)));
    } finally {
      (vscode.commands as { executeCommand: unknown }).executeCommand = real;
    }
  });

  test('is not brought by a file that had another name then', async () => {
    change({ 'foreign/plain.json': null, [RUNS]: '{ "tasks": ["theirs"] }\n' });
    await take('moved');
    change({ [RUNS]: '{ "tasks": ["mine"] }\n' });
    await take('mine again');
    const uri = vscode.Uri.file(join(root(), RUNS));
    await vscode.commands.executeCommand('vscode.open', uri);
    await run('snapdir.showFileHistory');
    const row = await eventually('the version under the old name', async () =>
      ((await extension.test.historyTree.getChildren()) ?? []).find(
        (one) =>
          one.kind === 'version' && one.path === 'foreign/plain.json' && one.rev === theirs.id,
      ),
    );
    const asked = answer(extension.test, { modal: [] });
    await run('snapdir.restoreContents', row);
    assert.match(plan(asked), /came from elsewhere[^]*foreign\/\.vscode\/tasks\.json/u);
    await closeEditors();
  });
});
