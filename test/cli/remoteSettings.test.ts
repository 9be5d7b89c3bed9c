// The settings of a store as the command takes them, seen at the requests that a server gets.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { FaultServer } from '../support/faultServer';
import { tempDir } from '../support/tempDir';

suite('cli: settings of a store', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let home: string;
  let folder: CliFolder;
  setup(async () => {
    server = await new FaultServer().start();
    home = tempDir();
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '', HOME: home };
    folder = cliFolder({ a: '1' }, { SNAPDIR_HOME: home, SNAPDIR_STORE: '', ...keys });
  });
  teardown(() => server.stop());

  const add = (...more: string[]): Promise<{ code: number | null; stderr: string }> =>
    folder.run('remote', 'add', 'team', 's3://bucket/x', '--endpoint', server.endpoint, ...more);
  const set = (...pairs: string[]): string[] => pairs.flatMap((pair) => ['--set', pair]);

  test('--set takes any setting; requests are as it says', async () => {
    const pairs = set(
      ...['auth=anonymous', 'conditionalWrites=off', 'serverSideEncryption=aws:kms'],
      ...['kmsKeyId=key-1', 'storageClass=STANDARD_IA', 'instanceMetadata=false'],
    );
    assert.equal((await add(...pairs)).code, 0);
    await folder.ok('take');
    await folder.ok('promote', 'HEAD', 'main', '--to', 'team');
    const writes = server.asked.filter(({ method }) => method === 'PUT');
    assert.ok(writes.length >= 3, 'content, manifest, names');
    for (const { headers, key } of writes) {
      assert.equal(headers.authorization, undefined, key);
      assert.equal(headers['if-none-match'] ?? headers['if-match'], undefined, key);
      assert.equal(headers['x-amz-server-side-encryption'], 'aws:kms', key);
      assert.equal(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'key-1', key);
    }
    const content = writes.find(({ key }) => key.includes('.objects'));
    assert.equal(content?.headers['x-amz-storage-class'], 'STANDARD_IA');
    const { remotes } = JSON.parse(readFileSync(join(home, 'remotes.json'), 'utf8')) as {
      remotes: Record<string, Record<string, unknown>>;
    };
    assert.equal(remotes['team']?.['instanceMetadata'], false);
    const { stores } = (await folder.ok('remote', 'ls', '--json')).json<{
      stores: Record<string, unknown>[];
    }>();
    assert.equal(stores[0]?.['storageClass'], 'STANDARD_IA');
  });

  test('numbers are kept as numbers, and count: what fails is tried so often and no more', async () => {
    const numbers = set('concurrency=1', 'maxAttempts=2', 'partSizeMiB=5', 'timeoutSeconds=5');
    assert.equal((await add(...numbers, ...set('auth=anonymous', 'limitKiBps=0'))).code, 0);
    const { stores } = (await folder.ok('remote', 'ls', '--json')).json<{
      stores: Record<string, unknown>[];
    }>();
    const { concurrency, maxAttempts, partSizeMiB, timeoutSeconds, limitKiBps } = stores[0] ?? {};
    const kept = [concurrency, maxAttempts, partSizeMiB, timeoutSeconds, limitKiBps];
    assert.deepEqual(kept, [1, 2, 5, 5, 0]);
    server.fault = () => ({ status: 503, code: 'SlowDown' });
    assert.equal((await folder.run('remote', 'test', 'team')).code, 3);
    assert.equal(server.asked.length, 2);
  });

  test('a bucket of B2 needs its region; named by its URL it has that of the environment', async () => {
    const bare = await folder.run('remote', 'add', 'b', 'b2://bucket/x');
    assert.deepEqual([bare.code, /needs the region/.test(bare.stderr)], [3, true], bare.stderr);
    await folder.ok('remote', 'add', 'b', 'b2://bucket/x', '--region', 'us-west-004');
    const { stores } = (await folder.ok('remote', 'ls', '--json')).json<{
      stores: Record<string, unknown>[];
    }>();
    assert.equal(stores[0]?.['endpoint'], 'https://s3.us-west-004.backblazeb2.com');
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', SNAPDIR_HOME: home };
    const named = async (env: object): Promise<string> => {
      const told = await cliFolder({ a: '1' }, { ...keys, HOME: home, ...env }).run(
        ...['remote', 'ls', 'b2://bucket/x', '--json'],
      );
      return told.stderr;
    };
    assert.match(await named({ SNAPDIR_B2_REGION: '', AWS_REGION: '' }), /needs the region/);
    const region = { SNAPDIR_B2_REGION: 'no-such-place-1', AWS_REGION: 'other' };
    assert.match(await named(region), /s3\.no-such-place-1\.backblazeb2\.com/);
  });

  test('a path is a full one; an empty value means the default', async () => {
    assert.equal((await add(...set('caFile=ca.pem', 'storageClass='))).code, 0);
    const text = readFileSync(join(home, 'remotes.json'), 'utf8');
    const { remotes } = JSON.parse(text) as { remotes: Record<string, Record<string, unknown>> };
    assert.equal(remotes['team']?.['caFile'], join(folder.dir, 'ca.pem'));
    assert.ok(!('storageClass' in remotes['team']));
  });

  test('an endpoint that does not encrypt is used where it is said so', async () => {
    const insecure = ['--endpoint', 'http://ceph.example.org', ...set('allowInsecure=true')];
    assert.equal((await add(...insecure)).code, 0);
    assert.match((await folder.ok('remote', 'ls')).stdout, /^team/);
  });

  test('a store that is only read is tried by reading', async () => {
    assert.equal((await add('--read-only', ...set('auth=anonymous'))).code, 0);
    const told = await folder.ok('remote', 'test', 'team');
    assert.match(told.stdout, /^team can be read\. Only that was tried/);
    const { readOnly } = (await folder.ok('remote', 'test', 'team', '--json')).json();
    assert.equal(readOnly, true);
    assert.ok(server.asked.length > 0);
    assert.ok(server.asked.every(({ method }) => method === 'GET' || method === 'HEAD'));
    // A look that is refused is no success.
    server.fault = ({ query }) =>
      query.has('list-type') ? { status: 403, code: 'AccessDenied' } : undefined;
    const denied = await folder.run('remote', 'test', 'team');
    assert.deepEqual([denied.code, denied.stdout], [3, '']);
  });

  test('what cannot be is refused, without repeating values', async () => {
    const refused = async (code: number, words: RegExp, ...more: string[]): Promise<void> => {
      const result = await add(...more);
      assert.deepEqual([result.code, words.test(result.stderr)], [code, true], result.stderr);
      assert.doesNotMatch(result.stderr, /canary/);
    };
    await refused(2, /KEY=VALUE/, '--set', 'conditionalWrites');
    await refused(2, /no such setting; known: endpoint/, ...set('secretAccessKey=canary'));
    await refused(2, /no such setting/, ...set('url=s3://canary'));
    await refused(2, /one of auto, off/, ...set('conditionalWrites=no'));
    await refused(2, /one of none, AES256/, ...set('serverSideEncryption=x'));
    await refused(2, /true or false/, ...set('readOnly=yes'));
    await refused(2, /keeps no keys/, ...set('auth=stored'));
    await refused(2, /whole number from 1 to 32/, ...set('concurrency=33'));
    await refused(2, /must be a whole number/, ...set('maxAttempts=2.5'));
    const insecure = /does not encrypt.*--set allowInsecure=true/;
    await refused(3, insecure, '--endpoint', 'http://ceph.example.org');
    await refused(2, /twice/, ...set('region=a', 'region=b'));
    await refused(2, /by an option and by --set/, '--region', 'a', ...set('region=b'));
    assert.deepEqual((await folder.ok('remote', 'ls', '--json')).json(), {
      ...{ stores: [], broken: [] },
    });
  });
});
