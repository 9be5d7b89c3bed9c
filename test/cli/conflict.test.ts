// Two who promote one name at once, or one after the other, and what the command says to do about it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { tempDir } from '../support/tempDir';

suite('cli: a name that two promote', function () {
  this.timeout(180_000);
  let disk: string;
  let alice: CliFolder;
  let bob: CliFolder;
  setup(async () => {
    disk = tempDir();
    const env = (SNAPDIR_AUTHOR: string): Record<string, string> => ({
      ...{ SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '', SNAPDIR_AUTHOR },
    });
    alice = cliFolder({ a: '1' }, env('Alice'));
    bob = cliFolder({ b: '2' }, env('Bob'));
    ['team', 'other'].forEach((name) => mkdirSync(join(disk, name)));
    for (const one of [alice, bob]) {
      await one.ok('take');
      await one.ok('remote', 'add', 'other', `file://${join(disk, 'other')}`);
      await one.ok('remote', 'add', 'team', `file://${join(disk, 'team')}`);
    }
  });

  const listed = async (): Promise<unknown[]> =>
    (await alice.ok('remote', 'ls', 'team', '--json'))
      .json<{ names: { name: string; by: string; aside: string[] }[] }>()
      .names.map(({ name, by, aside }) => `${name} ${by} ${aside.length}`);

  /** Bob promotes at the same time and comes second: his is in the journal, and the head is hers. */
  const race = async (): Promise<void> => {
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team');
    const copy = `file://${join(disk, 'meanwhile')}`;
    await bob.ok('promote', 'HEAD', 'main', '--to', copy);
    cpSync(join(disk, 'meanwhile'), join(disk, 'team'), { recursive: true, force: false });
    assert.deepEqual(await listed(), ['main Alice 1']);
  };

  test('what to do names the store that was named, and works as it stands there', async () => {
    for (const [name, to] of [
      ['main', 'team'],
      ['next', `file://${join(disk, 'team')}`],
    ] as const) {
      await alice.ok('promote', 'HEAD', name, '--to', 'team');
      await alice.ok('promote', 'HEAD', name, '--to', 'other');
      const { code, stderr } = await bob.run('promote', 'HEAD', name, '--to', to);
      assert.equal(code, 3);
      const advice = /"snapdir (fetch [^"]*)" brings theirs/.exec(stderr)?.[1];
      assert.equal(advice, `fetch ${name} --from ${to}`);
      const { stdout } = await bob.ok(...advice.split(' '));
      assert.ok(stdout.startsWith(`${name} of ${to} `), stdout);
    }
  });

  test('what lies aside is told by each sync, and goes with another name', async () => {
    await race();
    for (const one of [alice, bob]) {
      await one.run('sync', '--with', 'team');
      const { code, stdout, stderr } = await one.run('sync', '--with', 'team');
      assert.equal(code, 1, stderr);
      assert.match(stdout + stderr, /lie aside: main; "snapdir remote ls team"/);
    }
    const done = await bob.ok('promote', 'HEAD', 'bobs', '--to', 'team', '--instead-of', 'main');
    assert.match(done.stdout, /Nothing of this snapshot lies aside of main any more/);
    assert.deepEqual(await listed(), ['bobs Bob 0', 'main Alice 0']);
    const { aside } = (await alice.ok('sync', '--with', 'team', '--json')).json<{
      aside: string[];
    }>();
    assert.deepEqual(aside, []);
    await bob.ok('promote', 'HEAD', 'bobs', '--to', 'team', '--instead-of', 'main');
    assert.deepEqual(await listed(), ['bobs Bob 0', 'main Alice 0'], 'twice is as once');
    const without = await bob.run('promote', 'HEAD', 'bobs', '--instead-of', 'main');
    assert.equal(without.code, 2);
    for (const other of ['new', 'no..name']) {
      const to = ['--to', 'team', '--instead-of', other];
      assert.equal((await bob.run('promote', 'HEAD', 'new', ...to)).code, 2, other);
    }
    assert.deepEqual(await listed(), ['bobs Bob 0', 'main Alice 0'], 'nothing was sent');
  });

  test('push takes no name back of which theirs was fetched; promote does', async () => {
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team');
    await bob.ok('fetch', 'main', '--from', 'team');
    await bob.ok('promote', 'HEAD', 'main', '--to', 'team');
    await alice.ok('pull', 'main', '--from', 'team', '--yes');
    for (const names of [[], ['main']]) {
      const { code, stderr } = await alice.run('push', ...names, '--to', 'team');
      assert.equal(code, 1, stderr);
      assert.match(stderr, /main in store team stands for .* by Bob /);
      assert.deepEqual(await listed(), ['main Bob 0']);
    }
    await alice.ok('promote', 'main', 'main', '--to', 'team');
    assert.deepEqual(await listed(), ['main Alice 0']);
  });

  test('what was left out of a name makes no conflict where somebody went on from it', async () => {
    writeFileSync(join(alice.dir, 'server.key'), 'k'.repeat(40));
    await alice.ok('take');
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team', '--leave-out-secrets');
    await bob.ok('fetch', 'main', '--from', 'team');
    await bob.ok('promote', 'HEAD', 'main', '--to', 'team');
    for (let round = 0; round < 2; round++) {
      const { code, stdout, stderr } = await alice.run('sync', '--with', 'team');
      assert.equal(code, 1, stderr);
      assert.match(stdout, /main is newer in team/);
      assert.doesNotMatch(stderr, /stands for/);
    }
    assert.deepEqual(await listed(), ['main Bob 0']);
  });

  test('a name that cannot be read is no "nothing to fetch"', async () => {
    await alice.ok('promote', 'HEAD', 'main', '--to', 'team');
    const refs = join(disk, 'team', '.refs', 'main');
    for (const name of readdirSync(refs)) {
      writeFileSync(join(refs, name), 'spoilt');
    }
    const { code, stdout, stderr } = await bob.run('sync', '--with', 'team');
    assert.equal(code, 1, stderr);
    assert.match(stderr, /main cannot be read/);
    assert.doesNotMatch(stdout, /Nothing to promote/);
  });
});
