// The wizard for a new store: how many questions it asks, and what it offers where the store does not work yet.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parseRemote } from '../../src/core/remote';
import { FaultServer, type Asked as Request, type WireFault } from '../support/faultServer';
import { tempDir } from '../support/tempDir';
import { testCertificate } from '../support/testCertificate';
import { activate, answer, eventually, run, type Asked, type Extension } from './support/extension';

type Script = Parameters<typeof answer>[1];

suite('adding a store', function () {
  this.timeout(60_000);
  let extension: Extension;
  let server: FaultServer;

  suiteSetup(async () => {
    extension = await activate();
  });
  setup(async () => {
    server = await new FaultServer().start();
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await server.stop();
    const configuration = vscode.workspace.getConfiguration('snapdir');
    await configuration.update('remotes', undefined, vscode.ConfigurationTarget.Global);
    await configuration.update('defaultRemote', undefined, vscode.ConfigurationTarget.Global);
  });

  const stores = (): Record<string, object> =>
    vscode.workspace.getConfiguration('snapdir').get<Record<string, object>>('remotes') ?? {};
  const address = (): string => `${server.endpoint}/bucket/x`;
  const place = (): object => ({ url: 's3://bucket/x', endpoint: server.endpoint });
  const denies = (fault: (request: Request) => WireFault | undefined): void => {
    server.fault = fault;
  };
  /** Goes through the wizard for a bucket. */
  async function add(script: Script): Promise<{ added: string | undefined; asked: Asked[] }> {
    const asked = answer(extension.test, { pick: ['S3 Bucket', 'None'], ...script });
    return { added: await run('snapdir.addStore'), asked };
  }

  /** Demands that every question has a number, in order, and that there are as many as they say. */
  function assertCounts(asked: Asked[], most: number): void {
    const steps = asked.flatMap(({ kind, text }) =>
      ['pick', 'input', 'openFolder'].includes(kind) && text.startsWith('Add Store') ? [text] : [],
    );
    const expected = Array.from({ length: most }, (_, at) =>
      at === 0 ? 'Add Store (1)' : `Add Store (${at + 1}/${most})`,
    );
    assert.deepEqual(steps, expected);
    assert.ok(most <= 4);
  }

  test('a bucket takes four questions; nothing more is asked where it works', async () => {
    const { added, asked } = await add({ input: [address(), 'team'] });
    assert.equal(added, 'team');
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['pick', 'input', 'pick', 'input', 'info'],
    );
    assertCounts(asked, 4);
    assert.deepEqual(stores(), { team: { ...place(), auth: 'anonymous' } });
    assert.match(
      asked.at(-1)?.text ?? '',
      /^The store "team" works and was added\. Next, promote/u,
    );
    assert.deepEqual(asked.at(-1)?.buttons, ['Promote…']);
  });

  test('keys are asked for by name, after the four questions, and are in no settings', async () => {
    const keys = ['AKIDTYPED', 'typed-secret', ''];
    const { asked } = await add({
      pick: ['S3 Bucket', 'Enter Keys'],
      input: [address(), 'team', ...keys],
    });
    assertCounts(asked, 4);
    assert.deepEqual(
      asked.slice(4, -1).map(({ text }) => text),
      [1, 2, 3].map((at) => `Credentials for "team" (${at}/3)`),
    );
    assert.deepEqual(stores(), { team: { ...place(), auth: 'stored' } });
    assert.ok(server.asked.some(({ headers }) => headers.authorization?.includes('AKIDTYPED')));
    const left = await add({
      pick: ['S3 Bucket', 'Enter Keys'],
      input: [address(), 'left', 'AKIDTYPED'],
    });
    assert.equal(left.added, undefined, 'who leaves the keys out adds nothing');
    assert.deepEqual(Object.keys(stores()), ['team']);
  });

  test('where a bucket is, and its name, are checked while they are typed; the name is proposed', async () => {
    const typed = async (where: string): Promise<Asked | undefined> =>
      (await add({ input: [where] })).asked.find(({ kind }) => kind === 'input');
    assert.equal((await typed('bucket/prefix'))?.problem, undefined);
    assert.match((await typed('https://s3.example.org'))?.problem ?? '', /bucket is missing/u);
    assert.match((await typed('b2://bucket'))?.problem ?? '', /REGION\.backblazeb2\.com/u);
    assert.match((await typed('http://s3.example.org/b-1'))?.problem ?? '', /read on the way/u);
    const named = async (name: string): Promise<Asked | undefined> =>
      (await add({ input: [address(), name] })).asked.findLast(({ kind }) => kind === 'input');
    assert.equal((await named('bucket'))?.value, 'bucket');
    const second = await named('bucket');
    assert.equal(second?.value, 'bucket-2');
    assert.match(second.problem ?? '', /another store has it/u);
  });

  test('a certificate that is not trusted: its file is chosen, and goes into the settings', async () => {
    await server.stop();
    server = await new FaultServer(testCertificate).start();
    const caFile = join(tempDir(), 'ca.pem');
    writeFileSync(caFile, testCertificate.cert);
    const choose = 'Choose a Certificate File…';
    // Whoever closes the dialog is asked again.
    const { added, asked } = await add({
      ...{ input: [address(), 'team'], modal: [choose, choose] },
      file: ['', caFile],
    });
    assert.equal(added, 'team');
    const modals = asked.filter(({ kind }) => kind === 'modal');
    assert.equal(modals.length, 2);
    assert.match(modals[0]?.text ?? '', /not trusted/u);
    assert.deepEqual(modals[0]?.buttons, [choose, 'Add Anyway']);
    assert.deepEqual(stores(), { team: { ...place(), auth: 'anonymous', caFile } });
    assertCounts(asked, 4);
  });

  test('another region: the bucket is followed where it says so, else the region is asked for', async () => {
    const elsewhere = (headers: Record<string, string>): void =>
      denies((request) =>
        request.headers.authorization?.includes('/eu-west-3/') === true
          ? undefined
          : { status: 301, code: 'PermanentRedirect', headers },
      );
    const keys = ['AKIDTYPED', 'typed-secret', ''];
    const pick = ['S3 Bucket', 'Enter Keys'];
    elsewhere({ 'x-amz-bucket-region': 'eu-west-3' });
    const followed = await add({ pick: [...pick], input: [address(), 'followed', ...keys] });
    assert.equal(followed.asked.filter(({ kind }) => kind === 'modal').length, 0);
    elsewhere({});
    const { added, asked } = await add({
      ...{ pick: [...pick], input: [address(), 'team', ...keys, 'eu-west-3'] },
      modal: ['Enter the Region…'],
    });
    assert.equal(added, 'team');
    assert.equal(asked.findLast(({ kind }) => kind === 'input')?.text, 'The Region of "team"');
    assert.deepEqual(stores()['team'], { ...place(), auth: 'stored', region: 'eu-west-3' });
  });

  test('keys that are refused: others are asked for, and those of a store that is left are forgotten', async () => {
    denies(({ headers }) =>
      headers.authorization?.includes('AKIDGOOD') === true
        ? undefined
        : { status: 403, code: 'InvalidAccessKeyId' },
    );
    const pick = ['S3 Bucket', 'Enter Keys'];
    const bad = ['AKIDBAD', 'secret', ''];
    const left = await add({ pick: [...pick], input: [address(), 'team', ...bad] });
    assert.equal(left.added, undefined);
    assert.deepEqual(left.asked.at(-1)?.buttons, ['Enter Keys…', 'Add Anyway']);
    const remote = parseRemote('team', { ...place(), auth: 'stored' });
    const { keys } = extension.test.remotes.ports;
    assert.equal(await keys.get(remote), undefined);
    const { added } = await add({
      ...{ pick: ['S3 Bucket', 'None'], modal: ['Enter Keys…'] },
      input: [address(), 'team', 'AKIDGOOD', 'secret', ''],
    });
    assert.equal(added, 'team');
    assert.deepEqual(stores(), { team: { ...place(), auth: 'stored' } });
    assert.equal((await keys.get(remote))?.accessKeyId, 'AKIDGOOD');
    await keys.forget('team', remote);
  });

  test('what is set right elsewhere is tried again; what is added anyway is tested later', async () => {
    const missing: WireFault = { status: 404, code: 'NoSuchBucket' };
    let times = 0;
    denies(() => (times++ === 0 ? missing : undefined));
    const again = await add({ input: [address(), 'again'], modal: ['Try Again'] });
    assert.equal(again.added, 'again');
    denies(() => missing);
    const { added, asked } = await add({
      ...{ input: [address(), 'later'], modal: ['Add Anyway'], message: ['Test Store'] },
    });
    assert.equal(added, 'later');
    assert.deepEqual(Object.keys(stores()), ['again', 'later']);
    // Its button tries the store: it fails as before.
    await eventually('the test', () => asked.some(({ kind }) => kind === 'error'));
  });
});
