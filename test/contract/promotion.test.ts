import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PermanentStore } from '../../src/core/permanentStore';
import { letCanariesLoose } from '../reliability/support/canaries';
import { PART, report, scaled, SEED } from '../reliability/support/figures';
import { killPromotion, promotable } from '../reliability/support/killedPromotions';
import { command } from '../reliability/support/kills';
import { race } from '../reliability/support/promoters';
import { Random } from '../reliability/support/random';
import { cliFolder, type CliFolder } from '../support/cli';
import { readTree, type TreeSpec } from '../support/fileTree';
import { buildGoldenTree, goldenCase } from '../support/goldenTree';
import { goldenRoot } from '../support/paths';
import { makeBucket, openBucket } from '../support/s3';
import { tempDir } from '../support/tempDir';
import { skipWithout, stopTestServers, testServer, type TestServer } from '../support/testServers';

type Env = Record<string, string>;

/** What AWS's own tools would read, and nothing else of this machine. */
function envFor(ceph: TestServer, keys: object): Env {
  const nowhere = join(tempDir(), 'none');
  return {
    ...{ AWS_ENDPOINT_URL_S3: ceph.endpoint, AWS_REGION: ceph.region, SNAPDIR_STORE: '' },
    ...{ AWS_SHARED_CREDENTIALS_FILE: nowhere, AWS_CONFIG_FILE: nowhere, ...keys },
  };
}

/** Key → bytes of all that a store holds. */
async function contentOf(store: PermanentStore): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of store.list('')) {
    found.set(key, Buffer.from((await store.get(key)).bytes).toString('base64'));
  }
  return found;
}

/** The same of a folder. */
function filesOf(dir: string, parts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of parts) {
    for (const entry of readdirSync(join(dir, part), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        found.set(relative(dir, path), readFileSync(path).toString('base64'));
      }
    }
  }
  return found;
}

const LAYOUT = ['.objects', '.manifests'];
/** Promotions that are killed beside each other, each with a place of its own. */
const AT_ONCE = 8;

suite('the command and a Ceph', function () {
  // Minutes for the share of `npm test`, up to an hour for the full counts.
  this.timeout(Math.max(600_000, PART * 3_600_000));
  let ceph: TestServer;
  let bucket: string;
  let env: Env;
  const person = (spec: TreeSpec = {}, own: Env = env): CliFolder =>
    cliFolder(spec, { ...own, SNAPDIR_HOME: tempDir() });

  suiteSetup(async function () {
    const server = await testServer('ceph');
    if (typeof server === 'string') {
      skipWithout(this, server);
    }
    ceph = server;
  });
  setup(async () => {
    bucket = await makeBucket(ceph);
    const { accessKeyId: id, secretAccessKey: secret } = ceph;
    env = envFor(ceph, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
  });
  suiteTeardown(() => stopTestServers());

  test('promoted by a profile and a configured store, fetched by keys in the environment', async () => {
    const credentials = join(tempDir(), 'credentials');
    const { accessKeyId, secretAccessKey } = ceph;
    writeFileSync(
      credentials,
      `[acme]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const byProfile = envFor(ceph, { AWS_SHARED_CREDENTIALS_FILE: credentials });
    delete byProfile['AWS_ENDPOINT_URL_S3'];
    const large = Buffer.alloc(1_500_000, 'snapdir ');
    const spec = { 'a.txt': 'one', dir: { 'ü b': 'two', large }, same: 'one', empty: '' };
    const alice = person(spec, byProfile);
    const { snapshot } = (await alice.ok('take', '-m', 'first', '--json')).json<{
      checkpoint: { snapshot: string };
    }>().checkpoint;
    const url = `s3://${bucket}/team/x`;
    const settings = ['--endpoint', ceph.endpoint, '--region', ceph.region, '--profile', 'acme'];
    await alice.ok('remote', 'add', 'team', url, ...settings);
    assert.match((await alice.ok('remote', 'test', 'team')).stdout, /team works.*\n.*one wins/);
    const done = (await alice.ok('promote', 'HEAD', 'main', '--to', 'team', '--json')).json();
    assert.deepEqual(
      [done['changed'], done['snapshot'], (done['sent'] as { objects: number }).objects],
      [true, snapshot, 4],
    );

    const stored = await contentOf(await openBucket(ceph, url));
    const refs = [...stored.keys()].filter((key) => key.startsWith('.refs/'));
    refs.forEach((key) => stored.delete(key));
    assert.equal(refs.length, 2, 'one promotion and the head');
    assert.deepEqual(stored, filesOf(join(alice.dir, '.snapdir'), LAYOUT), 'byte for byte');

    const bob = person({ 'b.txt': 'of bob' });
    await bob.ok('take');
    await bob.ok('fetch', 'main', '--from', url);
    assert.deepEqual(Object.keys(readTree(bob.dir)), ['b.txt'], 'fetching touches no file');
    const plan = await bob.ok('pull', 'main', '--from', url, '--exact', '--dry-run');
    assert.match(plan.stdout, /\b5 to create/);
    assert.match(plan.stdout, /delete +b\.txt/);
    await bob.ok('pull', 'main', '--from', url, '--exact', '--yes');
    assert.deepEqual(readTree(bob.dir, { modes: true }), readTree(alice.dir, { modes: true }));
    const fetched = filesOf(join(bob.dir, '.snapdir'), LAYOUT);
    stored.forEach((bytes, key) => assert.equal(fetched.get(key), bytes, key));
  });

  for (const name of ['one-file', 'nested', 'duplicate-content', 'locale-store']) {
    test(`golden store ${name}: fetched and restored from S3`, async () => {
      const { id, tree } = goldenCase(name);
      const url = `s3://${bucket}`;
      const store = await openBucket(ceph, url);
      for (const [key, bytes] of filesOf(join(goldenRoot, name, 'store'), LAYOUT)) {
        await store.put(key, Buffer.from(bytes, 'base64'));
      }
      await store.close();
      const someone = person();
      await someone.ok('take');
      await someone.ok('fetch', id, '--from', url);
      const to = join(tempDir(), 'restored');
      await someone.ok('restore', id, '--to', to);
      const expected = join(tempDir(), 'tree');
      buildGoldenTree(expected, tree);
      assert.deepEqual(readTree(to, { modes: true }), readTree(expected, { modes: true }));
      const back = person();
      await back.ok('take', '-C', to, '--no-ignore');
      await back.ok('promote', 'HEAD', 'back', '-C', to, '--to', `s3://${bucket}/back`);
      const again = await contentOf(await openBucket(ceph, `s3://${bucket}/back`));
      filesOf(join(goldenRoot, name, 'store'), LAYOUT).forEach((bytes, key) =>
        assert.equal(again.get(key), bytes, key),
      );
    });
  }

  test('T6: eight processes promote to one name: nothing is lost, one wins, the others are told', async () => {
    const { endpoint, region } = ceph;
    const remote = { url: `s3://${bucket}/race`, endpoint, region, auth: 'stored' };
    const store = await openBucket(ceph, remote.url);
    const made = await race(scaled(200, 40), store, { remote, keys: ceph });
    await store.close();
    const { promotions, aside, refused, broken } = made;
    const note = `${aside} came second and lie aside, ${refused} refused before anything was sent`;
    const what = 'promotions by 8 processes to Ceph';
    report({ test: 'T6', what, count: promotions, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 20), []);
    assert.ok(aside + refused > 0, 'nobody met anybody');
  });

  test('T3: a killed promotion shows nothing that is not whole, and the next one finishes it', async () => {
    const of = await promotable();
    const at = (n: number): string => `s3://${bucket}/kill${n}`;
    const timed = async (n: number): Promise<number> => {
      const began = performance.now();
      const args = ['promote', of.checkpoint, 'main', '--to', `${at(0)}/timed${n}`];
      const ended = await command(of.root, args, { env });
      assert.equal(ended.code, 0, ended.stderr);
      return performance.now() - began;
    };
    // Seconds each, on a server: a short run does a few.
    const count = PART < 0.1 ? 5 : scaled(500);
    const batch = (): Promise<number[]> =>
      Promise.all(Array.from({ length: AT_ONCE }, (_, n) => timed(n)));
    await batch(); // the first ones are slower
    let took = Math.min(...(await batch()));
    const broken: string[] = [];
    let [next, killed, ended] = [1, 0, 0];
    const lane = async (): Promise<void> => {
      for (let n = next++; killed < count && n <= 2 * count; n = next++) {
        const random = new Random(SEED * 7919 + n);
        const store = { url: at(n), env, open: () => openBucket(ceph, at(n)) };
        const one = await killPromotion(of, store, { took }, random);
        killed += one.killed ? 1 : 0;
        ended += one.killed ? 0 : 1;
        // So that one of ten ends before it is killed: points near the end are among those that are killed, too.
        took *= one.killed ? 1.005 : 0.955;
        broken.push(...one.broken.map((what) => `${n}: ${what}`));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const what = 'kills of a promotion to Ceph';
    const note = `${ended} ended before the kill`;
    report({ test: 'T3', what, count: killed, broken: broken.length, note });
    assert.deepEqual(broken, []);
    assert.ok(killed > 0, 'none was killed');
  });

  test('T16: a hundred made-up secrets: none gets into the bucket, nor into anything said or kept', async () => {
    const url = `s3://${bucket}/canaries`;
    const read = async (): Promise<string> => {
      const content = await contentOf(await openBucket(ceph, `s3://${bucket}`));
      const texts = [...content].map(
        ([key, bytes]) => `${key}\n${Buffer.from(bytes, 'base64').toString('latin1')}`,
      );
      return texts.join('\n');
    };
    const keysAt = { url: `s3://${bucket}/other`, endpoint: ceph.endpoint };
    const { canaries, leaks } = await letCanariesLoose({ url, env, keysAt, read });
    report({ test: 'T16', what: 'canaries, Ceph', count: canaries, broken: leaks.length });
    assert.deepEqual(leaks, []);
    assert.equal(canaries, 100);
  });
});
