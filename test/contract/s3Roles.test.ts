// Keys that services give: roles (STS), single sign-on, a job's token. The services are ours and speak as AWS's do; they
// are reached by their real names, through a proxy, with a certificate of our own.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Cause, KeyCauses } from '../../src/core/causes';
import { SnapdirError, type ErrorCode, type ErrorData } from '../../src/core/errors';
import { parseRemote } from '../../src/core/remote';
import { openRaw } from '../../src/stores/openStore';
import { DEFAULT_TRANSFER } from '../../src/stores/transfer';
import { FaultServer } from '../support/faultServer';
import { fileTree } from '../support/fileTree';
import { KeyServer, keyCertificate } from '../support/keyServer';
import { placesFor } from '../support/s3';
import { tempDir } from '../support/tempDir';
import { testCertificate } from '../support/testCertificate';

const CANARY = 'canary-91ce';
const STS = 'sts.eu-west-3.amazonaws.com';

const CONFIG = [
  '[profile base]',
  'region = eu-west-3',
  '[profile role]',
  'role_arn = arn:aws:iam::123456789012:role/writer',
  'source_profile = base',
  'region = eu-west-3',
  '[profile device]',
  'role_arn = arn:aws:iam::123456789012:role/writer',
  'mfa_serial = arn:aws:iam::123456789012:mfa/me',
  'source_profile = base',
  '[profile dangling]',
  'role_arn = arn:aws:iam::123456789012:role/writer',
  'source_profile = nobody',
  '[profile sso]',
  'sso_session = corp',
  'sso_account_id = 123456789012',
  'sso_role_name = reader',
  'region = eu-west-3',
  '[profile lost]',
  'sso_session = nowhere',
  'sso_account_id = 123456789012',
  'sso_role_name = reader',
  '[profile sso-role]',
  'role_arn = arn:aws:iam::123456789012:role/writer',
  'source_profile = sso',
  'region = eu-west-3',
  '[profile old-sso]',
  'sso_start_url = https://old.example.org/start',
  'sso_region = eu-west-3',
  'sso_account_id = 123456789012',
  'sso_role_name = older',
  '[profile job]',
  'role_arn = arn:aws:iam::123456789012:role/job',
  'web_identity_token_file = TOKEN',
  'region = eu-west-3',
  '[sso-session corp]',
  'sso_region = eu-west-3',
  'sso_start_url = https://corp.example.org/start',
].join('\n');
const CREDENTIALS = `[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = ${CANARY}`;

suite('S3: keys that services give', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let services: KeyServer;
  let home: string;
  let before: Record<string, string | undefined>;

  setup(async () => {
    server = await new FaultServer().start();
    services = await new KeyServer().start();
    home = tempDir();
    fileTree(home, {
      '.aws/config': CONFIG.replace('TOKEN', join(home, 'token')),
      '.aws/credentials': CREDENTIALS,
      'ca.pem': keyCertificate.cert,
      token: `${CANARY}-token`,
    });
    // The SDK looks for who is signed in, and for the profile of single sign-on, in the process's own home.
    before = { HOME: process.env['HOME'], AWS_CONFIG_FILE: process.env['AWS_CONFIG_FILE'] };
    process.env['HOME'] = home;
    process.env['AWS_CONFIG_FILE'] = join(home, '.aws/config');
  });
  teardown(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    await Promise.all([server.stop(), services.stop()]);
  });

  /** Writes to the bucket. @returns which key signed */
  async function write(fields: object, env: Record<string, string> = {}): Promise<string> {
    const at = { url: 's3://bucket/x', endpoint: server.endpoint, caFile: join(home, 'ca.pem') };
    const places = placesFor(
      { accessKeyId: '', secretAccessKey: '' },
      { env: { HTTPS_PROXY: services.proxy, ...env }, home, proxyFromEnv: true },
    );
    const transfer = { ...DEFAULT_TRANSFER, timeoutSeconds: 5 };
    const store = await openRaw(parseRemote('team', { ...at, ...fields }), places, transfer);
    try {
      await store.put('a', Buffer.from('content'));
    } finally {
      await store.close();
    }
    const { authorization = 'unsigned' } = server.asked.at(-1)?.headers ?? {};
    return /Credential=([^/]+)/.exec(authorization)?.[1] ?? 'unsigned';
  }

  async function failure<C extends ErrorCode>(
    code: C,
    profile: string | undefined,
    env: Record<string, string> = {},
  ): Promise<ErrorData[C]> {
    try {
      await write(profile === undefined ? {} : { profile }, env);
    } catch (error) {
      assert.ok(SnapdirError.is(error, code), `${code} expected, got ${inspect(error)}`);
      assert.ok(!inspect(error, { depth: 20 }).includes(CANARY), inspect(error, { depth: 20 }));
      assert.deepEqual(server.asked, [], 'the bucket was not asked');
      return error.data;
    }
    return assert.fail(`${code} expected`);
  }

  /** As `aws sso login` leaves it. */
  function signIn(session: string, expiresAt = Date.now() + 3_600_000, more: object = {}): void {
    const name = createHash('sha1').update(session).digest('hex');
    const token = { accessToken: CANARY, expiresAt: new Date(expiresAt).toISOString(), ...more };
    fileTree(home, { [`.aws/sso/cache/${name}.json`]: JSON.stringify(token) });
  }

  test('a role is taken with the keys of another profile, also those of single sign-on', async () => {
    assert.equal(await write({ profile: 'role' }), 'AKIDROLE-writer');
    assert.equal(services.asked.length, 1);
    const [{ host, body, headers } = assert.fail()] = services.asked;
    assert.equal(host, STS);
    assert.equal(body.get('RoleArn'), 'arn:aws:iam::123456789012:role/writer');
    assert.match(String(headers['authorization']), /Credential=AKIDBASE\//);
    signIn('corp');
    assert.equal(await write({ profile: 'sso-role' }), 'AKIDROLE-writer');
    assert.match(String(services.asked.at(-1)?.headers['authorization']), /AKIDSSO-reader\//);
  });

  test('single sign-on gives keys, of a session and as it was before there were sessions', async () => {
    signIn('corp');
    assert.equal(await write({ profile: 'sso' }), 'AKIDSSO-reader');
    assert.equal(services.asked[0]?.host, 'portal.sso.eu-west-3.amazonaws.com');
    assert.equal(services.asked[0].headers['x-amz-sso_bearer_token'], CANARY);
    signIn('https://old.example.org/start');
    assert.equal(await write({ profile: 'old-sso' }), 'AKIDSSO-older');
  });

  test("a job's token is exchanged for keys: by the environment, by a profile", async () => {
    const job = {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ci',
      AWS_REGION: 'eu-west-3',
    };
    assert.equal(await write({}, job), 'AKIDTOKEN-ci');
    assert.equal(services.asked[0]?.host, STS);
    assert.equal(services.asked[0].body.get('WebIdentityToken'), `${CANARY}-token`);
    assert.equal(await write({ profile: 'job' }), 'AKIDTOKEN-job');
    // A default profile without keys, as many machines have one, stands in nobody's way; its region counts.
    writeFileSync(join(home, '.aws/config'), '[default]\nregion = us-east-1\noutput = json');
    assert.equal(await write({}, job), 'AKIDTOKEN-ci');
    assert.equal(await write({}, { ...job, AWS_REGION: '' }), 'AKIDTOKEN-ci');
    assert.match(server.asked.at(-1)?.headers.authorization ?? '', /\/us-east-1\/s3\//);
    server.asked.length = 0;
    const gone = { ...job, AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'gone') };
    const { reason } = await failure('REMOTE_CREDENTIALS_FAILED', undefined, gone);
    assert.equal(reason.is, 'token-leads-nowhere');
  });

  test('who is not signed in is told so, and under which profile to', async () => {
    assert.equal((await failure('REMOTE_SIGN_IN', 'sso')).profile, 'sso');
    assert.equal((await failure('REMOTE_SIGN_IN', 'sso-role')).profile, 'sso');
    signIn('corp', Date.now() - 1000);
    assert.equal((await failure('REMOTE_SIGN_IN', 'sso')).profile, 'sso');
    signIn('corp');
    services.fault = () => ({ status: 401, code: 'UnauthorizedException', message: CANARY });
    assert.equal((await failure('REMOTE_SIGN_IN', 'sso')).profile, 'sso');
    const { reason } = await failure('REMOTE_CREDENTIALS_FAILED', 'lost');
    assert.deepEqual(reason, { is: 'profile-incomplete', profile: 'lost' });
  });

  test('a role that may not be taken is not a bucket that may not be written to', async () => {
    services.fault = () => ({ status: 403, code: 'AccessDenied', message: CANARY });
    const { reason } = await failure('REMOTE_CREDENTIALS_FAILED', 'role');
    assert.equal(reason.is, 'role-refused');
    const why = async (profile: string): Promise<Cause<KeyCauses>> =>
      (await failure('REMOTE_CREDENTIALS_FAILED', profile)).reason;
    signIn('corp');
    services.fault = () => ({ status: 403, code: 'ForbiddenException', message: CANARY });
    assert.equal((await why('sso')).is, 'role-not-given');
    services.fault = () => ({ status: 400, code: 'InvalidIdentityToken', message: CANARY });
    const refused = await why('job');
    assert.ok(refused.is === 'service-refused');
    assert.deepEqual([refused.answer, refused.status], ['InvalidIdentityTokenException', 400]);
    assert.equal((await why('device')).is, 'profile-device');
    assert.deepEqual(await why('dangling'), {
      ...{ is: 'source-missing', profile: 'dangling', source: 'nobody' },
    });
  });

  test('keys that the service does not know, or that have expired', async () => {
    const said = async <C extends ErrorCode>(
      code: C,
      word: string,
      message = '',
    ): Promise<void> => {
      services.fault = () => ({ status: 403, code: word, message });
      assert.equal(((await failure(code, 'role')) as { host: string }).host, STS);
    };
    await said('REMOTE_UNKNOWN_KEY', 'InvalidClientTokenId');
    await said('REMOTE_WRONG_SECRET', 'SignatureDoesNotMatch');
    await said('REMOTE_CLOCK_SKEW', 'SignatureDoesNotMatch', 'Signature expired: 2020 is earlier');
    await said('REMOTE_SESSION_EXPIRED', 'ExpiredToken');
    await said('REMOTE_SLOW_DOWN', 'Throttling');
  });

  test('a service out of reach is not somebody who has to sign in', async () => {
    signIn('corp');
    services.fault = () => ({ reset: true });
    const portal = 'portal.sso.eu-west-3.amazonaws.com';
    assert.equal((await failure('REMOTE_CONNECTION_LOST', 'sso')).host, portal);
    assert.equal((await failure('REMOTE_CONNECTION_LOST', 'role')).host, STS);
    services.fault = () => ({ status: 500, code: 'InternalFailure' });
    assert.equal((await failure('REMOTE_FAILED', 'sso')).status, 500);
    assert.equal((await failure('REMOTE_FAILED', 'role')).status, 500);
    services.open = false;
    assert.deepEqual(await failure('REMOTE_PROXY', 'sso'), {
      store: 'team',
      host: portal,
      status: 403,
    });
    writeFileSync(join(home, 'ca.pem'), testCertificate.cert);
    services.open = true;
    assert.equal((await failure('REMOTE_CERTIFICATE', 'role')).host, STS);
  });
});
