import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';

interface Info {
  id: string;
  message: string;
  parent: string | null;
  time: number;
  isHead: boolean;
  tags: string[];
  refs: string[];
}
interface Listed {
  checkpoints: Info[];
  head: string;
  total: number;
  refs: Record<string, string>;
  tags: string[];
}
interface Compared {
  left: string;
  right: string;
  changes: { status: string; path: string; oldPath?: string }[];
  counts: Record<string, number>;
  truncated: boolean;
}

const summary = ({ changes }: Compared): string[] =>
  changes.map(
    ({ status, path, oldPath }) =>
      `${status} ${oldPath === undefined ? '' : `${oldPath} -> `}${path}`,
  );

/** Three snapshots: a.txt; + b.txt; a.txt renamed. */
async function threeSnapshots(): Promise<CliFolder> {
  const folder = cliFolder({ 'a.txt': 'the first file\n' });
  await folder.ok('take', '-m', 'one', '--tag', 'green');
  fileTree(folder.dir, { 'b.txt': 'b\n' });
  await folder.ok('take', '-m', 'two');
  fileTree(folder.dir, { 'a.txt': null, 'renamed.txt': 'the first file\n', 'b.txt': 'bb\n' });
  await folder.ok('take', '-m', 'three');
  return folder;
}

suite('cli: list, show, compare', function () {
  this.timeout(60_000);
  let folder: CliFolder;

  suiteSetup(async () => {
    folder = await threeSnapshots();
  });

  test('list: newest first, HEAD, parents, tags', async () => {
    const { checkpoints, head, total, tags } = (await folder.ok('list', '--json')).json<Listed>();
    assert.deepEqual(
      checkpoints.map(({ message }) => message),
      ['three', 'two', 'one'],
    );
    assert.deepEqual(
      checkpoints.map(({ isHead }) => isHead),
      [true, false, false],
    );
    assert.deepEqual(
      checkpoints.map(({ parent }) => parent),
      [checkpoints[1]?.id, checkpoints[2]?.id, null],
    );
    assert.deepEqual([head, total, tags], [checkpoints[0]?.id, 3, ['green']]);
  });

  test('list: for people', async () => {
    const lines = (await folder.ok('list')).stdout.trimEnd().split('\n');
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? '', /^ +ID +TIME +AGE +CHANGES +FILES +MESSAGE$/);
    assert.match(
      lines[1] ?? '',
      /^\* {2}[0-9a-f]{10} {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}\S.* ago|now .* 2 {2}three$/,
    );
    assert.match(lines[3] ?? '', /one {2}#green$/);
  });

  test('list: filters', async () => {
    const messages = async (...args: string[]): Promise<string[]> =>
      (await folder.ok('list', '--json', ...args)).json<Listed>().checkpoints.map((c) => c.message);
    assert.deepEqual(await messages('-n', '2'), ['three', 'two']);
    assert.deepEqual(await messages('--tag', 'green'), ['one']);
    assert.deepEqual(await messages('--path', 'a.txt'), ['three', 'one']);
    assert.deepEqual(await messages('--path', '.', '-n1'), ['three']);
    assert.deepEqual(await messages('--text', 'TW'), ['two']);
    assert.deepEqual(await messages('--since', '1h'), ['three', 'two', 'one']);
    assert.deepEqual(await messages('--until', '1h'), []);
    assert.deepEqual(await messages('--since', '2001-01-01', '--until', '2001-01-02'), []);
    assert.deepEqual(await messages('--trigger', 'manual'), []);
    assert.deepEqual(await messages('--trigger', 'manual', '--trigger', 'cli', '-n1'), ['three']);
    assert.match((await folder.ok('list', '--tag', 'nope')).stdout, /No snapshot fits/);
  });

  test('show: details and changes against the parent', async () => {
    const result = await folder.ok('show', 'HEAD', '--json');
    const shown = result.json<Compared & { checkpoint: Info; snapshot: string; details: object }>();
    assert.equal(shown.checkpoint.message, 'three');
    assert.match(shown.snapshot, /^[0-9a-f]{64}$/);
    assert.deepEqual(summary(shown), ['M b.txt', 'R a.txt -> renamed.txt']);
    assert.deepEqual(Object.keys(shown.details).sort(), ['rules', 'skipped', 'unstable']);
    const { stdout } = await folder.ok('show', 'green');
    assert.match(stdout, /Checkpoint {2}[0-9a-f]{64}\n/);
    assert.match(stdout, /Parent +\(none\)/);
    assert.match(stdout, /Tags +green/);
    assert.match(stdout, /\n {4}one\n/);
    assert.match(stdout, /Changes: 1 added\n {2}A {2}a\.txt\n/);
  });

  test('every kind of REV names the snapshot it should', async () => {
    const { checkpoints } = (await folder.ok('list', '--json')).json<Listed>();
    const [three, two, one] = checkpoints;
    assert.ok(three && two && one);
    await folder.ok('promote', 'HEAD~1', 'release/1');
    const snapshot = (await folder.ok('id', '--rev', two.id)).stdout.trim();
    const revs: [string, Info][] = [
      ['HEAD', three],
      ['latest', three],
      ['HEAD~', two],
      ['HEAD~1', two],
      ['HEAD~~', one],
      ['latest~2', one],
      ['green', one],
      ['release/1', two],
      ['release/1~1', one],
      [two.id, two],
      [two.id.slice(0, 12), two],
      [snapshot, two],
      [snapshot.slice(0, 12), two],
      [`@{${new Date(two.time).toISOString()}}`, two],
      [`@{${three.time + 1_000_000}}`, three],
    ];
    for (const [rev, expected] of revs) {
      const { checkpoint } = (await folder.ok('show', rev, '--json')).json<{ checkpoint: Info }>();
      assert.equal(checkpoint.message, expected.message, rev);
    }
    for (const rev of ['nope', 'HEAD~3', '@{2001-01-01}', '@{x}', 'f'.repeat(64), '~', '']) {
      const result = await folder.run('show', rev, '--json');
      assert.equal(result.code, 3, rev);
      const { code } = result.json<{ error: { code: string } }>().error;
      assert.ok(code === 'REV_NOT_FOUND' || code === 'MANIFEST_NOT_FOUND', `${rev}: ${code}`);
    }
  });

  test('compare: two snapshots, a snapshot and the folder, HEAD and the folder', async () => {
    const both = await folder.run('compare', 'green', 'HEAD~1', '--json');
    assert.equal(both.code, 1);
    assert.deepEqual(summary(both.json<Compared>()), ['A b.txt']);
    const same = await folder.run('compare', '--json');
    assert.deepEqual(
      [same.code, same.json<Compared>().left, same.json<Compared>().right],
      [0, 'HEAD', 'live'],
    );
    assert.deepEqual(same.json<Compared>().changes, []);
    const live = await folder.run('compare', 'green');
    assert.equal(live.code, 1);
    assert.equal(live.stdout, 'A  b.txt\nR  a.txt -> renamed.txt\n\n1 added, 1 renamed.\n');
    assert.match((await folder.ok('compare')).stdout, /^No changes\.\n$/);
  });

  test('compare: everything against nothing, and only below some paths', async () => {
    const all = await folder.run('compare', 'empty', 'HEAD', '--json');
    assert.deepEqual(summary(all.json<Compared>()), ['A b.txt', 'A renamed.txt']);
    const some = await folder.run('compare', 'empty', 'HEAD', '--path', 'b.txt', '--json');
    assert.deepEqual(summary(some.json<Compared>()), ['A b.txt']);
    const outside = await folder.run('compare', '--path', '../x');
    assert.equal(outside.code, 2);
    assert.match(outside.stderr, /outside of/);
  });

  test('show live: what changed since HEAD', async () => {
    const own = await threeSnapshots();
    fileTree(own.dir, { 'new.txt': 'x' });
    assert.deepEqual(summary((await own.ok('show', 'live', '--json')).json<Compared>()), [
      'A new.txt',
    ]);
  });

  test('without a store: told, with the next step, and none is made', async () => {
    const fresh = cliFolder({ a: 'x' });
    assert.match((await fresh.ok('list')).stdout, /No snapshots yet.*snapdir take/);
    assert.match((await fresh.ok('refs')).stdout, /No names yet.*snapdir promote/);
    assert.deepEqual((await fresh.ok('list', '--json')).json<Listed>().checkpoints, []);
    for (const args of [['stats'], ['verify'], ['gc', '--dry-run'], ['restore', 'HEAD', '--yes']]) {
      const result = await fresh.run(...args);
      assert.equal(result.code, 3, args.join(' '));
      assert.match(result.stderr, /no snapshot store.*snapdir take/, args.join(' '));
    }
    for (const args of [['compare'], ['diff'], ['show', 'HEAD']]) {
      const result = await fresh.run(...args);
      assert.equal(result.code, 3, args.join(' '));
      assert.match(result.stderr, /Nothing matches HEAD.*snapdir list/, args.join(' '));
    }
    await fresh.ok('id');
    assert.deepEqual(readTree(fresh.dir, { store: true }), { a: 'x' });
  });

  test('two snapshots within one millisecond of each other keep their order', async () => {
    const own = cliFolder({ a: '1' });
    await own.ok('take', '-m', 'x');
    await own.ok('take', '-m', 'y');
    await sleep(5);
    const { checkpoints } = (await own.ok('list', '--json')).json<Listed>();
    assert.deepEqual(
      checkpoints.map((c) => c.message),
      ['y', 'x'],
    );
  });
});
