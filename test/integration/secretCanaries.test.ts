import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { userHome } from '../../src/engine/home/userHome';
import { Canaries, inFiles, textOf } from '../reliability/support/canaries';
import { FaultServer, type WireFault } from '../support/faultServer';
import {
  activate,
  answer,
  change,
  eventually,
  root,
  run,
  take,
  type Asked,
  type Extension,
} from './support/extension';

const { Global } = vscode.ConfigurationTarget;
const STORES = 20;
const refusal = (status: number, code: string, message = ''): WireFault => ({
  ...{ status, code, message },
});

/** What a server says no with; some name the key that they were shown, as real ones do. */
function refusals(id: string, token: string): WireFault[] {
  return [
    refusal(403, 'InvalidAccessKeyId', `The AWS Access Key Id ${id} does not exist.`),
    refusal(403, 'SignatureDoesNotMatch', `AWS4-HMAC-SHA256 Credential=${id}/20260101/x`),
    refusal(400, 'ExpiredToken', `The token ${token} has expired.`),
    refusal(403, 'AccessDenied', `User ${id} is not authorized.`),
    refusal(400, 'InvalidToken', `The provided token ${token} is malformed.`),
    refusal(404, 'NoSuchBucket', 'The bucket does not exist.'),
    refusal(400, 'SomethingElse', `What is ${id} with ${token}?`),
    { html: 200 },
    { status: 301, code: 'PermanentRedirect', message: id },
    { status: 403 },
  ];
}

suite('T16: a hundred made-up secrets in the editor', function () {
  this.timeout(180_000);
  let extension: Extension;
  let server: FaultServer;
  const canaries = new Canaries();
  /** What people were shown and asked. */
  const told: Asked[] = [];
  const files = inFiles(canaries);

  const ask = (script: Parameters<typeof answer>[1] = {}): Asked[] => {
    told.push(...asked);
    asked = answer(extension.test, script);
    return asked;
  };
  let asked: Asked[] = [];
  const inBucket = (): string =>
    [...server.objects].map(([key, bytes]) => `${key}\n${bytes.toString('latin1')}`).join('\n');

  suiteSetup(async () => {
    extension = await activate();
    server = await new FaultServer().start();
    change(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`canaries/${path}`, text])),
    );
    const { endpoint } = server;
    const names = Array.from({ length: STORES }, (_, n) => `keyed${n}`);
    const store = (name: string): object => ({
      ...{ url: `s3://bucket/${name}`, endpoint, allowInsecure: true },
    });
    const remotes = Object.fromEntries(names.map((name) => [name, store(name)]));
    await vscode.workspace.getConfiguration('snapdir').update('remotes', remotes, Global);
  });
  suiteTeardown(async () => {
    extension.test.setPrompts(undefined);
    await vscode.workspace.getConfiguration('snapdir').update('remotes', undefined, Global);
    change({ canaries: null, 'snapdir.json': null });
    await server.stop();
  });

  /** Keys that a person enters, and promotions of which half are refused by the server. */
  async function promoteWithKeys(rev: string, n: number): Promise<void> {
    const store = `keyed${n}`;
    const [id, secret, token] = [canaries.upper(20), canaries.make(40), canaries.make(60)];
    ask({ input: [id, secret, token] });
    assert.equal(await run('snapdir.setCredentials', { store }), true);
    const entry = extension.test.remotes.get(store);
    assert.ok(entry.kind === 'remote');
    const kept = await extension.test.remotes.ports.keys.get(entry.remote);
    assert.equal(kept?.secretAccessKey, secret, 'they are in the secret storage');
    const before = server.asked.length;
    const fault = n % 2 === 0 ? undefined : refusals(id, token)[(n - 1) / 2];
    server.fault = () => fault;
    const here = ask({ modal: ['Leave Them Out'] });
    const done = await run('snapdir.promote', { rev, name: 'main', store });
    server.fault = () => undefined;
    const used = server.asked.slice(before).map(({ headers }) => JSON.stringify(headers));
    assert.ok(
      used.some((headers) => headers.includes(id) && headers.includes(token)),
      store,
    );
    if (fault === undefined) {
      assert.ok(done && 'leftOut' in done && done.leftOut.length === 40, here.at(-1)?.text);
    } else {
      assert.equal(done, undefined);
      await eventually('what is said of it', () => here.some(({ kind }) => kind === 'error'));
    }
    ask();
    await run('snapdir.testStore', { store });
  }

  test('none is in what is shown, logged, recorded or kept, nor in the bucket', async () => {
    const { id: rev } = await take('with canaries');
    const before = canaries.all.length;
    for (let n = 0; n < STORES; n++) {
      await promoteWithKeys(rev, n);
    }
    assert.deepEqual([before % 60, canaries.all.length - before], [40, 60]);
    const refused = ask({ modal: [] });
    assert.equal(await run('snapdir.promote', { rev, name: 'x', store: 'keyed0' }), undefined);
    assert.match(refused[0]?.text ?? '', /canaries\/a0\/\.env/u);
    await run('snapdir.refreshStores');
    told.push(...asked);
    await vscode.commands.executeCommand('workbench.action.files.saveAll');

    const { logFolder } = extension.test;
    // The output channel is written to the disk by and by.
    const logs = (): string => textOf(join(logFolder, '..', '..'));
    await eventually(
      'the log',
      () => existsSync(logFolder) && logs().includes(`keyed${STORES - 1}`),
      20_000,
    );
    const home = userHome(process.env, process.platform);
    const settings = vscode.workspace.getConfiguration();
    const places: Record<string, string> = {
      'what people are shown': JSON.stringify(told),
      'the logs': logs(),
      'all else that the server of VS Code keeps': textOf(join(logFolder, '..', '..', '..', '..')),
      settings: JSON.stringify([settings.inspect('snapdir.remotes'), settings.get('snapdir')]),
      'records and caches': textOf(join(root(), '.snapdir'), ['.objects', '.manifests']),
      "the user's own folder":
        home !== undefined && existsSync(home) ? textOf(home, ['vault']) : '',
      'the bucket': inBucket(),
    };
    const leaks = Object.entries(places).flatMap(([where, text]) =>
      canaries.in(text).map((canary) => `${canary.slice(0, 4)}… in ${where}`),
    );
    assert.deepEqual(leaks, []);
    // What is looked for can be found: sent on purpose, it is there.
    ask({ modal: ['Send Anyway'] });
    assert.ok(await run('snapdir.promote', { rev, name: 'all', store: 'keyed0' }));
    assert.equal(canaries.in(inBucket()).length, 40, 'the search finds what is there');
  });
});
