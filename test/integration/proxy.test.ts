// Whether what the editor knows of proxies counts for permanent stores in S3, whose thread knows nothing of it.
import assert from 'node:assert/strict';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { FaultServer } from '../support/faultServer';
import { activate, answer, change, run, take, type Extension } from './support/extension';

/** A header of what came through the proxy. */
const MARK = 'x-through-proxy';

suite('permanent stores in S3, and proxies', function () {
  this.timeout(60_000);
  let extension: Extension;
  let server: FaultServer;
  /** What came through here. */
  let throughProxy: string[] = [];
  let proxy: Server;

  /** Another address of this machine than the one that VS Code takes for it: no exception is made for this one. */
  const elsewhere = (): string => server.endpoint.replace('127.0.0.1', '127.0.0.2');
  const proxyUrl = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  suiteSetup(async () => {
    extension = await activate();
    server = await new FaultServer().start('0.0.0.0');
    proxy = createServer((asked, response) => {
      const to = new URL(asked.url ?? '', 'http://nobody');
      throughProxy.push(to.host);
      const { port } = new URL(server.endpoint);
      const { method } = asked;
      const headers = { ...asked.headers, [MARK]: '1' };
      const path = to.pathname + to.search;
      // VS Code never asks a proxy for 127.0.0.1.
      const on = request({ host: '127.0.0.1', port, path, method, headers }, (answered) => {
        response.writeHead(answered.statusCode ?? 500, answered.headers);
        answered.pipe(response);
      });
      on.on('error', () => response.destroy());
      asked.pipe(on);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  });
  setup(() => {
    throughProxy = [];
    server.asked.length = 0;
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration('http').update('proxy', undefined, Global);
    await vscode.workspace.getConfiguration('snapdir').update('remotes', undefined, Global);
  });
  suiteTeardown(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.stop();
  });

  let tries = 0;
  async function promote(endpoint: string, what: string): Promise<void> {
    // What a try before this one sent is in the store.
    const name = `${what}-${++tries}`;
    const remotes = {
      s3: { url: 's3://bucket/x', endpoint, auth: 'anonymous', allowInsecure: true },
    };
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration('snapdir').update('remotes', remotes, Global);
    change({ 'proxied.txt': `${name}\n` });
    const taken = await take(`for ${name}`);
    const asked = answer(extension.test);
    const done = await run('snapdir.promote', { rev: taken.id, name, store: 's3' });
    assert.ok(done && 'sent' in done && done.sent.objects > 0, asked.at(-1)?.text);
    assert.ok([...server.objects.keys()].some((key) => key.startsWith(`x/.refs/`)));
  }

  /** Of all requests, those that kept their connection for more than one. */
  const sockets = (): number => new Set(server.asked.map(({ from }) => from)).size;

  test('without one the thread goes to the store, and keeps its connections', async () => {
    await promote(elsewhere(), 'direct');
    assert.deepEqual(throughProxy, []);
    assert.ok(
      server.asked.length > sockets(),
      `${server.asked.length} on ${sockets()} connections`,
    );
  });

  test('the one in the settings is used, for a host that nothing else reaches', async () => {
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration('http').update('proxy', proxyUrl(), Global);
    await promote('http://s3.snapdir-test.invalid', 'proxied');
    assert.ok(throughProxy.length > 5, `${throughProxy.length} requests`);
    assert.ok(throughProxy.every((host) => host === 's3.snapdir-test.invalid'));
  });

  test('the one in the settings is used for a host that could be reached without it, too', async () => {
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration('http').update('proxy', proxyUrl(), Global);
    await promote(elsewhere(), 'proxied-too');
    assert.ok(server.asked.length > 5, `${server.asked.length} requests`);
    assert.ok(server.asked.every(({ headers }) => headers[MARK] === '1'));
  });
});
