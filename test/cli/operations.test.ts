import assert from 'node:assert/strict';
import { cliFolder, type CliFolder } from '../support/cli';
import { defaultRules, directEngine, quietControl } from '../support/directEngine';
import { fileTree, readTree } from '../support/fileTree';

interface Row {
  id: string;
  kind: string;
  undone: boolean;
  iso: string;
}

async function rows(folder: CliFolder): Promise<Row[]> {
  return (await folder.ok('ops', '--json')).json<{ operations: Row[] }>().operations;
}

const listed = async (folder: CliFolder): Promise<number> =>
  (await folder.ok('list', '-q')).stdout.split('\n').filter((line) => line !== '').length;

suite('cli: ops, undo, redo, prune', function () {
  this.timeout(120_000);

  test('ops lists what was done, and marks what undo would take', async () => {
    const folder = cliFolder({ a: 'one' });
    assert.match((await folder.ok('ops')).stdout, /^Nothing was done yet/);
    await folder.ok('take', '-m', 'first');
    await folder.ok('tag', 'HEAD', 'good');
    await folder.ok('promote', 'HEAD', 'main');
    await folder.ok('undo', '--yes');
    const text = (await folder.ok('ops')).stdout;
    const what = text.split('\n');
    assert.match(text, /^ +ID +TIME +AGE +BY +WHAT\n/);
    assert.match(what[1]!, /undo of name "first"$/);
    assert.match(what[2]!, /^-.*name main given to "first" \(undone\)$/);
    assert.match(what[3]!, /^\*.*tags of "first": \+good$/);
    assert.match(what[4]!, /^ .*snapshot "first"$/);
    assert.equal((await folder.ok('ops', '-n', '2', '-q')).stdout.trim().split('\n').length, 2);
    const [row] = await rows(folder);
    assert.deepEqual([row!.kind, row!.iso.slice(0, 2)], ['undo', '20']);
  });

  test('undo asks; a single operation by its id; redo', async () => {
    const folder = cliFolder({ a: 'one' });
    await folder.ok('take', '-m', 'first');
    await folder.ok('rename', 'HEAD', 'renamed');
    await folder.ok('tag', 'HEAD', 'good');
    const rename = (await rows(folder)).find(({ kind }) => kind === 'rename')!;
    assert.equal((await folder.run('undo')).code, 2);
    assert.match(
      (await folder.ok('undo', rename.id.slice(0, 12), '--dry-run')).stdout,
      /renamed to "renamed"/,
    );
    assert.match((await folder.ok('list')).stdout, /renamed/);
    assert.match(
      (await folder.ok('undo', rename.id.slice(0, 12), '--yes')).stdout,
      /^Undone: renamed to .*\n"snapdir redo" brings it back/,
    );
    assert.match((await folder.ok('list')).stdout, /first {2}#good/);
    assert.match((await folder.ok('redo', '--yes')).stdout, /^Redone: renamed/);
    assert.match((await folder.ok('list')).stdout, /renamed {2}#good/);
    const unknown = await folder.run('undo', 'abcdef', '--yes', '--json');
    assert.equal(unknown.code, 3);
    assert.equal(unknown.json<{ error: { code: string } }>().error.code, 'REV_NOT_FOUND');
    assert.equal((await folder.run('undo', rename.id, '--to', rename.id, '--yes')).code, 2);
  });

  test('undo --to brings files and list back to how they were', async () => {
    const folder = cliFolder({ a: 'one', b: 'two' });
    await folder.ok('take', '-m', 'first');
    fileTree(folder.dir, { a: 'changed' });
    await folder.ok('take', '-m', 'here');
    const then = readTree(folder.dir);
    const [here] = await rows(folder);
    await folder.ok('restore', 'HEAD~1', '--exact', '--yes');
    await folder.ok('take', '-m', 'later');
    await folder.ok('delete', 'HEAD~1', '--yes');
    const plan = await folder.ok('undo', '--to', here!.id, '--dry-run');
    assert.match(plan.stdout, /deleted\n.*snapshot "later"\n.*restore of "first"/);
    assert.match(plan.stdout, /overwrite {2}a\n/);
    await folder.ok('undo', '--to', here!.id, '--yes');
    assert.deepEqual(readTree(folder.dir), then);
    assert.match((await folder.ok('show', 'HEAD')).stdout, /here/);
  });

  test('a deletion is undone after garbage collection, and so is the collection', async () => {
    const folder = cliFolder({ a: 'one' });
    await folder.ok('take', '-m', 'first');
    fileTree(folder.dir, { a: 'two' });
    await folder.ok('take', '-m', 'second');
    await folder.ok('delete', 'HEAD~1', '--yes');
    await folder.ok('gc', '--grace', '0', '--yes');
    assert.match((await folder.ok('undo', '--yes')).stdout, /^Undone: garbage collected: 1 object/);
    assert.match((await folder.ok('undo', '--yes')).stdout, /Back on the list: 1 snapshot/);
    assert.equal(await listed(folder), 2);
    await folder.ok('verify', '--full');
  });

  test('prune: what was promoted stays when its name moves on, and restores', async () => {
    const folder = cliFolder({ a: '0' });
    const mine = (await folder.ok('take', '-q')).stdout.trim();
    const ids: string[] = [];
    for (const text of ['1', '2', '3', '4', '5']) {
      fileTree(folder.dir, { a: text });
      const take = { trigger: 'auto', rules: defaultRules } as const;
      ids.push(directEngine(folder.dir).take(take, quietControl).checkpoint.id);
    }
    const [first, second] = ids as [string, string];
    await folder.ok('promote', first, 'main');
    await folder.ok('promote', second, 'main');
    const none = ['last', 'hourly', 'daily', 'weekly'].flatMap((of) => [`--keep-${of}`, '0']);
    await folder.ok('prune', ...none, '--yes');
    await folder.ok('gc', '--grace', '0', '--yes');
    assert.deepEqual((await folder.ok('list', '-q')).stdout.trim().split('\n').sort(), [
      ...[mine, first, second, ids[3], ids[4]].sort(),
    ]);
    await folder.ok('restore', first, '--yes');
    assert.equal(readTree(folder.dir)['a'], '1');
    await folder.ok('verify', '--full');
  });

  test('prune: a plan, a question, one record, and back', async () => {
    const folder = cliFolder({ a: 'one' });
    await folder.ok('take', '-m', 'mine');
    assert.match((await folder.ok('prune', '--yes')).stdout, /^Nothing to prune/);
    for (const text of ['1', '2', '3', '4', '5']) {
      fileTree(folder.dir, { a: text });
      // As the editor does it: the command takes none by itself.
      const take = { trigger: 'auto', rules: defaultRules } as const;
      directEngine(folder.dir).take(take, quietControl);
    }
    const keep = [
      '--keep-last',
      '1',
      '--keep-hourly',
      '0',
      '--keep-daily',
      '0',
      '--keep-weekly',
      '0',
    ];
    assert.match(
      (await folder.ok('prune', ...keep, '--dry-run')).stdout,
      /^To take off the list: 3 automatic snapshots; 2 stay\.\n/,
    );
    assert.equal((await folder.run('prune', ...keep)).code, 2);
    assert.equal(await listed(folder), 6);
    await folder.ok('prune', ...keep, '--yes');
    assert.equal(await listed(folder), 3);
    assert.match(
      (await folder.ok('undo', '--yes')).stdout,
      /^Undone: 3 automatic snapshots pruned/,
    );
    assert.equal(await listed(folder), 6);
    assert.equal((await folder.run('prune', '--keep-last', 'x')).code, 2);
  });
});
