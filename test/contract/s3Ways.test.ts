// Ways to a store: keys from every place, private certificates, proxies.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { SnapdirError, type ErrorCode, type ErrorData } from '../../src/core/errors';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote } from '../../src/core/remote';
import { openRaw, storeOpener } from '../../src/stores/openStore';
import { DEFAULT_TRANSFER } from '../../src/stores/transfer';
import { FaultServer } from '../support/faultServer';
import { fileTree } from '../support/fileTree';
import { placesFor } from '../support/s3';
import { tempDir } from '../support/tempDir';
import { testCertificate } from '../support/testCertificate';

const CANARY = 'canary-7d1f';
const stored = { accessKeyId: 'AKIDSTORED', secretAccessKey: `${CANARY}-stored` };
const content = Buffer.from('content');

async function failure<C extends ErrorCode>(
  code: C,
  work: () => Promise<unknown>,
): Promise<ErrorData[C]> {
  try {
    await work();
  } catch (error) {
    assert.ok(SnapdirError.is(error, code), `${code} expected, got ${String(error)}`);
    assert.ok(!inspect(error, { depth: 20 }).includes(CANARY), inspect(error, { depth: 20 }));
    return error.data;
  }
  return assert.fail(`${code} expected`);
}

suite('S3: keys', function () {
  this.timeout(30_000);
  let server: FaultServer;
  setup(async () => {
    server = await new FaultServer().start();
  });
  teardown(() => server.stop());

  interface Machine {
    env?: Record<string, string>;
    config?: string;
    credentials?: string;
  }
  /** Opens a store on a machine and writes to it. @returns which key and region signed */
  async function write(fields: object, machine: Machine = {}, endpoint = true): Promise<string> {
    const home = fileTree(tempDir(), {
      '.aws/config': machine.config ?? '',
      '.aws/credentials': machine.credentials ?? '',
    });
    const at = endpoint ? { endpoint: server.endpoint } : {};
    const remote = parseRemote('team', { url: 's3://bucket/x', ...at, ...fields });
    const places = placesFor(stored, { env: machine.env ?? {}, home });
    const store = await openRaw(remote, places, DEFAULT_TRANSFER);
    try {
      await store.put('a', content);
    } finally {
      await store.close();
    }
    const { authorization = 'unsigned' } = server.asked.at(-1)?.headers ?? {};
    return /Credential=([^/]+)\/\d+\/([^/]+)/.exec(authorization)?.slice(1).join(' ') ?? 'unsigned';
  }
  const profiles = {
    config: [
      '[default]',
      'region = eu-north-1',
      '[profile work]',
      'region = eu-west-3',
      '[profile sso]',
      'sso_session = corp',
      'sso_account_id = 1',
      'sso_role_name = r',
      'region = us-east-1',
      '[sso-session corp]',
      'sso_region = us-east-1',
      'sso_start_url = https://corp.example.org/start',
      '[profile program]',
      `credential_process = /bin/echo '{"Version":1,"AccessKeyId":"AKIDPROGRAM","SecretAccessKey":"${CANARY}"}'`,
      '[profile broken]',
      `credential_process = /bin/false --password ${CANARY}`,
      '[profile empty]',
      'region = us-east-1',
    ].join('\n'),
    credentials: [
      `[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = ${CANARY}`,
      `[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = ${CANARY}`,
    ].join('\n'),
  };
  const inEnv = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: CANARY };

  test('stored, from the environment, from profiles, from a program, none', async () => {
    assert.equal(await write({ auth: 'stored' }), 'AKIDSTORED us-east-1');
    assert.equal(await write({}, { env: inEnv }), 'AKIDENV us-east-1');
    assert.equal(await write({}, { env: { ...inEnv, AWS_REGION: 'ap-1' } }), 'AKIDENV ap-1');
    assert.equal(await write({}, profiles), 'AKIDDEFAULT eu-north-1');
    assert.equal(await write({ profile: 'work' }, profiles), 'AKIDWORK eu-west-3');
    assert.equal(await write({ profile: 'work', region: 'x-1' }, profiles), 'AKIDWORK x-1');
    assert.equal(
      await write({}, { ...profiles, env: { ...inEnv, AWS_PROFILE: 'work' } }),
      'AKIDWORK eu-west-3',
    );
    assert.equal(await write({ profile: 'program' }, profiles), 'AKIDPROGRAM us-east-1');
    assert.equal(await write({ auth: 'anonymous' }, { env: inEnv }), 'unsigned');
  });

  test("a profile's endpoint is used, also that of its services; the remote's own wins", async () => {
    const withEndpoint = (lines: string): Machine => ({
      credentials: profiles.credentials,
      config: lines.replaceAll('HERE', server.endpoint),
    });
    const plain = '[profile work]\nregion = r-1\nendpoint_url = HERE\n';
    assert.equal(await write({ profile: 'work' }, withEndpoint(plain), false), 'AKIDWORK r-1');
    const services =
      '[profile work]\nservices = s\nendpoint_url = http://127.0.0.1:1\n[services s]\ns3 =\n  endpoint_url = HERE\n';
    assert.equal(
      await write({ profile: 'work' }, withEndpoint(services), false),
      'AKIDWORK us-east-1',
    );
    const env = { ...inEnv, AWS_ENDPOINT_URL_S3: server.endpoint };
    assert.equal(await write({}, { env }, false), 'AKIDENV us-east-1');
    const wrong = '[profile work]\nendpoint_url = http://127.0.0.1:1\n';
    assert.equal(await write({ profile: 'work' }, withEndpoint(wrong)), 'AKIDWORK us-east-1');
  });

  test('an endpoint elsewhere that does not encrypt is not asked, wherever it stands', async () => {
    const elsewhere = 'http://ceph.example.org';
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
      const env = { ...inEnv, [name]: elsewhere };
      const { endpoint } = await failure('REMOTE_INSECURE', () => write({}, { env }, false));
      assert.equal(endpoint, elsewhere);
    }
    const config = `[profile work]\nendpoint_url = ${elsewhere}`;
    const { credentials } = profiles;
    await failure('REMOTE_INSECURE', () =>
      write({ profile: 'work' }, { config, credentials }, false),
    );
    const env = { ...inEnv, AWS_ENDPOINT_URL: 'nonsense' };
    await failure('REMOTE_ENDPOINT_INVALID', () => write({}, { env }, false));
  });

  test('a redirect is not followed: nobody else gets what was meant for the store', async () => {
    const other = await new FaultServer().start();
    const headers = { location: `${other.endpoint}/bucket/x/a` };
    for (const status of [301, 302, 303, 307, 308]) {
      for (const code of [undefined, 'TemporaryRedirect', 'PermanentRedirect']) {
        server.fault = () => ({ status, headers, ...(code === undefined ? {} : { code }) });
        await assert.rejects(write({}, { env: inEnv }), (error) => SnapdirError.is(error));
      }
    }
    assert.deepEqual(other.asked, []);
    await other.stop();
  });

  test('what is missing is said', async () => {
    const metadata = await new FaultServer().start();
    process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = metadata.endpoint;
    try {
      await failure('REMOTE_NO_CREDENTIALS', () => write({}));
    } finally {
      delete process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
      await metadata.stop();
    }
    assert.deepEqual(metadata.asked, [], 'no service of a cloud is asked');
    const { known } = await failure('REMOTE_PROFILE_NOT_FOUND', () =>
      write({ profile: 'acme' }, profiles),
    );
    assert.deepEqual(known, ['broken', 'default', 'empty', 'program', 'sso', 'work']);
    const { profile } = await failure('REMOTE_SIGN_IN', () => write({ profile: 'sso' }, profiles));
    assert.equal(profile, 'sso');
    await failure('REMOTE_CREDENTIALS_FAILED', () => write({ profile: 'broken' }, profiles));
    await failure('REMOTE_CREDENTIALS_FAILED', () => write({ profile: 'empty' }, profiles));
  });

  test('expired keys of a profile are fetched anew, once', async () => {
    let refused = 0;
    server.fault = ({ key }) =>
      key !== '' && refused++ === 0 ? { status: 403, code: 'ExpiredToken' } : undefined;
    assert.equal(await write({ profile: 'work' }, profiles), 'AKIDWORK eu-west-3');
    assert.equal(refused, 2);
  });

  test('a remote is opened as settings say: read only, verified', async () => {
    server.objects.set(`x/.objects/${'a'.repeat(3)}/bbb/ccc/${'d'.repeat(55)}`, content);
    const fields = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored' };
    const open = storeOpener(placesFor(stored));
    const reader = await open(parseRemote('team', { ...fields, readOnly: true }));
    await failure('REMOTE_READ_ONLY', () => reader.put('a', content));
    await failure('REMOTE_INTEGRITY', () => reader.get(`.objects/aaa/bbb/ccc/${'d'.repeat(55)}`));
    const file = await open(parseRemote('disk', { url: `file://${tempDir()}` }));
    await failure('REMOTE_INTEGRITY', () =>
      file.put(`.objects/aaa/bbb/ccc/${'d'.repeat(55)}`, content),
    );
    await file.put('a', content);
    await Promise.all([reader.close(), file.close()]);
  });
});

suite('S3: certificates and proxies', function () {
  this.timeout(30_000);
  let server: FaultServer;
  let proxy: Server;
  let asked: { url: string; authorization: string }[] = [];
  const sockets = new Set<Socket>();

  suiteSetup(async () => {
    server = await new FaultServer(testCertificate).start();
    proxy = createServer((_request, response) => response.writeHead(405).end());
    proxy.on('connection', (socket: Socket) => sockets.add(socket));
    proxy.on('connect', (request, socket: Socket) => {
      const authorization = request.headers['proxy-authorization'] ?? '';
      asked.push({ url: request.url ?? '', authorization });
      if (authorization !== `Basic ${Buffer.from(`user:${CANARY}`).toString('base64')}`) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const to = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        to.pipe(socket);
        socket.pipe(to);
      });
      to.on('error', () => socket.destroy());
      socket.on('error', () => to.destroy());
      socket.on('close', () => to.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  });
  suiteTeardown(async () => {
    sockets.forEach((socket) => socket.destroy());
    proxy.close();
    await server.stop();
  });
  setup(() => {
    asked = [];
  });

  const open = (fields: object, env: Record<string, string> = {}): Promise<PermanentStore> =>
    openRaw(
      parseRemote('team', {
        ...{ url: 's3://bucket', endpoint: server.endpoint, auth: 'stored' },
        ...fields,
      }),
      placesFor(stored, { env, proxyFromEnv: true }),
      DEFAULT_TRANSFER,
    );
  const caFile = (): string => {
    const path = `${tempDir()}/ca.pem`;
    writeFileSync(path, `Our own authority\n${testCertificate.cert}`);
    return path;
  };
  const proxyUrl = (user: string): string =>
    `http://${user}127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  test('a certificate that nobody knows is refused, and taken with its file', async () => {
    const { reason } = await failure('REMOTE_CERTIFICATE', async () =>
      (await open({})).put('a', content),
    );
    assert.equal(reason, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    const store = await open({ caFile: caFile() });
    await store.put('a', content);
    await store.close();
    await failure('REMOTE_CA_FILE', () => open({ caFile: '/nonexistent.pem' }));
    const empty = `${tempDir()}/empty.pem`;
    writeFileSync(empty, 'nothing');
    await failure('REMOTE_CA_FILE', () => open({ caFile: empty }));
  });

  test('through a proxy, with its user; not where NO_PROXY says so', async () => {
    const env = { HTTPS_PROXY: proxyUrl(`user:${CANARY}@`) };
    const store = await open({ caFile: caFile() }, env);
    await store.put('b', content);
    assert.deepEqual(Buffer.from((await store.get('b')).bytes), content);
    await store.close();
    assert.ok(asked.length > 0);
    assert.ok(asked.every(({ url }) => url === server.endpoint.replace('https://', '')));
    asked = [];
    for (const NO_PROXY of ['127.0.0.1', 'x.org, 127.0.0.1', '*']) {
      const direct = await open({ caFile: caFile() }, { ...env, NO_PROXY });
      await direct.put('c', content);
      await direct.close();
    }
    assert.deepEqual(asked, []);
  });

  test('a proxy that refuses is told, without its password', async () => {
    const wrong = { HTTPS_PROXY: proxyUrl(`user:${CANARY}-wrong@`) };
    const { status } = await failure('REMOTE_PROXY', async () =>
      (await open({ caFile: caFile() }, wrong)).put('a', content),
    );
    assert.equal(status, 407);
    await failure('REMOTE_PROXY', async () =>
      (await open({ caFile: caFile() }, { HTTPS_PROXY: 'http://127.0.0.1:1' })).put('a', content),
    );
  });
});
