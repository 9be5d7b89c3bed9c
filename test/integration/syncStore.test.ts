import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import {
  activate,
  answer,
  eventually,
  firstRepository,
  labelOf,
  run,
  take,
  type Extension,
} from './support/extension';
import { teammate } from './support/teammate';

suite('sync with a store', () => {
  let extension: Extension;
  const bucket = join(tempDir('snapdir-bucket-'), 'team-store');
  const mate = teammate(bucket);
  const configuration = vscode.workspace.getConfiguration('snapdir');

  const configure = async (fields: object): Promise<void> => {
    const team = { url: vscode.Uri.file(bucket).toString(), ...fields };
    await configuration.update('remotes', { team }, vscode.ConfigurationTarget.Global);
  };

  suiteSetup(async () => {
    extension = await activate();
    mkdirSync(bucket);
    await configure({});
    await eventually('the store', () => extension.test.remotes.all.length === 1);
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    const { engine } = firstRepository(extension.test);
    for (const name of ['synced', 'moved']) {
      await engine.setRef({ name, rev: null }).catch(() => undefined); // The test took it away.
    }
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
  });

  test('promotes what was set here and fetches what others promoted, in one message', async () => {
    const { engine } = firstRepository(extension.test);
    const { id, snapshot } = await take('synced');
    await engine.setRef({ name: 'synced', rev: id });
    await engine.setRef({ name: 'moved', rev: id });
    fileTree(mate.folder, { 'theirs.txt': 'theirs\n' });
    await mate.cli('take', '-m', 'of a teammate');
    await mate.cli('promote', 'HEAD', 'moved', '--to', `file://${bucket}`);
    await mate.cli('promote', 'HEAD', 'only-theirs', '--to', `file://${bucket}`);
    const asked = answer(extension.test);
    const done = await run('snapdir.syncStore');
    assert.ok(done);
    const promoted = done.pushed.promoted.filter(({ name }) => name === 'synced');
    assert.deepEqual(
      promoted.map((one) => one.snapshot),
      [snapshot],
    );
    assert.deepEqual(
      done.pushed.failed.filter(({ name }) => name === 'moved').map(({ error }) => error.code),
      ['PROMOTION_CONFLICT'],
    );
    assert.ok(done.fetched.length >= 1);
    assert.equal(asked.length, 1);
    assert.equal(asked[0]?.kind, 'warn');
    assert.match(
      asked[0]?.text ?? '',
      /^Synced with "team": \d+ promoted, \d+ fetched\. Moved by somebody else, and left as it is: .*"moved"/u,
    );
    const tree = extension.test.remotesTree;
    const [store] = await tree.getChildren();
    const names = (await tree.getChildren(store)).map((row) => labelOf(tree.getTreeItem(row)));
    assert.ok(names.includes('synced'), names.join());
    assert.match(await mate.cli('remote', 'ls', `file://${bucket}`), /^synced /mu);
    await engine.setRef({ name: 'moved', rev: null });
    const again = answer(extension.test);
    await run('snapdir.syncStore', { store: 'team' });
    assert.match(again[0]?.text ?? '', /^Nothing new to promote to "team" or to fetch\./u);
  });

  test('a store whose settings say so is only read from, and the message tells what stays here', async () => {
    const { engine } = firstRepository(extension.test);
    await engine.setRef({ name: 'only-ours', rev: (await take('only here')).id });
    fileTree(mate.folder, { 'later.txt': 'later\n' });
    await mate.cli('take', '-m', 'later');
    await mate.cli('promote', 'HEAD', 'later-theirs', '--to', `file://${bucket}`);
    await configure({ readOnly: true });
    const asked = answer(extension.test);
    const done = await run('snapdir.syncStore');
    await configure({});
    await engine.setRef({ name: 'only-ours', rev: null });
    assert.ok(done);
    assert.ok(done.kept.includes('only-ours'));
    assert.deepEqual([done.push, done.pushed.failed], [[], []]);
    assert.deepEqual(
      done.fetched.map(({ name }) => name),
      ['later-theirs'],
    );
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['warn'],
    );
    assert.match(
      asked[0]?.text ?? '',
      /^Synced with "team": 0 promoted, 1 fetched\. .*Not promoted, since the store is only read from: .*"only-ours"/u,
    );
    assert.doesNotMatch(await mate.cli('remote', 'ls', `file://${bucket}`), /only-ours/u);
  });

  test('what was left out of a name is left out again, and said', async () => {
    const repository = firstRepository(extension.test);
    const { engine, root } = repository;
    fileTree(root, { 'kept.key': 'a key' });
    const set = async (message: string): Promise<string> => {
      const { id } = await take(message);
      await engine.setRef({ name: 'synced', rev: id });
      return id;
    };
    await set('with a key');
    const prompts = answer(extension.test, { modal: ['Leave Them Out'] });
    await run('snapdir.promote', { rev: 'HEAD', name: 'synced', store: 'team' });
    assert.equal(prompts.length >= 1, true);
    const said = answer(extension.test);
    await run('snapdir.syncStore', { store: 'team' });
    assert.match(said[0]?.text ?? '', /Without what was left out before: "synced"\./u);
    fileTree(root, { 'more.txt': 'more' });
    await set('with more');
    const told = answer(extension.test);
    const done = await run('snapdir.syncStore', { store: 'team' });
    assert.deepEqual(
      done?.pushed.promoted.map((one) => one.leftOut),
      [['kept.key']],
    );
    assert.match(told[0]?.text ?? '', /1 promoted.*Without what was left out before: "synced"\./u);
    rmSync(join(root, 'kept.key'));
  });
});
