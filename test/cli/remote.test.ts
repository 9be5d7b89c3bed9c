import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ImportedCheckpoints } from '../../src/core/engine';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Names {
  names: { name: string; snapshot: string; here: boolean; by: string; aside: string[] }[];
}

suite('cli: promote --to, push, fetch, pull, remote, export, import, merge-manifests', function () {
  this.timeout(120_000);
  let bucket: string;
  let url: string;
  let alice: CliFolder;
  let bob: CliFolder;
  setup(() => {
    bucket = join(tempDir(), 'bucket');
    url = `file://${bucket}`;
    const own = { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '', SNAPDIR_AUTHOR: 'Alice' };
    alice = cliFolder({ a: '1', 'dir/b': '2' }, own);
    bob = cliFolder({ c: '3' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
  });

  test('two people and one store: promote, list, fetch, compare, pull, undo', async () => {
    const snapshot = (await alice.ok('take', '-m', 'first', '--json')).json<{
      checkpoint: { snapshot: string };
    }>().checkpoint.snapshot;
    await alice.ok('remote', 'add', 'team', url, '--default');
    assert.match((await alice.ok('remote', 'test', 'team')).stdout, /team works.*\n.*one wins/);
    const made = (await alice.ok('promote', 'HEAD', 'main', '--to', 'team', '--json')).json();
    assert.deepEqual(
      [made['store'], made['changed'], made['snapshot'], made['sent']],
      ['team', true, snapshot, { objects: 2, bytes: 2 }],
    );
    const again = await alice.ok('promote', 'HEAD', 'main', '--to', 'team');
    assert.equal(again.stdout, `main in team already names ${snapshot.slice(0, 10)}.\n`);
    assert.equal((await alice.ok('refs', '-q')).stdout, 'main\n');
    await bob.ok('take');
    await bob.ok('remote', 'add', 'ours', url);
    const listed = (await bob.ok('remote', 'ls', 'ours', '--json')).json<Names>().names;
    assert.deepEqual(
      listed.map(({ name, here, by }) => [name, here, by]),
      [['main', false, 'Alice']],
    );
    assert.match(
      (await bob.ok('fetch', 'main')).stdout,
      /^main of ours is here as ours\/main: 2 objects/,
    );
    assert.match((await bob.run('compare', 'HEAD', 'ours/main')).stdout, /dir\/b/);
    const refused = await bob.run('pull', 'main', '--exact');
    assert.equal(refused.code, 2);
    await bob.ok('pull', 'main', '--exact', '--yes');
    assert.equal(readTree(bob.dir)['dir/b'], readTree(alice.dir)['dir/b']);
    await bob.ok('undo', '--yes');
    assert.ok('c' in readTree(bob.dir));
    assert.ok(!Object.keys(readTree(bob.dir)).some((path) => path.includes('remotes.json')));
  });

  test('what a store lost comes back as the words say', async () => {
    await alice.ok('take');
    await alice.ok('promote', 'HEAD', 'main', '--to', url);
    await alice.ok('promote', 'HEAD', 'second');
    const files = readdirSync(join(bucket, '.objects'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const [damaged = '', gone = ''] = files;
    writeFileSync(damaged, Buffer.alloc(statSync(damaged).size, '!'));
    rmSync(gone);
    const refused = await bob.run('fetch', 'main', '--from', url);
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      /Where the snapshot is whole, "snapdir promote" it again with --force/,
    );
    const sent = await alice.ok('promote', 'HEAD', 'main', '--to', url, '--force');
    assert.match(sent.stdout, /already names .*\nSent 2 objects, 2 B\.\n/);
    assert.match((await bob.ok('fetch', 'main', '--from', url)).stdout, /2 objects/);
    const { promoted } = (await alice.ok('push', '--to', url, '--force', '--json')).json<{
      promoted: { name: string; sent: { objects: number } }[];
    }>();
    assert.deepEqual(
      promoted.map(({ name, sent: { objects } }) => [name, objects]),
      [
        ['main', 2],
        ['second', 0],
      ],
    );
  });

  test('what an editor would run stays away unless asked for, and fetched snapshots are marked', async () => {
    fileTree(alice.dir, { '.vscode/tasks.json': '{}', 'package.json': '{}' });
    await alice.ok('take', '-m', 'with tasks');
    await alice.ok('promote', 'HEAD', 'main', '--to', url);
    await bob.ok('take');
    const plan = await bob.ok('pull', 'main', '--from', url, '--dry-run');
    assert.match(plan.stdout, /left out[^]*--include-runnable[^]*\.vscode\/tasks\.json/);
    const pulled = await bob.run('pull', 'main', '--from', url, '--yes');
    assert.equal(pulled.code, 1, 'something was left out');
    assert.match(pulled.stderr, /\.vscode\/tasks\.json/);
    assert.ok(!('.vscode/tasks.json' in readTree(bob.dir)));
    assert.equal(readTree(bob.dir)['a'], '1');
    const whole = await bob.ok('pull', 'main', '--from', url, '--include-runnable', '--yes');
    assert.doesNotMatch(whole.stdout + whole.stderr, /left out/);
    assert.equal(readTree(bob.dir)['.vscode/tasks.json'], '{}');
    const list = (await bob.ok('list')).stdout.split('\n');
    const marked = list.filter((line) => line.includes(`(from ${url})`));
    assert.equal(marked.length, 1, 'one of them came from elsewhere');
    assert.match(marked[0]!, /with tasks/);
    const { fetched } = (await bob.ok('fetch', 'main', '--from', url, '--json')).json<{
      fetched: { checkpoint: { id: string; origin: { from: string; name: string } } }[];
    }>();
    assert.deepEqual(
      [fetched[0]!.checkpoint.origin.from, fetched[0]!.checkpoint.origin.name],
      [url, 'main'],
    );
    assert.match(
      (await bob.ok('show', fetched[0]!.checkpoint.id)).stdout,
      /From +file:.*, main, by/,
    );
  });

  test('a conflict names both and says what to do; push goes on with the others', async () => {
    await alice.ok('take', '-m', 'of alice');
    await alice.ok('promote', 'HEAD', 'main', '--to', url);
    await bob.ok('take', '-m', 'of bob');
    const conflict = await bob.run('promote', 'HEAD', 'main', '--to', url);
    assert.equal(conflict.code, 3);
    assert.match(
      conflict.stderr,
      /stands for \w+ \(of alice\).*Yours, \w+ \(of bob\).*was not sent.*snapdir fetch main/,
    );
    await bob.ok('promote', 'HEAD', 'main');
    await bob.ok('promote', 'HEAD', 'other');
    const pushed = await bob.run('push', '--to', url, '--json');
    assert.equal(pushed.code, 1);
    const { promoted, conflicts } = pushed.json<{
      promoted: { name: string }[];
      conflicts: unknown[];
    }>();
    assert.deepEqual([promoted.map(({ name }) => name), conflicts.length], [['other'], 1]);
    const unknown = await bob.run('fetch', 'nothing', '--from', url);
    assert.match(unknown.stderr, /has no promoted snapshot nothing. It has: main, other/);
    const noStore = await bob.run('fetch', 'main', '--from', 'nowhere');
    assert.match(noStore.stderr, /No store is called nowhere/);
    assert.equal((await bob.run('fetch', 'main')).code, 2);
  });

  test('push sends names with slashes, but not those fetched from a store', async () => {
    await alice.ok('take');
    await alice.ok('promote', 'HEAD', 'main', '--to', url);
    await bob.ok('remote', 'add', 'ours', url);
    await bob.ok('fetch', 'main', '--from', 'ours');
    await bob.ok('take');
    const none = await bob.ok('push', '--to', 'ours');
    assert.match(none.stdout, /No names are set here/);
    // The same goes once the store is not known any more, or has another name.
    await bob.ok('remote', 'remove', 'ours');
    await bob.ok('remote', 'add', 'same', url);
    assert.match((await bob.ok('push', '--to', 'same')).stdout, /No names are set here/);
    await bob.ok('remote', 'remove', 'same');
    await bob.ok('remote', 'add', 'ours', url);
    await bob.ok('promote', 'HEAD', 'release/1.0');
    const pushed = await bob.ok('push', '--to', 'ours', '--json');
    const { promoted } = pushed.json<{ promoted: { name: string }[] }>();
    assert.deepEqual(
      promoted.map(({ name }) => name),
      ['release/1.0'],
    );
  });

  test('the Git store of the folder', async () => {
    execFileSync('git', ['init', '-q', alice.dir]);
    await alice.ok('take');
    const made = await alice.ok('promote', 'HEAD', 'main', '--to', 'git', '--manifest');
    assert.match(made.stdout, /main in git now names/);
    assert.match(readFileSync(join(alice.dir, 'snapdir.json'), 'utf8'), /"main": "[0-9a-f]{64}",/);
    assert.match((await alice.ok('remote', 'ls', 'git')).stdout, /^main {2}/);
    assert.equal((await bob.run('remote', 'ls', 'git')).code, 3);
  });

  test('export and import say what is known; content comes by fetch', async () => {
    await alice.ok('take', '-m', 'first', '--tag', 'green');
    await alice.ok('promote', 'HEAD', 'main', '--to', url);
    const file = join(tempDir(), 'all.jsonl.gz');
    assert.match((await alice.ok('export', file)).stdout, /Wrote 1 snapshot/);
    assert.equal((await alice.run('export', file)).code, 3);
    await bob.ok('take');
    const missing = await bob.run('import', file);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /content of 1 snapshot is not here/);
    await bob.ok('remote', 'add', 'ours', url);
    await bob.ok('fetch', 'main', '--from', 'ours');
    await alice.ok('tag', 'HEAD', 'later');
    rmSync(file);
    await alice.ok('export', file);
    const read = async (): Promise<Partial<ImportedCheckpoints>> =>
      (await bob.ok('import', file, '--json')).json();
    const list = async (): Promise<string> => (await bob.ok('list', '--json')).stdout;
    const before = await list();
    const done = await read();
    assert.deepEqual(
      [done.imported, done.known, done.named, done.tagged, done.kept],
      [[], 1, 1, 1, []],
    );
    const shown = await bob.ok('show', 'main', '--json');
    assert.match(shown.stdout, /"green",\s+"later"/);
    // It is as much from elsewhere as before, and there once.
    assert.match((await bob.ok('show', 'main')).stdout, /From +file:.*, main, by/);
    const rows = (text: string): number => text.match(/"snapshot":/g)!.length;
    assert.equal(rows(await list()), rows(before));
    const after = await list();
    const again = await read();
    assert.deepEqual([again.imported, again.named, again.tagged], [[], 0, 0]);
    assert.equal(await list(), after);
    // A name of one's own is not moved; that is told.
    await bob.ok('promote', 'HEAD', 'main');
    const kept = await bob.run('import', file);
    assert.equal(kept.code, 1);
    assert.match(kept.stderr, /1 name not moved[^]*main is \w+ here, and \w+ in the file/);
    const { refs } = (await bob.ok('refs', '--json')).json<{ refs: Record<string, string> }>();
    assert.ok(refs['main'] !== undefined && refs['main'] !== refs['ours/main']);
    const fetched = join(tempDir(), 'bob.jsonl.gz');
    await bob.ok('export', fetched);
    const lines = gunzipSync(readFileSync(fetched)).toString();
    assert.match(lines, /"refs":\["main"\]/);
    assert.ok(!lines.includes('ours/main'));
  });

  test('merge-manifests: of files, and of what Git left; conflicts are listed, none dropped', async () => {
    const [a, b] = ['a', 'b'].map((digit) => digit.repeat(64));
    fileTree(alice.dir, {
      'one.json': `{\n  "x": "${a}",\n  "same": "${a}",\n  "~": "1"\n}\n`,
      'two.json': `{\n  "y": "${b}",\n  "same": "${a}",\n  "~": "1"\n}\n`,
      'three.json': `{\n  "x": "${b}",\n  "~": "1"\n}\n`,
    });
    const merged = await alice.ok('merge-manifests', 'one.json', 'two.json', '--into', 'out.json');
    assert.match(merged.stdout, /3 names/);
    const conflict = await alice.run('merge-manifests', 'one.json', 'three.json');
    assert.equal(conflict.code, 1);
    assert.match(conflict.stderr, /conflict: x is a+ and b+/);
    assert.match(
      (await alice.ok('merge-manifests', 'one.json', 'three.json', '--prefer', 'last')).stdout,
      /"x": "b+"/,
    );
    fileTree(alice.dir, { 'odd.json': '{\n  odd\n}\n' });
    const odd = await alice.run('merge-manifests', 'one.json', 'odd.json');
    assert.match(
      odd.stderr,
      /odd\.json cannot be read \(line 2\)/,
      'which of the files cannot be read',
    );
    await alice.ok('take');
    fileTree(alice.dir, {
      'snapdir.json': `{\n<<<<<<< HEAD\n  "x": "${a}",\n=======\n  "y": "${b}",\n>>>>>>> other\n  "~": "1"\n}\n`,
    });
    assert.match((await alice.run('promote', 'HEAD', 'n', '--to', url)).stderr, /merge-manifests/);
    assert.match((await alice.ok('merge-manifests')).stdout, /2 names/);
    await alice.ok('promote', 'HEAD', 'n', '--to', url);
    assert.match(readFileSync(join(alice.dir, 'snapdir.json'), 'utf8'), /"n".*\n.*"x".*\n.*"y"/);
  });
});
