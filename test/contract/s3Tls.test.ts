// Endpoints that speak TLS, and those that do not: real servers that want what we do not have.
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { FaultServer } from '../support/faultServer';
import { SECRET, failure } from '../support/faultyBucket';
import { openBucket } from '../support/s3';
import { testCertificate } from '../support/testCertificate';

suite('S3: TLS that fails', function () {
  this.timeout(30_000);
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listening = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  };
  teardown(() => {
    sockets.forEach((socket) => socket.destroy());
    servers.splice(0).forEach((server) => server.close());
  });
  const head = async (endpoint: string): Promise<unknown> => {
    const keys = { accessKeyId: 'k', secretAccessKey: SECRET };
    return (await openBucket({ endpoint, region: 'us-east-1', ...keys }, 's3://bucket')).head('a');
  };
  const tls = (more: TlsOptions): Promise<number> =>
    listening(
      createTlsServer({ ...testCertificate, ...more }).on('tlsClientError', () => undefined),
    );
  /** Answers anything with a fatal alert of this number. */
  const alerting = (number: number): Promise<number> =>
    listening(
      createServer((socket) =>
        socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, number]))),
      ),
    );

  test('a server with old versions only', async () => {
    const port = await tls({
      ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
    });
    const { reason } = await failure('REMOTE_TLS_FAILED', () => head(`https://127.0.0.1:${port}`));
    assert.match(reason, /protocol/);
  });

  test('a server that shares no cipher with us', async () => {
    const port = await tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' });
    const { reason } = await failure('REMOTE_TLS_FAILED', () => head(`https://127.0.0.1:${port}`));
    assert.match(reason, /handshake failure/);
  });

  test('a server that wants a client certificate', async () => {
    const port = await alerting(116);
    const { reason } = await failure('REMOTE_TLS_FAILED', () => head(`https://127.0.0.1:${port}`));
    assert.match(reason, /certificate required/);
  });

  test('http:// to a TLS port: the endpoint may need https://', async () => {
    const server = await new FaultServer(testCertificate).start();
    const plain = server.endpoint.replace('https:', 'http:');
    const { tryTls } = await failure('REMOTE_CONNECTION_LOST', () => head(plain));
    assert.equal(tryTls, true);
    await server.stop();
    // Most servers close; others answer in TLS.
    const alert = await alerting(70);
    const data = await failure('REMOTE_CONNECTION_LOST', () => head(`http://127.0.0.1:${alert}`));
    assert.equal(data.tryTls, true);
  });

  test('https:// to what does not encrypt', async () => {
    const server = await new FaultServer().start();
    await failure('REMOTE_NOT_TLS', () => head(server.endpoint.replace('http:', 'https:')));
    await server.stop();
    const mail = await listening(createServer((socket) => socket.end('220 mail.example.org\r\n')));
    await failure('REMOTE_NOT_TLS', () => head(`https://127.0.0.1:${mail}`));
  });
});
