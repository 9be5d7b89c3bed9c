import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Pushed {
  promoted: { name: string }[];
  conflicts: unknown[];
  failed: { name: string; code: string; message: string }[];
  untried: string[];
}

suite('cli: names of promoted snapshots', function () {
  this.timeout(240_000);
  let bucket: string;
  let url: string;
  let alice: CliFolder;
  let bob: CliFolder;
  const names = async (): Promise<string[]> =>
    (await bob.ok('remote', 'ls', url, '-q')).stdout.trim().split('\n');
  setup(async () => {
    bucket = join(tempDir(), 'bucket');
    url = `file://${bucket}`;
    const env = (SNAPDIR_AUTHOR: string): Record<string, string> => ({
      ...{ SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '', SNAPDIR_AUTHOR },
    });
    alice = cliFolder({ a: '1' }, env('Alice'));
    bob = cliFolder({ b: '2' }, env('Bob'));
    await alice.ok('take', '-m', 'of alice');
    await bob.ok('take', '-m', 'of bob');
  });

  test('one that ends as if it named a promotion is found, and so are its promotions', async () => {
    await alice.ok('promote', 'HEAD', 'bug#1234', '--to', url);
    await bob.ok('remote', 'add', 'team', url);
    const fetched = await bob.ok('fetch', 'bug#1234', '--from', 'team');
    assert.match(fetched.stdout, /^bug#1234 of team is here as team\/bug#1234/);
    const [listed] = (await bob.ok('remote', 'ls', 'team', '--json')).json<{
      names: { nonce: string }[];
    }>().names;
    const exact = await bob.ok('fetch', `bug#1234#${listed!.nonce.slice(0, 8)}`, '--from', url);
    assert.match(exact.stdout, /^bug#1234 of /);
    // Where the whole is no name, it is a promotion of one, also when name and nonce are too long together.
    const long = 'n'.repeat(95);
    await alice.ok('promote', 'HEAD', long, '--to', url);
    const [, other] = (await bob.ok('remote', 'ls', 'team', '--json')).json<{
      names: { nonce: string }[];
    }>().names;
    assert.match(
      (await bob.ok('fetch', `${long}#${other!.nonce}`, '--from', url)).stdout,
      /^n+ of/,
    );
    assert.match(
      (await bob.run('fetch', 'bug#12345', '--from', url)).stderr,
      /no promoted snapshot bug#12345/,
    );
  });

  test('push: a name that cannot be sent is named, and those after it go', async () => {
    await alice.ok('promote', 'HEAD', 'aa');
    await alice.ok('promote', 'HEAD', 'cc');
    await bob.ok('promote', 'HEAD', 'dd', '--to', url);
    await alice.ok('promote', 'HEAD', 'dd');
    fileTree(alice.dir, { '.env': 'TOKEN=1' });
    await alice.ok('take', '--no-ignore');
    await alice.ok('promote', 'HEAD', 'bb');
    const told = await alice.run('push', '--to', url);
    assert.equal(told.code, 3);
    assert.match(told.stderr, /^snapdir: bb: Nothing was sent to [^]*\.env: environment file/m);
    assert.match(told.stdout, /^aa in [^]*^cc in /m);
    assert.deepEqual(await names(), ['aa', 'cc', 'dd']);
    const again = await alice.run('push', 'bb', 'dd', 'none', 'aa', '--to', url, '--json');
    assert.equal(again.code, 3);
    const { promoted, conflicts, failed, untried } = again.json<Pushed>();
    assert.deepEqual(
      [promoted.map(({ name }) => name), conflicts.length, untried],
      [['aa'], 1, []],
    );
    assert.deepEqual(
      failed.map(({ name, code }) => [name, code]),
      [
        ['bb', 'SECRETS_FOUND'],
        ['none', 'REV_NOT_FOUND'],
      ],
    );
    const left = await alice.run('push', '--to', url, '--leave-out-secrets');
    assert.equal(left.code, 1, 'only the conflict is left');
    assert.deepEqual(await names(), ['aa', 'bb', 'cc', 'dd']);
    // A store that cannot be used at all is asked once.
    rmSync(bucket, { recursive: true });
    fileTree(join(bucket, '..'), { bucket: 'no folder' });
    const gone = await alice.run('push', '--to', url, '--json');
    assert.equal(gone.code, 3, gone.stdout);
  });

  test('fetching leaves a name alone that a person set', async () => {
    await alice.ok('promote', 'HEAD', 'tg', '--to', url);
    await bob.ok('promote', 'HEAD', 'loc/tg');
    await bob.ok('remote', 'add', 'loc', url);
    const refs = async (): Promise<Record<string, string>> =>
      (await bob.ok('refs', '--json')).json<{ refs: Record<string, string> }>().refs;
    const before = await refs();
    const fetched = await bob.ok('fetch', 'tg', '--from', 'loc');
    assert.deepEqual(await refs(), before);
    assert.match(fetched.stderr, /loc\/tg is a name that you set, and was not moved/);
    const [, id = ''] = /"snapdir show (\w+)"/.exec(fetched.stderr) ?? [];
    assert.match((await bob.ok('show', id)).stdout, /of alice/);
    const json = (await bob.ok('fetch', 'tg', '--from', 'loc', '--json')).json<{
      fetched: { ref: string | null; kept: string | null }[];
    }>();
    assert.deepEqual([json.fetched[0]!.ref, json.fetched[0]!.kept], [null, 'loc/tg']);
    await bob.ok('refs', '--delete', 'loc/tg');
    await bob.ok('fetch', 'tg', '--from', 'loc');
    assert.match((await bob.ok('show', 'loc/tg')).stdout, /of alice/);
    // What fetching set, fetching moves.
    fileTree(alice.dir, { a: '2' });
    await alice.ok('take', '-m', 'next');
    await alice.ok('promote', 'HEAD', 'tg', '--to', url);
    await bob.ok('fetch', 'tg', '--from', 'loc');
    assert.match((await bob.ok('show', 'loc/tg')).stdout, /next/);
  });

  test("a tag means one's own snapshot before a fetched one", async () => {
    await bob.ok('tag', 'HEAD', 'stable');
    await alice.ok('tag', 'HEAD', 'stable');
    await alice.ok('promote', 'HEAD', 'tg', '--to', url);
    await bob.ok('fetch', 'tg', '--from', url);
    assert.match((await bob.ok('show', 'stable')).stdout, /of bob/);
  });

  test('one that no store has room for is refused with the limit, before anything is sent', async () => {
    for (const name of ['中'.repeat(23), 'LONG-'.repeat(16)]) {
      await alice.ok('promote', 'HEAD', name);
      const refused = await alice.run('promote', 'HEAD', name, '--to', url);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /too long for a permanent store: at most 200, where .* count/);
    }
    const sent = readdirSync(bucket, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      sent.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
    await alice.ok('promote', 'HEAD', '中'.repeat(22), '--to', url);
  });
});
