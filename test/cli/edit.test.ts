import assert from 'node:assert/strict';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';

interface Info {
  id: string;
  message: string;
  tags: string[];
  refs: string[];
  isHead: boolean;
}

async function listed(folder: CliFolder): Promise<Info[]> {
  return (await folder.ok('list', '--json')).json<{ checkpoints: Info[] }>().checkpoints;
}

async function twoSnapshots(): Promise<{ folder: CliFolder; first: string; second: string }> {
  const folder = cliFolder({ a: '1' });
  const first = (await folder.ok('take', '-m', 'first', '-q')).stdout.trim();
  fileTree(folder.dir, { a: '2' });
  const second = (await folder.ok('take', '-m', 'second', '-q')).stdout.trim();
  return { folder, first, second };
}

suite('cli: promote, refs, tag, rename, delete', function () {
  this.timeout(60_000);

  test('promote names a snapshot, moves the name, and says whether anything changed', async () => {
    const { folder, first, second } = await twoSnapshots();
    const made = await folder.ok('promote', 'HEAD~', 'release', '--json');
    assert.deepEqual(made.json(), { name: 'release', changed: true, checkpoint: first });
    const again = await folder.ok('promote', first, 'release', '--json');
    assert.deepEqual(again.json(), { name: 'release', changed: false, checkpoint: first });
    const moved = await folder.ok('promote', 'HEAD', 'release');
    assert.equal(moved.stdout, `release now names ${second.slice(0, 10)}.\n`);
    assert.deepEqual((await folder.ok('refs', '--json')).json(), { refs: { release: second } });
    assert.match(
      (await folder.ok('refs')).stdout,
      new RegExp(`^release {2}${second.slice(0, 10)} {2}.* second\n$`),
    );
    assert.equal((await folder.ok('refs', '-q')).stdout, 'release\n');
    assert.deepEqual((await listed(folder))[0]?.refs, ['release']);
  });

  test('refs --delete takes a name away, and an unknown one is told', async () => {
    const { folder, second } = await twoSnapshots();
    await folder.ok('promote', 'HEAD', 'release');
    const gone = await folder.ok('refs', '--delete', 'release', '--json');
    assert.equal(gone.json<{ previous: string }>().previous, second);
    assert.deepEqual((await folder.ok('refs', '--json')).json(), { refs: {} });
    const missing = await folder.run('refs', '--delete', 'release');
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /Nothing matches release/);
    assert.equal((await listed(folder)).length, 2);
  });

  test('tag adds and removes labels', async () => {
    const { folder } = await twoSnapshots();
    const added = await folder.ok('tag', 'HEAD', 'green', 'tests pass', '--json');
    assert.deepEqual(added.json<{ checkpoint: Info }>().checkpoint.tags, ['green', 'tests pass']);
    assert.match((await folder.ok('list')).stdout, /second {2}#green #tests pass/);
    await folder.ok('tag', '--remove', 'HEAD', 'green');
    assert.deepEqual((await listed(folder))[0]?.tags, ['tests pass']);
  });

  test('rename changes the message', async () => {
    const { folder, first } = await twoSnapshots();
    const renamed = await folder.ok('rename', 'HEAD~', 'another\n\nwith more', '--json');
    assert.equal(renamed.json<{ checkpoint: Info }>().checkpoint.id, first, 'the id stays');
    assert.match((await folder.ok('list')).stdout, /another\n/);
    assert.match((await folder.ok('show', first)).stdout, /\n {4}another\n {4}\n {4}with more\n/);
  });

  test('delete asks; with --yes it takes snapshots off the list and HEAD falls back', async () => {
    const { folder, first, second } = await twoSnapshots();
    const before = readTree(folder.dir);
    const refused = await folder.run('delete', 'HEAD');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Delete 1 snapshot from the list:\n.*second/);
    assert.match(refused.stderr, /no terminal to ask on.*--yes/);
    assert.equal((await listed(folder)).length, 2);
    const deleted = await folder.ok('delete', 'HEAD', '--yes', '--json');
    assert.deepEqual(deleted.json(), { deleted: [second], head: first });
    assert.deepEqual(
      (await listed(folder)).map(({ id, isHead }) => [id, isHead]),
      [[first, true]],
    );
    assert.deepEqual(readTree(folder.dir), before);
  });

  test('several at once; what is no snapshot in the list is refused before anything is deleted', async () => {
    const { folder } = await twoSnapshots();
    const wrong = await folder.run('delete', 'HEAD', 'nope', '--yes');
    assert.equal(wrong.code, 3);
    const live = await folder.run('delete', 'live', '--yes');
    assert.equal(live.code, 2);
    assert.equal((await listed(folder)).length, 2);
    const all = await folder.ok('delete', 'HEAD', 'HEAD~', '-y');
    assert.match(all.stdout, /Deleted 2 snapshots: .* HEAD is empty/);
    assert.match((await folder.ok('list')).stdout, /No snapshots yet/);
  });

  test('names that could be read as another revision are refused, with the reason', async () => {
    const { folder } = await twoSnapshots();
    const names = [
      'HEAD',
      'live',
      'latest',
      'a~1',
      'a..b',
      '@{x}',
      'abcdef0123',
      '',
      'a\nb',
      'x'.repeat(500),
    ];
    for (const name of names) {
      const promoted = await folder.run('promote', 'HEAD', name, '--json');
      assert.equal(promoted.code, 2, JSON.stringify(name));
      assert.equal(promoted.json<{ error: { code: string } }>().error.code, 'INVALID_NAME');
      assert.equal((await folder.run('tag', 'HEAD', '--', name)).code, 2, JSON.stringify(name));
    }
    assert.deepEqual((await folder.ok('refs', '--json')).json(), { refs: {} });
  });

  test('the folder itself cannot be promoted, tagged or renamed', async () => {
    const { folder } = await twoSnapshots();
    for (const args of [
      ['promote', 'live', 'x'],
      ['tag', 'live', 'x'],
      ['rename', 'live', 'x'],
    ]) {
      const result = await folder.run(...args);
      assert.ok(result.code === 2 || result.code === 3, `${args.join(' ')}: ${result.stderr}`);
      assert.ok(!/Unexpected/.test(result.stderr), result.stderr);
    }
  });
});
