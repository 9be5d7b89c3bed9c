import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCliOk, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Plan {
  dryRun: boolean;
  counts: Record<'create' | 'overwrite' | 'delete' | 'left' | 'unchanged', number>;
  items: { action: string; path: string }[];
  fingerprint: string;
  exact: boolean;
}
interface Restored {
  operation: string | null;
  safety: string | null;
  counts: Record<'written' | 'deleted' | 'left' | 'unchanged' | 'failed', number>;
  failed: unknown[];
  conflicts: unknown[];
}

const BEFORE = { 'kept.txt': 'same', 'edited.txt': 'old', 'gone.txt': 'gone', 'd/x.txt': 'x' };

/** A snapshot of BEFORE; since then one file edited, one deleted, one added, one folder changed. */
async function edited(): Promise<CliFolder> {
  const folder = cliFolder(BEFORE);
  await folder.ok('take', '-m', 'before');
  fileTree(folder.dir, {
    'edited.txt': 'new',
    'gone.txt': null,
    'added.txt': 'a',
    'd/x.txt': 'xx',
  });
  return folder;
}

suite('cli: restore', function () {
  this.timeout(60_000);

  test('--dry-run says what would happen and writes nothing', async () => {
    const folder = await edited();
    const before = readTree(folder.dir, { modes: true });
    const records = readTree(join(folder.dir, '.snapdir', 'records'));
    const plan = (await folder.ok('restore', 'HEAD', '--dry-run', '--json')).json<Plan>();
    assert.equal(plan.dryRun, true);
    assert.deepEqual(plan.counts, { create: 1, overwrite: 2, delete: 0, left: 1, unchanged: 1 });
    assert.deepEqual(plan.items.map(({ action, path }) => `${action} ${path}`).sort(), [
      'create gone.txt',
      'overwrite d/x.txt',
      'overwrite edited.txt',
    ]);
    const people = await folder.ok('restore', 'HEAD', '--dry-run', '--exact');
    assert.match(people.stdout, /^Would restore the whole folder to [0-9a-f]{10} "before":\n/);
    assert.match(people.stdout, /1 to create, 2 to overwrite, 1 to delete, 1 as they are/);
    assert.match(people.stdout, /\n {2}delete {5}added\.txt\n/);
    assert.deepEqual(readTree(folder.dir, { modes: true }), before);
    assert.deepEqual(readTree(join(folder.dir, '.snapdir', 'records')), records);
  });

  test('without a terminal and without --yes: the plan, exit status 2, nothing done', async () => {
    const folder = await edited();
    const before = readTree(folder.dir);
    const result = await folder.run('restore', 'HEAD');
    assert.equal(result.code, 2);
    assert.match(result.stderr, /1 to create, 2 to overwrite/);
    assert.match(result.stderr, /overwrite {2}edited\.txt/);
    assert.match(result.stderr, /Pass --yes/);
    assert.equal(result.stdout, '');
    assert.equal(
      (await folder.run('restore', 'HEAD', '--json')).json<{ error: { code: string } }>().error
        .code,
      'USAGE',
    );
    assert.deepEqual(readTree(folder.dir), before);
  });

  test('in place: files come back, extra ones stay, what was there is kept', async () => {
    const folder = await edited();
    const result = await folder.ok('restore', 'HEAD', '--yes', '--json');
    const { counts, safety, operation, failed } = result.json<Restored>();
    assert.deepEqual(
      [counts.written, counts.deleted, counts.left, counts.failed, failed],
      [3, 0, 1, 0, []],
    );
    assert.match(operation ?? '', /^[0-9a-f]{64}$/);
    const expected = readTree(fileTree(tempDir(), { ...BEFORE, 'added.txt': 'a' }));
    assert.deepEqual(readTree(folder.dir), expected);
    const kept = await folder.ok('manifest', '--rev', safety ?? '');
    assert.match(kept.stdout, / \.\/added\.txt\n/);
    const { checkpoints } = (await folder.ok('list', '--json')).json<{
      checkpoints: { id: string; trigger: string }[];
    }>();
    assert.equal(checkpoints.find(({ id }) => id === safety)?.trigger, 'safety');
  });

  test('--exact deletes what the snapshot does not hold', async () => {
    const folder = await edited();
    const result = await folder.ok('restore', 'HEAD', '--exact', '--yes');
    assert.match(result.stdout, /^Restored: 3 written, 1 deleted.* is kept in [0-9a-f]{10}/);
    assert.match(result.stdout, /snapdir undo/);
    assert.deepEqual(readTree(folder.dir), readTree(fileTree(tempDir(), BEFORE)));
  });

  test('only some files and folders, also from a folder below', async () => {
    const folder = await edited();
    await folder.ok('restore', 'HEAD', 'edited.txt', '--yes');
    await runCliOk(['restore', 'HEAD', 'x.txt', '-y'], { cwd: join(folder.dir, 'd') });
    const tree = readTree(folder.dir);
    assert.deepEqual([tree['edited.txt'], tree['d/x.txt']], ['old', 'x']);
    assert.ok(!existsSync(join(folder.dir, 'gone.txt')));
    await folder.ok('restore', 'HEAD~2', 'gone.txt', 'd', '-y');
    assert.equal(readTree(folder.dir)['gone.txt'], 'gone');
  });

  test('a path that the snapshot does not hold, or outside of the folder', async () => {
    const folder = await edited();
    const before = readTree(folder.dir);
    const missing = await folder.run('restore', 'HEAD', 'never.txt', '--yes');
    assert.equal(missing.code, 3, missing.stdout);
    assert.match(missing.stderr, /never\.txt is not in HEAD/);
    assert.equal((await folder.run('restore', 'HEAD', '../x', '--yes')).code, 2);
    assert.equal((await folder.run('restore', 'live', '--yes')).code, 2);
    assert.deepEqual(readTree(folder.dir), before);
  });

  test('nothing to do: told, without a question', async () => {
    const folder = cliFolder(BEFORE);
    await folder.ok('take');
    const result = await folder.ok('restore', 'HEAD');
    assert.match(result.stdout, /^Nothing to do/);
  });

  test('undo, redo, and undo again', async () => {
    const folder = await edited();
    const changed = readTree(folder.dir);
    await folder.ok('restore', 'HEAD', '--exact', '--yes');
    const restored = readTree(folder.dir);
    assert.notDeepEqual(restored, changed);
    const plan = (await folder.ok('undo', '--dry-run', '--json')).json<{
      dryRun: boolean;
      operations: { kind: string }[];
      restore: Plan;
    }>();
    assert.equal(plan.dryRun, true);
    assert.deepEqual(
      plan.operations.map(({ kind }) => kind),
      ['restore'],
    );
    assert.ok(plan.restore.items.length > 0);
    assert.equal((await folder.run('undo')).code, 2, 'it asks as well');
    assert.deepEqual(readTree(folder.dir), restored);
    assert.match(
      (await folder.ok('undo', '--yes')).stdout,
      /^Undone: restore of .*\n.*\n.*snapdir redo/,
    );
    assert.deepEqual(readTree(folder.dir), changed);
    assert.match((await folder.ok('redo', '--yes')).stdout, /^Redone: /);
    assert.deepEqual(readTree(folder.dir), restored);
    await folder.ok('undo', '--yes');
    assert.deepEqual(readTree(folder.dir), changed);
  });

  test('nothing to undo or redo', async () => {
    const folder = cliFolder(BEFORE);
    await folder.ok('take');
    await folder.ok('undo', '--yes');
    await folder.ok('redo', '--yes');
    for (const what of ['redo', 'undo']) {
      if (what === 'undo') {
        await folder.ok('undo', '--yes');
      }
      const result = await folder.run(what, '--yes', '--json');
      assert.equal(result.code, 3);
      assert.equal(result.json<{ error: { code: string } }>().error.code, 'NOTHING_TO_UNDO');
    }
  });

  test('recover needs one of two words, and there is nothing to recover', async () => {
    const folder = await edited();
    assert.equal((await folder.run('recover')).code, 2);
    assert.equal((await folder.run('recover', '--finish', '--undo')).code, 2);
    for (const word of ['--finish', '--undo']) {
      const result = await folder.run('recover', word);
      assert.equal(result.code, 2);
      assert.match(result.stderr, /nothing to recover/);
    }
  });
});

suite('cli: restore to another place', function () {
  this.timeout(60_000);

  test('as a new folder, into an existing one, a file by name', async () => {
    const folder = await edited();
    const before = readTree(folder.dir);
    const out = tempDir();
    await folder.ok('restore', 'HEAD', '--to', join(out, 'new'));
    assert.deepEqual(readTree(join(out, 'new')), readTree(fileTree(tempDir(), BEFORE)));
    await folder.ok('restore', 'HEAD', 'edited.txt', '--to', out);
    assert.equal(readTree(out)['edited.txt'], 'old');
    await folder.ok('restore', 'HEAD', 'edited.txt', '--to', join(out, 'renamed.txt'));
    assert.equal(readTree(out)['renamed.txt'], 'old');
    await folder.ok('restore', 'HEAD', 'd', '--to', out);
    assert.equal(readTree(out)['d/x.txt'], 'x');
    assert.deepEqual(readTree(folder.dir), before, 'the folder stays as it is');
  });

  test('nothing is overwritten without --overwrite; another suffix is refused', async () => {
    const folder = await edited();
    const out = fileTree(tempDir(), { 'edited.txt': 'mine' });
    const refused = await folder.run('restore', 'HEAD', 'edited.txt', '--to', out, '--json');
    assert.equal(refused.code, 3);
    assert.equal(refused.json<{ error: { code: string } }>().error.code, 'TARGET_EXISTS');
    assert.equal(readTree(out)['edited.txt'], 'mine');
    await folder.ok('restore', 'HEAD', 'edited.txt', '--to', out, '--overwrite');
    assert.equal(readTree(out)['edited.txt'], 'old');
    const suffix = await folder.run(
      'restore',
      'HEAD',
      'edited.txt',
      '--to',
      join(out, 'x.md'),
      '--json',
    );
    assert.equal(suffix.json<{ error: { code: string } }>().error.code, 'SUFFIX_MISMATCH');
  });

  test('--safe makes a folder of its own and prints it', async () => {
    const folder = await edited();
    const data = tempDir();
    const first = await folder.ok('restore', 'HEAD', '--safe', '--to', data, '-q');
    const second = await folder.ok('restore', 'HEAD', '--safe', '--to', data, '-q');
    assert.notEqual(first.stdout, second.stdout);
    for (const { stdout } of [first, second]) {
      assert.ok(stdout.startsWith(data));
      assert.deepEqual(readTree(stdout.trim()), readTree(fileTree(tempDir(), BEFORE)));
    }
    const own = cliFolder(BEFORE, { XDG_DATA_HOME: tempDir() });
    await own.ok('take');
    const place = (await own.ok('restore', 'HEAD', 'd', '--safe', '-q')).stdout.trim();
    assert.match(place, /snapdir\/restored\//);
  });

  test('--dry-run writes nothing; what does not go together is refused', async () => {
    const folder = await edited();
    const out = join(tempDir(), 'out');
    const plan = await folder.ok('restore', 'HEAD', '--to', out, '--dry-run', '--json');
    assert.deepEqual([plan.json()['files'], plan.json()['destination']], [4, out]);
    assert.ok(!existsSync(out));
    for (const args of [
      ['--exact', '--to', out],
      ['--overwrite'],
      ['--overwrite', '--safe', '--to', out],
    ]) {
      assert.equal((await folder.run('restore', 'HEAD', ...args)).code, 2, args.join(' '));
    }
  });

  test('the store is refused as a place', async () => {
    const folder = await edited();
    const before = readTree(folder.dir, { store: true });
    for (const place of ['.snapdir', '.snapdir/x', '.snapdir/.objects']) {
      const result = await folder.run('restore', 'HEAD', '--to', place, '--overwrite', '--json');
      assert.equal(result.code, 3, `${place}: ${result.stdout}`);
      const { code } = result.json<{ error: { code: string } }>().error;
      assert.match(code, /UNSAFE_TARGET|TARGET_EXISTS|UNSAFE_PATH/, place);
    }
    assert.deepEqual(Object.keys(readTree(folder.dir, { store: true })), Object.keys(before));
  });
});
