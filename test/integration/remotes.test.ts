import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RemoteNameNode, RemoteNode } from '../../src/ui/tree/remoteNodes';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import {
  activate,
  answer,
  change,
  checkpointRow,
  closeEditors,
  eventually,
  labelOf,
  root,
  run,
  take,
  type Extension,
} from './support/extension';
import { inGitRepository } from './support/gitRepository';
import { teammate } from './support/teammate';

suite('permanent stores', () => {
  let extension: Extension;
  const bucket = join(tempDir('snapdir-bucket-'), 'team store');
  const mate = teammate(bucket);

  const rows = (node?: RemoteNode): Promise<RemoteNode[]> =>
    extension.test.remotesTree.getChildren(node);
  const storeRow = async (): Promise<RemoteNode> => (await rows())[0]!;
  const nameRow = async (name: string): Promise<RemoteNameNode> => {
    await run('snapdir.refreshStores');
    const all = await rows(await storeRow());
    const found = all.find((row) => row.kind === 'remoteName' && row.of.name === name);
    assert.ok(found?.kind === 'remoteName', `${name} among ${all.length} rows`);
    return found;
  };
  const itemOf = (row: RemoteNode): vscode.TreeItem => extension.test.remotesTree.getTreeItem(row);

  suiteSetup(async () => {
    extension = await activate();
    mkdirSync(bucket);
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
    await configuration.update('defaultRemote', undefined, vscode.ConfigurationTarget.Global);
  });

  test('a folder is added in three steps that are counted, tried out, and becomes the default', async () => {
    assert.deepEqual(await rows(), []);
    const asked = answer(extension.test, { pick: ['Folder'], folder: [bucket], input: ['team'] });
    assert.equal(await run('snapdir.addStore'), 'team');
    const titles = asked.filter(({ kind }) => kind !== 'info').map(({ text }) => text);
    assert.deepEqual(titles, ['Add Store (1)', 'Add Store (2/3)', 'Add Store (3/3)']);
    const told = 'The store "team" works and was added. Next, promote a snapshot to it.';
    assert.equal(asked.at(-1)?.text, told);
    const { globalValue } = vscode.workspace.getConfiguration('snapdir').inspect('remotes') ?? {};
    assert.deepEqual(Object.keys(globalValue as object), ['team']);
    assert.equal(vscode.workspace.getConfiguration('snapdir').get('defaultRemote'), 'team');
    const item = itemOf(await storeRow());
    assert.equal(labelOf(item), 'team');
    assert.match(String(item.description), /team store · default$/u);
  });

  test('an empty store says so, and a click asks what to promote to it', async () => {
    const row = itemOf((await rows(await storeRow()))[0]!);
    const words = [labelOf(row), row.description];
    assert.deepEqual(words, ['Nothing was promoted yet', 'click to promote a snapshot']);
    assert.equal(row.accessibilityInformation?.label, words.join(', '));
    const latest = await take('for the click');
    const asked = answer(extension.test, { pick: ['for the click'] });
    const { command, arguments: given = [] } = row.command!;
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['Promote…', `Promote "${latest.message}"`],
      'which snapshot, then its name: the store is known',
    );
  });

  test('a store that does not work is only added when somebody says so', async () => {
    const broken = join(bucket, 'a-file');
    writeFileSync(broken, 'no folder');
    const script = { pick: ['Folder'], folder: [broken], input: ['broken'] };
    const asked = answer(extension.test, script);
    assert.equal(await run('snapdir.addStore'), undefined);
    assert.deepEqual(asked.at(-1)?.buttons, ['Add Anyway']);
    assert.equal((await rows()).length, 1);
    rmSync(broken);
  });

  test('promotes: the name is in the store and the view, a second time nothing is sent', async () => {
    change({ 'promoted/one.txt': 'one\n' });
    const first = await take('first promoted');
    const asked = answer(extension.test, { pick: ['team', 'New Name…'], input: ['main'] });
    const done = await run('snapdir.promote', { rev: first.id });
    assert.ok(done && 'sent' in done && done.sent.objects > 0);
    assert.match(asked.at(-1)?.text ?? '', /is now "main" in "team": \d+ objects, .+ sent/u);
    assert.ok(existsSync(join(bucket, '.refs')));
    const again = answer(extension.test);
    await run('snapdir.promote', { rev: first.id, name: 'main', store: 'team' });
    assert.match(again.at(-1)?.text ?? '', /was "main" in "team" already/u);
    assert.deepEqual(again.at(-1)?.buttons, ['Send Everything Again']);
    rmSync(join(bucket, '.objects'), { recursive: true });
    const anew = answer(extension.test, { message: ['Send Everything Again'] });
    await run('snapdir.promote', { rev: first.id, name: 'main', store: 'team' });
    await eventually('all of it', () => anew.some(({ text }) => text.includes('was sent again')));
    assert.match(
      anew.at(-1)?.text ?? '',
      /^Everything of "main" in "team" was sent again: \d+ obj/u,
    );
    assert.ok(existsSync(join(bucket, '.objects')));
    const item = itemOf(await nameRow('main'));
    assert.match(String(item.description), /^here · .+ · .+ · [\d,.]+ files, /u);
    assert.equal(item.contextValue, 'remoteName.here');
  });

  test('a teammate moves the name: told by whom, theirs is fetched, and then ours goes', async () => {
    fileTree(mate.folder, { 'theirs.txt': 'theirs\n', '.vscode/tasks.json': '{}\n' });
    await mate.cli('take', '-m', 'from a teammate');
    await mate.cli('fetch', 'main');
    await mate.cli('promote', 'HEAD', 'main', '--to', `file://${bucket}`);
    change({ 'promoted/one.txt': 'two\n' });
    const ours = await take('second promoted');
    const asked = answer(extension.test, { message: ['Fetch Theirs'] });
    await run('snapdir.promote', { rev: ours.id, name: 'main', store: 'team' });
    await eventually('the fetch', () => asked.some(({ text }) => text.includes('in the timeline')));
    const told = asked.find(({ kind }) => kind === 'warn');
    assert.match(
      told?.text ?? '',
      /^"main" in "team" was moved by .+@.+ \(.+\)\. Nothing was sent/u,
    );
    assert.deepEqual(told?.buttons, ['Fetch Theirs', 'Promote Under Another Name…']);
    const fetched = (await extension.api.checkpoints(root())).find(
      ({ message }) => message === 'from a teammate',
    );
    assert.deepEqual(fetched?.refs, ['team/main']);
    const row = await checkpointRow(extension.test, fetched.id);
    const item = extension.test.views.timelineTree.getTreeItem(row);
    assert.match(String(item.description), /from team/u);
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'cloud-download');
    const done = await run('snapdir.promote', { rev: ours.id, name: 'main', store: 'team' });
    assert.equal(done?.changed, true);
    const history = await rows(await nameRow('main'));
    assert.deepEqual(
      history.map((one) => one.kind === 'promotion' && [one.of.message, one.of.state, one.of.here]),
      [
        ['second promoted', 'current', true],
        ['from a teammate', 'past', true],
        ['first promoted', 'past', true],
      ],
    );
  });

  test('pulls one promotion of a name: what an editor would run stays out', async () => {
    const history = await rows(await nameRow('main'));
    const theirs = history.find(
      (one) => one.kind === 'promotion' && one.of.message === 'from a teammate',
    );
    const asked = answer(extension.test, { modal: ['Restore'] });
    const result = await run('snapdir.pull', theirs);
    const modal = asked.find(({ kind }) => kind === 'modal');
    assert.match(modal?.text ?? '', /came from elsewhere[^]*\.vscode\/tasks\.json/u);
    assert.ok(result, 'it was restored');
    assert.equal(readFileSync(join(root(), 'theirs.txt'), 'utf8'), 'theirs\n');
    assert.ok(!existsSync(join(root(), '.vscode', 'tasks.json')));
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.ok(!existsSync(join(root(), 'theirs.txt')));
  });

  test('compares with the folder, and copies a name', async () => {
    answer(extension.test);
    await run('snapdir.compareRemote', await nameRow('main'));
    change({ 'promoted/one.txt': 'three\n' });
    await run('snapdir.compareRemote', await nameRow('main'));
    const tab = await eventually(
      'the diff',
      () => vscode.window.tabGroups.activeTabGroup.activeTab,
    );
    assert.match(tab.label, /"main" ↔ Workspace/u);
    await closeEditors();
    assert.equal(await run('snapdir.copyRemoteName', await nameRow('main')), 'main');
    assert.equal(await vscode.env.clipboard.readText(), 'main');
  });

  test('an old message writes into snapdir.json what the name stands for by now, and tells where that fails', async () => {
    const file = join(root(), 'snapdir.json');
    await inGitRepository(async () => {
      const press: ((button: string) => void)[] = [];
      const stays = (): Promise<string | undefined> => new Promise((done) => press.push(done));
      const promote = async (content: string): Promise<string> => {
        change({ 'promoted/kept.txt': content });
        const { id, snapshot } = await take(`kept ${content}`);
        answer(extension.test, { stays });
        await run('snapdir.promote', { rev: id, name: 'kept', store: 'team' });
        return snapshot;
      };
      await promote('old');
      const latest = await promote('new');
      assert.equal(press.length, 2);
      const asked = answer(extension.test);
      press[0]!('Write to snapdir.json');
      await eventually('the file', () => existsSync(file));
      await eventually('its message', () => asked.length === 1);
      const names = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      assert.equal(names['kept'], latest);
      change({ 'snapdir.json': null, 'snapdir.json/in-the-way.txt': '' });
      const failed = answer(extension.test);
      press[1]!('Write to snapdir.json');
      await eventually('the error', () => failed.some(({ kind }) => kind === 'error'));
    });
    change({ 'snapdir.json': null, 'promoted/kept.txt': null });
  });

  test('secrets are asked about once, by path and kind, and can be left out', async () => {
    const key = `ghp_${'a1B2'.repeat(9)}`;
    change({ 'promoted/config.txt': `token: ${key}\n`, 'promoted/.env': 'A=1\n' });
    const secret = await take(`with ${key}`);
    const promoted = { rev: secret.id, name: 'secrets', store: 'team' };
    let asked = answer(extension.test, { modal: [] });
    assert.equal(await run('snapdir.promote', promoted), undefined);
    assert.deepEqual(asked[0]?.buttons, ['Leave Them Out', 'Send Anyway']);
    assert.match(asked[0].text, /config\.txt \(a GitHub token\)/u);
    assert.match(asked[0].text, /\.env \(a file of environment variables\)/u);
    assert.ok(!asked[0].text.includes(key));
    asked = answer(extension.test, { modal: ['Leave Them Out'] });
    const done = await run('snapdir.promote', promoted);
    assert.ok(done && 'leftOut' in done && done.leftOut.length === 2);
    const left = /: 2 files \(.*\.env, [^ ]*config\.txt\)\. The message .* left out\.$/u;
    assert.match(asked.at(-1)?.text ?? '', left);
    change({ 'promoted/config.txt': null, 'promoted/.env': null });
  });

  test('keys are kept for this endpoint and bucket only, and in no settings', async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    const remotes = configuration.get<Record<string, object>>('remotes', {});
    const s3 = { url: 's3://some-bucket/x', endpoint: 'https://s3.invalid' };
    const update = (of: object): Thenable<void> =>
      configuration.update('remotes', { ...remotes, keyed: of }, vscode.ConfigurationTarget.Global);
    await update(s3);
    const canary = 'canary-secret-0123456789';
    answer(extension.test, { input: ['AKIDEXAMPLE', canary, ''] });
    assert.equal(await run('snapdir.setCredentials', { store: 'keyed' }), true);
    const entry = extension.test.remotes.get('keyed');
    assert.ok(entry.kind === 'remote' && entry.remote.auth === 'stored');
    const { keys } = extension.test.remotes.ports;
    assert.equal((await keys.get(entry.remote))?.secretAccessKey, canary);
    assert.equal(await keys.get({ ...entry.remote, endpoint: 'https://evil.invalid' }), undefined);
    const settings = JSON.stringify(vscode.workspace.getConfiguration('snapdir').get('remotes'));
    assert.ok(!settings.includes(canary) && !settings.includes('AKIDEXAMPLE'));
    answer(extension.test);
    assert.equal(await run('snapdir.forgetCredentials', { store: 'keyed' }), true);
    assert.equal(await keys.get(entry.remote), undefined);
    // Somebody edits the settings by hand: what was entered before is forgotten all the same.
    await keys.set(entry.remote, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: canary });
    await update({ ...s3, endpoint: 'https://other.invalid' });
    assert.equal(await run('snapdir.forgetCredentials', { store: 'keyed' }), true);
    assert.equal(await keys.get(entry.remote), undefined);
    await keys.set(entry.remote, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: canary });
    await update({ url: 'broken' });
    assert.equal(extension.test.remotes.get('keyed').kind, 'broken');
    const asked = answer(extension.test, { modal: ['Remove'] });
    assert.equal(await run('snapdir.removeStore', { store: 'keyed' }), true);
    assert.equal(await keys.get(entry.remote), undefined);
    assert.match(asked[0]?.text ?? '', /What it holds stays there/u);
  });

  test('no workspace can add or change a store', async () => {
    change({
      '.vscode/settings.json': JSON.stringify({
        'snapdir.remotes': { team: { url: 'file:///evil' }, evil: { url: 'file:///evil' } },
        'snapdir.defaultRemote': 'evil',
        'snapdir.changesLayout': 'list',
      }),
    });
    await eventually('the settings of the workspace', () => {
      return vscode.workspace.getConfiguration('snapdir').get('changesLayout') === 'list';
    });
    const { all } = extension.test.remotes;
    assert.deepEqual(
      all.map((one) => [one.name, one.kind === 'remote' && one.remote.url.includes('evil')]),
      [['team', false]],
    );
    change({ '.vscode/settings.json': null });
  });

  test('a store out of reach is a row that says so', async () => {
    rmSync(bucket, { recursive: true });
    writeFileSync(bucket, 'no folder any more');
    await run('snapdir.refreshStores');
    const [row] = await rows(await storeRow());
    assert.equal(row?.kind, 'note');
    assert.match(row.label, /Click to try again\.$/u);
    assert.equal(itemOf(row).command?.command, 'snapdir.refreshStores');
  });
});
