import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Synced {
  push: string[];
  behind: string[];
  fetch: string[];
  promoted: { name: string }[];
  conflicts: { code: string }[];
  failed: { name: string; code: string }[];
  fetched: { name: string; ref: string }[];
}

suite('cli: sync', function () {
  this.timeout(240_000);
  let alice: CliFolder;
  let bob: CliFolder;
  setup(async () => {
    const url = `file://${join(tempDir(), 'bucket')}`;
    const env = (SNAPDIR_AUTHOR: string): Record<string, string> => ({
      ...{ SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '', SNAPDIR_AUTHOR },
    });
    alice = cliFolder({ a: '1' }, env('Alice'));
    bob = cliFolder({ b: '2' }, env('Bob'));
    for (const one of [alice, bob]) {
      await one.ok('take', '-m', 'first');
      await one.ok('remote', 'add', 'team', url);
    }
    await alice.ok('remote', 'test', 'team');
  });

  const standsFor = async (name: string): Promise<string | undefined> =>
    (await alice.ok('remote', 'ls', 'team', '--json'))
      .json<{ names: { name: string; by: string }[] }>()
      .names.find((one) => one.name === name)?.by;
  const sync = async (of: CliFolder): Promise<[number, Synced]> => {
    const done = await of.run('sync', '--json');
    return [done.code ?? -1, done.json<Synced>()];
  };
  const next = async (of: CliFolder, text: string): Promise<void> => {
    fileTree(of.dir, { next: text });
    await of.ok('take', '-m', text);
    await of.ok('promote', 'HEAD', 'main');
  };

  test('both ways; twice changes nothing', async () => {
    await alice.ok('promote', 'HEAD', 'main');
    await bob.ok('promote', 'HEAD', 'lib');
    assert.match((await alice.ok('sync')).stdout, /^main in team now names/);
    const planned = await bob.run('sync', '--dry-run');
    assert.equal(planned.code, 1);
    assert.match(planned.stdout, /promoted to team: lib\n.*fetched from team: main\n/);
    assert.deepEqual(await standsFor('lib'), undefined);
    const [code, done] = await sync(bob);
    assert.equal(code, 0);
    assert.deepEqual(
      [done.promoted.map(({ name }) => name), done.fetched.map(({ ref }) => ref)],
      [['lib'], ['team/main']],
    );
    // What was fetched was compared with nothing, so nothing is said of changes.
    assert.doesNotMatch((await bob.ok('list')).stdout, / = +1 /);
    assert.match((await bob.ok('sync')).stdout, /^Nothing to promote to team, and nothing to f/);
    assert.match((await alice.ok('sync', '--with', 'team')).stdout, /^lib of team is here/);
  });

  test('who moved a name meanwhile is not overtaken, however often one syncs', async () => {
    await alice.ok('promote', 'HEAD', 'main');
    await sync(alice);
    // That it was fetched says nothing of a name that comes about here later.
    assert.equal((await sync(bob))[1].fetched.length, 1);
    await bob.ok('promote', 'HEAD', 'main');
    for (let round = 0; round < 2; round++) {
      const [code, done] = await sync(bob);
      assert.equal(code, 1);
      assert.deepEqual([done.push, done.conflicts[0]?.code], [['main'], 'PROMOTION_CONFLICT']);
      assert.equal(done.fetched.length, 0);
      assert.equal(await standsFor('main'), 'Alice');
    }
    await next(alice, 'more');
    await sync(alice);
    assert.equal((await sync(bob))[1].fetched.length, 1, 'theirs came, to look at');
    assert.equal(await standsFor('main'), 'Alice');
  });

  test('what STORE/NAME stands for follows the store, also back, and to what was here', async () => {
    const stands = async (name: string): Promise<string> =>
      (await bob.ok('show', name, '--json')).json<{ checkpoint: { message: string } }>().checkpoint
        .message;
    await next(alice, 'one');
    await sync(alice);
    await sync(bob);
    await next(alice, 'two');
    await sync(alice);
    await sync(bob);
    assert.equal(await stands('team/main'), 'two');
    await alice.ok('promote', 'HEAD~1', 'main', '--to', 'team');
    await alice.ok('promote', 'HEAD', 'again', '--to', 'team');
    assert.deepEqual((await sync(bob))[1].fetch, ['again', 'main']);
    assert.deepEqual([await stands('team/main'), await stands('team/again')], ['one', 'two']);
    assert.deepEqual((await sync(bob))[1].fetch, []);
  });

  test('a store that is only read from: what is not promoted is told', async () => {
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team');
    const { stores } = (await alice.ok('remote', 'ls', '--json')).json<{
      stores: { url: string }[];
    }>();
    await bob.ok('remote', 'add', 'ro', stores[0]!.url, '--read-only');
    await bob.ok('promote', 'HEAD', 'mine');
    const done = await bob.run('sync', '--with', 'ro');
    assert.equal(done.code, 1);
    assert.match(done.stderr, /ro is only read from; not promoted: mine/);
    assert.match(done.stdout, /main of ro is here as ro\/main/);
    assert.equal(await standsFor('mine'), undefined);
  });

  test('who is behind learns of it, and takes nothing back', async () => {
    await next(alice, 'of alice');
    await sync(alice);
    await bob.ok('fetch', 'main', '--from', 'team');
    await next(bob, 'of bob');
    assert.equal((await sync(bob))[0], 0);
    assert.equal(await standsFor('main'), 'Bob');
    for (let round = 0; round < 2; round++) {
      const [code, done] = await sync(alice);
      assert.deepEqual([code, done.behind, done.push], [1, ['main'], []]);
      assert.equal(done.fetched.length, round === 0 ? 1 : 0);
      assert.equal(await standsFor('main'), 'Bob');
    }
    assert.match((await alice.run('sync')).stdout, /"snapdir pull main --from team" brings it/);
    // Going on from there is for a person to say.
    await next(alice, 'more of alice');
    assert.equal((await sync(alice))[0], 1);
    assert.equal(await standsFor('main'), 'Bob');
  });

  test('theirs fetched only to look at is not agreed to: an older name of ours does not take its place', async () => {
    await alice.ok('promote', 'HEAD', 'main');
    await bob.ok('promote', 'HEAD', 'main', '--to', 'team');
    for (let round = 0; round < 2; round++) {
      await alice.ok('fetch', 'main', '--from', 'team');
      const [code, done] = await sync(alice);
      assert.deepEqual([code, done.conflicts[0]?.code], [1, 'PROMOTION_CONFLICT']);
      assert.equal(await standsFor('main'), 'Bob');
    }
    // A name that is set after that is meant; so is a promotion that a person asks for. To fetch once more changes nothing.
    await next(alice, 'after that');
    await alice.ok('fetch', 'main', '--from', 'team');
    assert.equal((await sync(alice))[0], 0);
    assert.equal(await standsFor('main'), 'Alice');
    await bob.ok('promote', 'HEAD', 'other');
    await alice.ok('promote', 'HEAD', 'other', '--to', 'team');
    await bob.ok('fetch', 'other', '--from', 'team');
    await bob.ok('promote', 'other', 'other', '--to', 'team');
    assert.equal(await standsFor('other'), 'Bob');
    const [, { failed, conflicts, behind }] = await sync(bob);
    assert.deepEqual([failed, conflicts, behind], [[], [], ['main']]);
  });

  test('what has secrets is told and not sent; the others go on', async () => {
    await alice.ok('promote', 'HEAD', 'fine');
    fileTree(alice.dir, { '.env': 'A=1' });
    await alice.ok('take', '--no-ignore');
    await alice.ok('promote', 'HEAD', 'early');
    const [code, done] = await sync(alice);
    assert.equal(code, 3);
    assert.deepEqual(
      [done.promoted.map(({ name }) => name), done.failed.map((one) => `${one.name} ${one.code}`)],
      [['fine'], ['early SECRETS_FOUND']],
    );
    assert.equal(await standsFor('early'), undefined);
  });

  test('what was left out of a name once is left out again; what is new is told and not sent', async () => {
    fileTree(alice.dir, { '.env': 'PASSWORD=x' });
    const env = async (text: string, file = '.env'): Promise<void> => {
      fileTree(alice.dir, { [file]: text });
      await alice.ok('take', '--no-ignore');
      await alice.ok('promote', 'HEAD', 'main');
    };
    await env('PASSWORD=x');
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team', '--leave-out-secrets');
    for (const more of [['--dry-run'], [], ['--dry-run']]) {
      const { stdout } = await alice.ok('sync', ...more);
      const [same, nothing] = stdout.split('\n');
      assert.equal(same, 'main in team is what it is here, but for 1 file left out before.');
      assert.match(nothing ?? '', /^Nothing to promote/);
    }
    // Its manifest, which no checkpoint has, may be collected: it is nobody else's all the same.
    await alice.ok('gc', '--grace', '0', '--yes');
    assert.deepEqual((await sync(alice))[1].fetch, []);
    await env('other', 'next');
    const { stdout, stderr } = await alice.ok('sync');
    assert.match(stdout, /^main in team now names/);
    assert.match(stderr, /1 file left out[^]*\.env/);
    await env('PASSWORD=y');
    const [code, { failed }] = await sync(alice);
    assert.equal(code, 3);
    assert.deepEqual(
      failed.map((one) => [one.name, one.code]),
      [['main', 'SECRETS_FOUND']],
    );
  });
});
