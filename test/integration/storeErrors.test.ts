// Errors of stores that are in the settings: what may help is a button, is written to the settings, and is tried at once.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { refEntryKey } from '../../src/core/promotion/refEntry';
import { parseRemote } from '../../src/core/remote';
import { FaultServer } from '../support/faultServer';
import { tempDir } from '../support/tempDir';
import { testCertificate } from '../support/testCertificate';
import {
  activate,
  answer,
  change,
  eventually,
  firstRepository,
  labelOf,
  run,
  take,
  type Asked,
  type Extension,
} from './support/extension';

suite('errors of configured stores', function () {
  this.timeout(60_000);
  let extension: Extension;
  let server: FaultServer;
  const configuration = (): vscode.WorkspaceConfiguration =>
    vscode.workspace.getConfiguration('snapdir');
  const configure = async (fields: object | undefined): Promise<void> => {
    const remotes = fields && { team: { ...place(), ...fields } };
    await configuration().update('remotes', remotes, vscode.ConfigurationTarget.Global);
  };
  const place = (): object => ({ url: 's3://bucket/x', endpoint: server.endpoint });
  const fields = (): object | undefined =>
    configuration().get<Record<string, object>>('remotes')?.['team'];
  const works = (asked: Asked[]): Promise<true> =>
    eventually('a store that works', () => asked.some(({ text }) => text.includes('works:')));
  const buttonsOf = (asked: Asked[]): readonly string[] | undefined =>
    asked.find(({ kind }) => kind === 'error')?.buttons;

  suiteSetup(async () => {
    extension = await activate();
  });
  setup(async () => {
    server = await new FaultServer().start();
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await server.stop();
    await configure(undefined);
    await extension.test.remotes.ports.keys.forget('team');
  });

  test('no keys: they are asked for, and the store is tried again', async () => {
    await configure({ auth: 'stored' });
    const asked = answer(extension.test, {
      ...{ message: ['Set Credentials…'], input: ['AKIDGOOD', 'secret', ''] },
    });
    await run('snapdir.testStore', { store: 'team' });
    await works(asked);
    assert.deepEqual(buttonsOf(asked), ['Set Credentials…', 'Try Again']);
    const { keys } = extension.test.remotes.ports;
    const remote = parseRemote('team', { ...place(), auth: 'stored' });
    assert.equal((await keys.get(remote))?.accessKeyId, 'AKIDGOOD');
    assert.deepEqual(fields(), { ...place(), auth: 'stored' });
  });

  test('a certificate that is not trusted: its file goes into the settings', async () => {
    await server.stop();
    server = await new FaultServer(testCertificate).start();
    const caFile = join(tempDir(), 'ca.pem');
    writeFileSync(caFile, testCertificate.cert);
    await configure({ auth: 'anonymous' });
    const choose = 'Choose a Certificate File…';
    const asked = answer(extension.test, { message: [choose], file: [caFile] });
    await run('snapdir.testStore', { store: 'team' });
    await works(asked);
    assert.equal(buttonsOf(asked)?.[0], choose);
    assert.deepEqual(fields(), { ...place(), auth: 'anonymous', caFile });
  });

  test('a folder whose disk is away: tried again once it is back', async () => {
    const path = join(tempDir(), 'disk');
    const remotes = { team: { url: `file://${path}` } };
    await configuration().update('remotes', remotes, vscode.ConfigurationTarget.Global);
    const { id } = await take('for the folder');
    const asked = answer(extension.test, {
      stays: (text) => {
        if (!text.includes('disk is mounted')) {
          return undefined;
        }
        mkdirSync(path);
        return Promise.resolve('Try Again');
      },
    });
    await run('snapdir.promote', { rev: id, name: 'main', store: 'team' });
    await eventually('promoted', () => asked.some(({ text }) => text.includes('is now "main"')));
    assert.deepEqual(buttonsOf(asked), ['Try Again', 'Open Settings']);
  });

  test('a promotion is tried again with what was asked for; the list offers what may help, too', async () => {
    await configure({ auth: 'anonymous' });
    let times = 0;
    server.fault = () => (times++ === 0 ? { status: 404, code: 'NoSuchBucket' } : undefined);
    const { id } = await take('for the store');
    const asked = answer(extension.test, { message: ['Try Again'] });
    await run('snapdir.promote', { rev: id, name: 'main', store: 'team' });
    await eventually('promoted', () => asked.some(({ text }) => text.includes('is now "main"')));
    assert.deepEqual(buttonsOf(asked), ['Try Again', 'Open Settings']);

    const tree = extension.test.remotesTree;
    server.fault = ({ headers }) =>
      headers.authorization === undefined ? { status: 403, code: 'AccessDenied' } : undefined;
    await run('snapdir.refreshStores');
    const [store] = await tree.getChildren();
    const [row] = await tree.getChildren(store);
    const item = tree.getTreeItem(row!);
    assert.match(labelOf(item), /s3:ListBucket.* Click for what may help\.$/u);
    const again = answer(extension.test, {
      ...{ message: ['Set Credentials…'], input: ['AKIDGOOD', 'secret', ''] },
    });
    const { command, arguments: given = [] } = item.command!;
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
    await eventually('the list', async () => {
      const [first] = await tree.getChildren((await tree.getChildren())[0]);
      return first?.kind === 'remoteName' && first.of.name === 'main';
    });
    assert.deepEqual(buttonsOf(again), ['Set Credentials…', 'Try Again']);
    assert.deepEqual(fields(), { ...place(), auth: 'stored' });
  });

  test('a name that cannot be read is a row that says why, among the others', async () => {
    await configure({ auth: 'anonymous' });
    const { id } = await take('for the names');
    answer(extension.test);
    await run('snapdir.promote', { rev: id, name: 'good', store: 'team' });
    server.objects.set('x/.refs/newer/head', Buffer.from('{"v":2}\n'));
    await run('snapdir.refreshStores');
    const tree = extension.test.remotesTree;
    const rows = await tree.getChildren((await tree.getChildren())[0]);
    assert.deepEqual(
      rows.map((row) => labelOf(tree.getTreeItem(row))),
      ['good', '"newer" cannot be read: a newer version of Snapdir wrote it'],
    );
  });

  test('a name of which nobody can tell what it stands for moves once somebody says so, and the question says what is lost', async () => {
    await configure({ auth: 'anonymous' });
    const first = await take('before');
    answer(extension.test);
    await run('snapdir.promote', { rev: first.id, name: 'main', store: 'team' });
    const entry = { id: first.snapshot, parents: [], by: 'mallory@test', nonce: 'f'.repeat(16) };
    const newer = `x/${refEntryKey('main', { ...entry, at: Date.now() + 1000 })}`;
    for (const key of [newer, 'x/.refs/main/head']) {
      server.objects.set(key, Buffer.from('{"v":2}\n'));
    }
    change({ 'forced.txt': `forced ${Date.now()}\n` });
    const { id, snapshot } = await take('forced');
    assert.notEqual(snapshot, first.snapshot);
    const promote = (): ReturnType<typeof run<'snapdir.promote'>> =>
      run('snapdir.promote', { rev: id, name: 'main', store: 'team' });
    // Nobody wants it: the store stays as it is.
    const before = [...server.objects.keys()];
    const asked = answer(extension.test);
    assert.equal(await promote(), undefined);
    const question = asked.find(({ kind }) => kind === 'modal');
    assert.deepEqual(question?.buttons, ['Promote Anyway', 'Promote Under Another Name…']);
    assert.match(
      question?.text ?? '',
      /^What "main" stands for in "team" cannot be read: a newer version of Snapdir wrote it\.\n[^]*no longer stands for it[^]*Nothing in the store is deleted/u,
    );
    assert.ok(!asked.some(({ kind }) => kind === 'error'));
    assert.deepEqual([...server.objects.keys()], before);
    // Another name.
    answer(extension.test, {
      ...{ modal: ['Promote Under Another Name…'], pick: ['New Name…'], input: ['beside'] },
    });
    const beside = await promote();
    assert.ok(beside && 'name' in beside && beside.name === 'beside');
    // This one all the same.
    answer(extension.test, { modal: ['Promote Anyway'] });
    const done = await promote();
    assert.ok(done && 'sent' in done && done.changed && done.snapshot === snapshot);
    assert.ok(server.objects.has(newer));
    const entries = [...server.objects].filter(([key]) => key.startsWith('x/.refs/main/'));
    const follows = entries.filter(([key]) => key.includes(`.${entry.nonce}`));
    assert.equal(follows.length, 1, entries.map(([key]) => key).join());
    await run('snapdir.refreshStores');
    const tree = extension.test.remotesTree;
    const rows = await tree.getChildren((await tree.getChildren())[0]);
    assert.deepEqual(
      rows.map((row) => labelOf(tree.getTreeItem(row))),
      ['beside', 'main'],
    );
    const { engine } = firstRepository(extension.test);
    for (const name of ['main', 'beside']) {
      await engine.setRef({ name, rev: null });
    }
    change({ 'forced.txt': null });
  });
});
