import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RemoteNode } from '../../src/ui/tree/remoteNodes';
import { tempDir } from '../support/tempDir';
import {
  activate,
  answer,
  change,
  eventually,
  run,
  take,
  type Extension,
} from './support/extension';
import { inGitRepository } from './support/gitRepository';
import { teammate } from './support/teammate';

suite('what is offered: stores to add, places to promote to, names', () => {
  let extension: Extension;
  const bucket = join(tempDir('snapdir-bucket-'), 'team store');
  const mate = teammate(bucket);
  const rows = (node?: RemoteNode): Promise<RemoteNode[]> =>
    extension.test.remotesTree.getChildren(node);

  suiteSetup(async () => {
    extension = await activate();
    mkdirSync(bucket);
    answer(extension.test, { pick: ['Folder'], folder: [bucket], input: ['team'] });
    assert.equal(await run('snapdir.addStore'), 'team');
    await take('to promote');
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
    await configuration.update('defaultRemote', undefined, vscode.ConfigurationTarget.Global);
  });

  test('an endpoint that does not encrypt is only used when somebody says so', async () => {
    const script = (...modal: string[]): Parameters<typeof answer>[1] => ({
      ...{ pick: ['S3 Bucket', 'None'], modal },
      input: ['http://store.invalid/bucket/x', 'insecure'],
    });
    const refused = answer(extension.test, script());
    assert.equal(await run('snapdir.addStore'), undefined);
    assert.deepEqual(refused.at(-1)?.buttons, ['Use It Anyway']);
    answer(extension.test, script('Use It Anyway', 'Add Anyway'));
    assert.equal(await run('snapdir.addStore'), 'insecure');
    const configuration = vscode.workspace.getConfiguration('snapdir');
    const { team, insecure } = configuration.get<Record<string, object>>('remotes') ?? {};
    assert.deepEqual(insecure, {
      ...{ url: 's3://bucket/x', endpoint: 'http://store.invalid' },
      ...{ allowInsecure: true, auth: 'anonymous' },
    });
    await configuration.update('remotes', { team }, vscode.ConfigurationTarget.Global);
    await eventually('one store', async () => (await rows()).length === 1);
  });

  test('the limit of transfers is that of the settings', async () => {
    const configuration = vscode.workspace.getConfiguration('snapdir');
    await configuration.update('transferLimit', 100, vscode.ConfigurationTarget.Global);
    change({ 'limited.bin': randomBytes(150_000).toString('base64') });
    const limited = await take('limited');
    answer(extension.test);
    const began = performance.now();
    await run('snapdir.promote', { rev: limited.id, name: 'limited', store: 'team' });
    const took = performance.now() - began;
    await configuration.update('transferLimit', undefined, vscode.ConfigurationTarget.Global);
    change({ 'limited.bin': null });
    assert.ok(took > 1500, `200 KB at 100 KB a second took ${took} ms`);
  });

  test('a name that is too long, here or for a store, is told while it is typed', async () => {
    answer(extension.test);
    await run('snapdir.promote', { rev: 'HEAD', name: 'so-that-there-is-a-list' });
    // In a store each of these letters counts 6, and there is room for 200.
    const names = ['n'.repeat(101), 'ä'.repeat(34), 'ä'.repeat(33)];
    const said = async (place: string): Promise<unknown[]> => {
      const [rows, box]: unknown[][] = [[], []];
      extension.test.setPrompts({
        pick: async (items) => (await items).find(({ label }) => label === place),
        pickOrType: (items, _, typed) => {
          rows!.push(...names.map((name) => typed(name)?.description));
          return Promise.resolve(items.find(({ label }) => label === 'New Name…'));
        },
        input: (options) => {
          box!.push(...names.map((name) => options.validateInput?.(name)));
          return Promise.resolve(undefined);
        },
      });
      assert.equal(await run('snapdir.promote', { rev: 'HEAD' }), undefined);
      assert.deepEqual(rows, box);
      return box!;
    };
    const long = 'it must have 1 to 100 characters';
    assert.deepEqual(await said('This Workspace Only'), [long, undefined, undefined]);
    const [here, there, fits] = await said('team');
    assert.deepEqual([here, fits], [long, undefined]);
    assert.match(String(there), /^it is too long for a store: at most 200, /u);
  });

  test('Git is offered where there is Git, and the names that a store is known to hold', async () => {
    const kinds = answer(extension.test);
    await run('snapdir.addStore');
    assert.deepEqual(kinds[0]?.buttons, ['Folder', 'S3 Bucket']);
    await mate.cli('take');
    await mate.cli('promote', 'HEAD', 'of-the-team', '--to', `file://${bucket}`);
    const configuration = vscode.workspace.getConfiguration('snapdir');
    const remotes = configuration.get<Record<string, object>>('remotes');
    const added = { ...remotes, git: { url: 'git:' } };
    await configuration.update('remotes', added, vscode.ConfigurationTarget.Global);
    await eventually('both stores', () => extension.test.remotes.all.length === 2);
    await run('snapdir.promote', { rev: 'HEAD', name: 'kept-here' });
    // Somebody looks.
    await rows((await rows())[0]);
    const asked = answer(extension.test, { pick: ['team'] });
    assert.equal(await run('snapdir.promote', { rev: 'HEAD' }), undefined);
    const [places, names] = asked.filter(({ kind }) => kind.startsWith('pick'));
    assert.deepEqual(places?.buttons, ['team', 'This Workspace Only']);
    const at = names?.buttons.indexOf('of-the-team') ?? -1;
    assert.match(names?.descriptions?.[at] ?? '', /^in "team" · now · .+@.+$/u);
    const local = names?.buttons.indexOf('kept-here') ?? -1;
    assert.equal(names?.descriptions?.[local], 'in this workspace');
    // What is typed into the list is the name, and nothing more is asked.
    const typed = answer(extension.test, { pick: ['team'], typed: 'of-one-go' });
    await run('snapdir.promote', { rev: 'HEAD' });
    assert.deepEqual(
      typed.map(({ kind }) => kind),
      ['pick', 'pickOrType', 'info'],
    );
    assert.match(typed.at(-1)?.text ?? '', /is now "of-one-go" in "team"/u);
    process.env['SNAPDIR_STORE'] = 'git';
    try {
      await inGitRepository(async () => {
        const again = answer(extension.test);
        await run('snapdir.promote', { rev: 'HEAD' });
        assert.deepEqual(again[0]?.buttons, ['Git Repository', 'team', 'This Workspace Only']);
      });
    } finally {
      delete process.env['SNAPDIR_STORE'];
      await configuration.update('remotes', remotes, vscode.ConfigurationTarget.Global);
    }
    await eventually('one store', () => extension.test.remotes.all.length === 1);
  });
});
