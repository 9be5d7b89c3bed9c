// Stores in a folder: one that is missing, and one that a team shares.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCli, type CliFolder, type CliResult } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

suite('cli: a store in a folder', function () {
  this.timeout(180_000);
  let disk: string;
  let url: string;
  let alice: CliFolder;
  setup(async () => {
    disk = tempDir();
    url = `file://${join(disk, 'store')}`;
    alice = cliFolder({ a: '1' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
    await alice.ok('take');
  });
  const away = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await alice.run(...args);
    assert.equal(code, 3, args.join(' '));
    assert.match(
      stderr,
      /There is no folder .*disk is mounted.*"snapdir remote test"/,
      args.join(' '),
    );
    assert.deepEqual(readdirSync(disk), [], args.join(' '));
  };

  test('reading makes none, nor does a promotion to one that is configured; a test does', async () => {
    await away('remote', 'ls', url);
    await away('fetch', 'main', '--from', url);
    await away('pull', 'main', '--from', url);
    assert.match(
      (await alice.ok('remote', 'add', 'team', url)).stdout,
      /"snapdir remote test team" tries it, and makes its folder\./,
    );
    await away('remote', 'ls', 'team');
    await away('promote', 'HEAD', 'main', '--to', 'team');
    await away('push', '--to', 'team');
    await away('promote', 'HEAD', 'main', '--to', url);
    const made = await alice.ok('remote', 'test', 'team');
    assert.match(made.stdout, /The folder of team was not there, and was made\.\n.*team works/);
    assert.doesNotMatch((await alice.ok('remote', 'test', 'team')).stdout, /was made/);
    assert.match((await alice.ok('promote', 'HEAD', 'main', '--to', 'team')).stdout, /now names/);
    rmSync(join(disk, 'store'), { recursive: true });
    await away('promote', 'HEAD', 'main', '--to', 'team');
  });

  test("a promotion to a URL that is nobody's store yet makes it, if what is above is there", async () => {
    const other = cliFolder({ a: '1' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: url });
    await other.ok('take');
    assert.equal((await other.run('promote', 'HEAD', 'main', '--to', `${url}/deep`)).code, 3);
    assert.equal((await other.run('push')).code, 3, 'of the environment: it is meant to be there');
    assert.ok(!existsSync(join(disk, 'store')));
    await other.ok('promote', 'HEAD', 'main', '--to', url);
    assert.match((await other.ok('remote', 'ls')).stdout, /There are no stores/);
    assert.match((await other.ok('remote', 'ls', url)).stdout, /^main /);
  });

  test("a folder's own snapshots are no permanent store, by URL or by name; nothing is sent", async () => {
    const own = `file://${join(alice.dir, '.snapdir')}`;
    const other = cliFolder({ b: '2' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
    await other.ok('take');
    await other.ok('remote', 'add', 'mine', own);
    for (const [who, to] of [
      [alice, own],
      [other, own],
      [other, 'mine'],
    ] as const) {
      const { code, stderr } = await who.run('promote', 'HEAD', 'keep', '--to', to);
      assert.equal(code, 3);
      assert.match(stderr, /keeps the snapshots of a folder.*Nothing was sent.*folder elsewhere/);
    }
    assert.equal((await other.run('remote', 'test', 'mine')).code, 3);
    assert.ok(!existsSync(join(alice.dir, '.snapdir', '.refs')));
    assert.deepEqual((await alice.ok('refs', '--json')).json<{ refs: object }>().refs, {});
  });

  for (const umask of [0o022, 0o077]) {
    test(`two users of one group, umask ${umask.toString(8)}: both promote, fetch and test`, async function () {
      if (process.getuid?.() !== 0) {
        this.skip();
      }
      const group = 42_000;
      const store = join(disk, 'shared');
      mkdirSync(store);
      chmodSync(disk, 0o755);
      chownSync(store, 0, group);
      chmodSync(store, 0o2770);
      const user = async (uid: number): Promise<(...args: string[]) => Promise<CliResult>> => {
        const [dir, home] = [fileTree(tempDir(), { own: `${uid}` }), tempDir()];
        [dir, home].forEach((path) => chownSync(path, uid, group));
        const env = { SNAPDIR_HOME: home, SNAPDIR_STORE: '', SNAPDIR_AUTHOR: `${uid}` };
        const run = async (...args: string[]): Promise<CliResult> => {
          const before = process.umask(umask);
          const running = runCli(args, { cwd: dir, env, uid, gid: group });
          process.umask(before);
          const done = await running;
          assert.equal(done.code, 0, `${uid} ${args.join(' ')}: ${done.stderr}`);
          return done;
        };
        await run('take');
        await run('remote', 'add', 'team', `file://${store}`);
        return run;
      };
      const [first, second] = [await user(41_001), await user(41_002)];
      await first('promote', 'HEAD', 'main', '--to', 'team');
      await second('remote', 'test', 'team');
      await second('fetch', 'main');
      await second('promote', 'HEAD', 'main', '--to', 'team', '--force');
      await first('fetch', 'main');
      await first('promote', 'HEAD', 'main', '--to', 'team');
    });
  }
});
