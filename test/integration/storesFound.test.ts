import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RemoteNode } from '../../src/ui/tree/remoteNodes';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import {
  activate,
  answer,
  eventually,
  firstRepository,
  labelOf,
  root,
  run,
  take,
  type Asked,
  type Extension,
} from './support/extension';
import { inGitRepository } from './support/gitRepository';
import { teammate } from './support/teammate';

suite('stores that settings do not name', () => {
  let extension: Extension;

  const rows = (node?: RemoteNode): Promise<RemoteNode[]> =>
    extension.test.remotesTree.getChildren(node);
  const itemOf = (row: RemoteNode): vscode.TreeItem => extension.test.remotesTree.getTreeItem(row);

  suiteSetup(async () => {
    extension = await activate();
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
    await configuration.update('defaultRemote', undefined, vscode.ConfigurationTarget.Global);
  });

  test('without any store Promote… offers the Git repository of the folder, and to add a store', async () => {
    const target = await take('for Git');
    const promotion = (...place: string[]): Promise<unknown> => {
      asked = answer(extension.test, { pick: [...place, 'New Name…'], input: ['found'] });
      return run('snapdir.promote', { rev: target.id });
    };
    const choices = (): readonly string[] | undefined =>
      asked.find(({ buttons }) => buttons.includes('This Workspace Only'))?.buttons;
    const { engine } = firstRepository(extension.test);
    let asked: Asked[] = [];
    const added = tempDir('snapdir-bucket-');
    // In no repository there is nothing to ask but the name.
    await promotion();
    assert.equal(choices(), undefined);
    assert.deepEqual((await extension.api.checkpoints(root()))[0]?.refs, ['found']);
    await engine.setRef({ name: 'found', rev: null });
    const git = (...args: string[]): string =>
      spawnSync('git', ['-C', root(), ...args], { encoding: 'utf8' }).stdout;
    await inGitRepository(async () => {
      // Nobody chose it: it is none of this person's stores.
      assert.equal(await promotion('nothing'), undefined);
      assert.deepEqual(choices(), ['Git Repository', 'This Workspace Only', 'Add Store…']);
      assert.deepEqual(extension.test.remotes.all, []);
      assert.ok(await promotion('Git Repository'));
      assert.match(git('for-each-ref', 'refs/snapdir'), /found/u);
      assert.deepEqual(
        extension.test.remotes.all.map(({ name, isDefault }) => [name, isDefault]),
        [['git', true]],
      );
      const [row] = await rows();
      assert.equal(labelOf(itemOf((await rows(row))[0]!)), 'found');
      await extension.test.remotes.remove(extension.test.remotes.get('git'));
      asked = answer(extension.test, {
        ...{ pick: ['Add Store…', 'Folder', 'New Name…'], folder: [added] },
        input: ['added', 'other'],
      });
      const done = await run('snapdir.promote', { rev: target.id });
      assert.ok(done?.changed && existsSync(join(added, '.refs')));
      await extension.test.remotes.remove(extension.test.remotes.get('added'));
      await engine.setRef({ name: 'found', rev: null });
      await engine.setRef({ name: 'other', rev: null });
    });
  });

  test('a clone with promotions in Git: they are seen and fetched, though nobody added a store', async () => {
    const origin = join(tempDir(), 'origin.git');
    const { folder: theirs, cli } = teammate(tempDir());
    const refs = 'refs/snapdir/*:refs/snapdir/*';
    const git = (dir: string, ...args: string[]): void => {
      const { status, stderr } = spawnSync('git', ['-C', dir, ...args], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    const stores = async (): Promise<string[]> => (await rows()).map((row) => labelOf(itemOf(row)));
    await inGitRepository(async () => {
      git(tempDir(), 'init', '-q', '--bare', origin);
      git(theirs, 'init', '-q');
      fileTree(theirs, { 'of-a-teammate.txt': 'tea' });
      await cli('take', '-m', 'theirs');
      await cli('promote', 'HEAD', 'tea', '--to', 'git');
      git(theirs, 'push', '-q', origin, refs);
      await run('snapdir.refreshStores');
      assert.deepEqual(await stores(), []);
      git(root(), 'fetch', '-q', origin, refs);
      // Its refs are watched: nobody has to ask.
      await eventually('the row of Git', async () => (await stores()).length > 0);
      assert.deepEqual(await stores(), ['Git Repository']);
      const [row] = await rows();
      assert.equal(itemOf(row!).contextValue, 'store.found');
      assert.deepEqual(extension.test.remotes.all, [], 'it is none of this person');
      const [name] = await rows(row);
      assert.match(String(itemOf(name!).description), /^not here · /u);
      answer(extension.test, { pick: ['tea'] });
      const fetched = await run('snapdir.fetch');
      assert.deepEqual([fetched?.name, fetched?.ref], ['tea', 'git/tea']);
      const said = answer(extension.test);
      assert.equal(await run('snapdir.removeStore'), undefined);
      assert.match(said[0]?.text ?? '', /no store for this/u);
    });
    await run('snapdir.refreshStores');
    assert.deepEqual(await stores(), []);
  });

  test('keys of a store that was taken out of the settings by hand can still be forgotten', async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    const before = configuration.get<Record<string, object>>('remotes', {});
    const update = (of: Record<string, object>): Thenable<void> =>
      configuration.update('remotes', { ...before, ...of }, vscode.ConfigurationTarget.Global);
    const bucketAt = (host: string): object => ({
      ...{ url: 's3://some-bucket/x', endpoint: `https://${host}.invalid`, auth: 'stored' },
    });
    const { keys } = extension.test.remotes.ports;
    // What other suites left.
    for (const store of await extension.test.remotes.leftWithKeys()) {
      answer(extension.test);
      assert.equal(await run('snapdir.forgetCredentials', { store }), true);
    }
    await update({ first: bucketAt('one'), second: bucketAt('two') });
    const remotes = ['first', 'second'].map((name) => {
      const entry = extension.test.remotes.get(name);
      assert.ok(entry.kind === 'remote');
      return entry.remote;
    });
    for (const remote of remotes) {
      await keys.set(remote, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary' });
    }
    // One is gone, the other is a folder now.
    await update({ second: { url: 'file:///nowhere' } });
    const asked = answer(extension.test, { pick: ['first'] });
    assert.equal(await run('snapdir.forgetCredentials'), true);
    assert.deepEqual(asked[0]?.buttons, ['first', 'second']);
    assert.match(asked[0].descriptions?.[0] ?? '', /not in your settings any more/u);
    assert.equal(asked.at(-1)?.text, 'The keys for "first" are forgotten.');
    assert.equal(await keys.get(remotes[0]!), undefined);
    assert.ok(await keys.get(remotes[1]!));
    await update({});
    answer(extension.test);
    assert.equal(await run('snapdir.forgetCredentials', { store: 'second' }), true);
    assert.equal(await keys.get(remotes[1]!), undefined);
    const none = answer(extension.test);
    assert.equal(await run('snapdir.forgetCredentials'), undefined);
    assert.equal(none[0]?.text, 'There are no keys in the secret storage.');
    const unknown = answer(extension.test);
    await run('snapdir.forgetCredentials', { store: 'first' });
    assert.match(unknown[0]?.text ?? '', /^No store is called "?first/u);
  });
});
