import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';

interface Verified {
  full: boolean;
  checkpoints: number;
  objects: number;
  problems: { kind: string; address: string; path?: string; checkpoints: string[] }[];
}
interface Collected {
  dryRun: boolean;
  objects: number;
  manifests: number;
  bytes: number;
  purgedObjects: number;
  tooYoung: number;
}

/** Files of one part of the store, by their path below it. */
function parts(folder: CliFolder, part: string): string[] {
  const names = Object.keys(readTree(join(folder.dir, '.snapdir', part)));
  return names.filter((name) => !name.endsWith('/'));
}

/** Where an object with this content lies. */
function objectWith(folder: CliFolder, content: string): string {
  const below = join(folder.dir, '.snapdir', '.objects');
  const found = parts(folder, '.objects').find(
    (name) => readFileSync(join(below, name), 'utf8') === content,
  );
  assert.ok(found !== undefined);
  return join(below, found);
}

suite('cli: verify, gc, stats', function () {
  this.timeout(60_000);

  test('verify: a whole store', async () => {
    const folder = cliFolder({ a: 'one', b: 'two' });
    await folder.ok('take');
    for (const args of [[], ['--full']]) {
      const result = (await folder.ok('verify', ...args, '--json')).json<Verified>();
      assert.deepEqual(
        [result.full, result.checkpoints, result.objects, result.problems],
        [args.length > 0, 1, 2, []],
      );
    }
    assert.match(
      (await folder.ok('verify', '--full')).stdout,
      /^Hashed .*2 objects.*\nNo problems/,
    );
  });

  test('verify: missing and damaged content is named with what needs it, exit status 1', async () => {
    const folder = cliFolder({ a: 'the first', b: 'the second' });
    const id = (await folder.ok('take', '-q')).stdout.trim();
    rmSync(objectWith(folder, 'the first'));
    writeFileSync(objectWith(folder, 'the second'), 'THE SECOND');
    const quick = await folder.run('verify', '--json');
    assert.equal(quick.code, 1);
    assert.ok(quick.json<Verified>().problems.some(({ kind }) => kind === 'object-missing'));
    const full = await folder.run('verify', '--full', '--json');
    assert.equal(full.code, 1);
    const { problems } = full.json<Verified>();
    assert.deepEqual(problems.map(({ kind }) => kind).sort(), ['object-damaged', 'object-missing']);
    assert.deepEqual(problems.map(({ path }) => path).sort(), ['a', 'b']);
    problems.forEach(({ checkpoints }) => assert.deepEqual(checkpoints, [id]));
    const people = await folder.run('verify', '--full');
    assert.match(people.stderr, /2 problems:\n/);
    assert.match(people.stderr, /object damaged: [0-9a-f]{64}, content of b, needed by 1: /);
  });

  test('verify: a damaged record is told and disables nothing else', async () => {
    const folder = cliFolder({ a: 'one' });
    await folder.ok('take', '-m', 'first');
    await folder.ok('promote', 'HEAD', 'name');
    const records = parts(folder, 'records').sort();
    writeFileSync(join(folder.dir, '.snapdir', 'records', records[1] ?? ''), '{}');
    const result = await folder.run('verify', '--json');
    assert.equal(result.code, 1);
    assert.deepEqual(
      result.json<Verified>().problems.map(({ kind }) => kind),
      ['record-damaged'],
    );
    assert.equal((await folder.ok('list', '-q')).stdout.length, 65);
  });

  test('gc: dry run, question, set aside; what is needed stays', async () => {
    const folder = cliFolder({ a: 'kept', b: 'not kept' });
    await folder.ok('take');
    fileTree(folder.dir, { b: null });
    await folder.ok('take');
    await folder.ok('delete', 'HEAD~', '--yes');
    const before = parts(folder, '.objects');
    const young = (await folder.ok('gc', '--dry-run', '--json')).json<Collected>();
    assert.deepEqual([young.dryRun, young.objects], [true, 0]);
    assert.ok(young.tooYoung > 0);
    const plan = (await folder.ok('gc', '--dry-run', '--grace', '0', '--json')).json<Collected>();
    assert.deepEqual([plan.objects, plan.manifests], [1, 1]);
    const asked = await folder.run('gc', '--grace', '0');
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /To set aside: 1 object and 1 manifest/);
    assert.match(asked.stderr, /--yes/);
    assert.deepEqual(parts(folder, '.objects'), before, 'so far nothing was done');
    const done = (await folder.ok('gc', '--grace', '0', '--yes', '--json')).json<Collected>();
    assert.deepEqual([done.dryRun, done.objects, done.manifests], [false, 1, 1]);
    assert.equal(parts(folder, '.objects').length, before.length - 1);
    await folder.ok('verify', '--full');
    await folder.ok('restore', 'HEAD', '--yes', '--exact');
  });

  test('stats: counts and sizes', async () => {
    const folder = cliFolder({ a: 'x'.repeat(5000), b: 'y' });
    await folder.ok('take');
    await folder.ok('promote', 'HEAD', 'name');
    const stats = (await folder.ok('stats', '--json')).json();
    assert.deepEqual(
      [
        stats['checkpoints'],
        stats['refs'],
        stats['objects'],
        stats['manifests'],
        stats['objectBytes'],
      ],
      [1, 1, 2, 1, 5001],
    );
    assert.ok(Number(stats['storeBytes']) > 5001);
    const { stdout } = await folder.ok('stats');
    assert.match(stdout, /^Snapshots +1\n/);
    assert.match(stdout, /Objects +2, 4\.9 KiB \(5,001 bytes\)/);
  });
});
