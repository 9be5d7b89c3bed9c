import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpenStore } from '../../src/core/permanentStore';
import type { RemoteNameNode, RemoteNode } from '../../src/ui/tree/remoteNodes';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { activate, answer, eventually, run, take, type Extension } from './support/extension';
import { teammate } from './support/teammate';

suite('permanent stores: two at the same time', () => {
  let extension: Extension;
  const bucket = join(tempDir('snapdir-bucket-'), 'team-store');
  const mate = teammate(bucket);
  const configuration = vscode.workspace.getConfiguration('snapdir');

  const rows = (node?: RemoteNode): Promise<RemoteNode[]> =>
    extension.test.remotesTree.getChildren(node);
  const storeRow = async (): Promise<RemoteNode> => (await rows())[0]!;
  const itemOf = (row: RemoteNode): vscode.TreeItem => extension.test.remotesTree.getTreeItem(row);

  suiteSetup(async () => {
    extension = await activate();
    mkdirSync(bucket);
    const team = { url: vscode.Uri.file(bucket).toString() };
    await configuration.update('remotes', { team }, vscode.ConfigurationTarget.Global);
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
  });

  let tries = 0;
  test('both at the same time: who comes second takes another name, and the list shows no conflict', async () => {
    tries += 1;
    // A second try finds the first one's.
    const [name, other] = [`raced-${tries}`, `ours-${tries}`];
    fileTree(mate.folder, { 'theirs.txt': 'theirs\n' });
    await mate.cli('take', '-m', 'from a teammate');
    const ours = await take('ours of two');
    const ports = extension.test.remotes.ports as { openStore: OpenStore };
    const { openStore } = ports;
    const script = { pick: ['New Name…'], input: [other] };
    const asked = answer(extension.test, { ...script, message: ['Promote Under Another Name…'] });
    let isFirst = true;
    // The teammate promotes when this window has looked, and before it publishes.
    ports.openStore = async (...of) => {
      const store = await openStore(...of);
      const put = store.put.bind(store);
      store.put = async (key, ...more) => {
        if (isFirst && key.startsWith(`.refs/${name}/`)) {
          isFirst = false;
          await mate.cli('promote', 'HEAD', name, '--to', `file://${bucket}`);
        }
        return put(key, ...more);
      };
      return store;
    };
    try {
      await run('snapdir.promote', { rev: ours.id, name, store: 'team' });
      await eventually(
        'the other name',
        () => asked.some(({ text }) => text.includes(`is now "${other}"`)),
        30_000,
      );
    } finally {
      ports.openStore = openStore;
    }
    const told = asked.find(({ kind }) => kind === 'warn');
    assert.match(told?.text ?? '', /at the same time .+ Yours is kept beside it\.$/u);
    const listed = async (): Promise<RemoteNameNode[]> =>
      (await rows(await storeRow())).filter((row) => row.kind === 'remoteName');
    // Nobody asks the view to look again.
    const raced = await eventually('no conflict', async () =>
      (await listed()).find(({ of }) => of.name === name && of.aside.length === 0),
    );
    assert.doesNotMatch(String(itemOf(raced).description), /aside/u);
    assert.equal(raced.of.message, 'from a teammate');
    assert.deepEqual(
      (await rows(raced)).map((one) => one.kind === 'promotion' && [one.of.message, one.of.state]),
      [
        ['from a teammate', 'current'],
        ['from a teammate', 'past'],
        ['ours of two', 'past'],
      ],
    );
    assert.ok((await listed()).some(({ of }) => of.name === other));
  });
});
