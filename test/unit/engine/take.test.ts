import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import { objectPath } from '../../../src/engine/store/objects';
import { openStore } from '../../../src/engine/store/storeRoot';
import type { TakeResult } from '../../../src/core/engine';
import type { ExcludeRules } from '../../../src/core/records';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import {
  defaultRules,
  directEngine,
  everything,
  quietControl,
  testEnv,
} from '../../support/directEngine';

function take(root: string, more: object = {}, rules: ExcludeRules = defaultRules): TakeResult {
  return directEngine(root).take({ trigger: 'manual', rules, ...more }, quietControl);
}

function paths(root: string, rev = 'HEAD'): string[] {
  const { bytes } = directEngine(root).manifest({ rev, rules: defaultRules }, quietControl);
  const text = Buffer.from(bytes).toString();
  return text
    .split('\n')
    .filter((line) => line.startsWith('F '))
    .map((line) => line.split(' ').slice(4).join(' ').slice(2));
}

suite('take', () => {
  test('makes the store with .gitignore, private, and records a checkpoint', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a', 'd/b.txt': 'b', 'e/': {} });
    const result = take(root, { message: 'first', tags: ['x'] });
    assert.equal(readFileSync(join(root, '.snapdir', '.gitignore'), 'utf8'), '*\n');
    assert.equal(statSync(join(root, '.snapdir')).mode & 0o777, 0o700);
    assert.deepEqual(
      { ...result.checkpoint.stats, tags: result.checkpoint.tags, head: result.checkpoint.isHead },
      {
        files: 2,
        bytes: 2,
        added: 2,
        deleted: 0,
        modified: 0,
        renamed: 0,
        tags: ['x'],
        head: true,
      },
    );
    assert.deepEqual(readdirSync(join(root, '.snapdir', 'tmp')), []);
  });

  test('does not read an unchanged file again, and sees every change', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a', 'b.txt': 'b' });
    const old = new Date('2020-01-01');
    utimesSync(join(root, 'a.txt'), old, old);
    take(root);
    // The ctime of both is young, so both are read once more: racy clean (H16).
    assert.equal(take(root).read, 2);
    execFileSync('sleep', ['2.1']);
    take(root);
    assert.equal(take(root).read, 0);
    writeFileSync(join(root, 'b.txt'), 'B');
    const changed = take(root);
    assert.deepEqual([changed.read, changed.changes.modified], [1, 1]);
  }).timeout(10_000);

  test('a same-size edit with the old time set back is seen (touch -r)', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'one' });
    const { atime, mtime } = statSync(join(root, 'a.txt'));
    take(root);
    execFileSync('sleep', ['2.1']);
    take(root);
    writeFileSync(join(root, 'a.txt'), 'two');
    utimesSync(join(root, 'a.txt'), atime, mtime);
    assert.equal(take(root).changes.modified, 1);
  }).timeout(10_000);

  test('an edit within the same clock tick as the look is seen', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'aaaa' });
    for (let round = 0; round < 30; round++) {
      const text = String(round).padStart(4, '0');
      writeFileSync(join(root, 'a.txt'), text);
      take(root);
      const { bytes } = directEngine(root).readFile({ rev: 'HEAD', path: 'a.txt' }, quietControl);
      assert.equal(Buffer.from(bytes).toString(), text);
    }
  });

  test('a renamed file keeps its object and is told as renamed', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'some content' });
    take(root);
    renameSync(join(root, 'a.txt'), join(root, 'b.txt'));
    const { changes, newObjects } = take(root);
    assert.deepEqual([changes, newObjects], [{ added: 0, deleted: 0, modified: 0, renamed: 1 }, 0]);
  });

  test('an object that was damaged in size is written anew', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'good bytes' });
    take(root);
    const store = openStore(testEnv(), { root });
    const { checksum } = directEngine(root).stat({ rev: 'HEAD', path: 'a.txt' }, quietControl);
    const path = objectPath(store, checksum!);
    writeFileSync(path, 'bad');
    take(root, { rehash: true });
    assert.equal(readFileSync(path, 'utf8'), 'good bytes');
  });

  test('rehash reads everything', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a', 'b.txt': 'b' });
    take(root);
    execFileSync('sleep', ['2.1']);
    take(root);
    assert.equal(take(root).read, 0);
    assert.equal(take(root, { rehash: true }).read, 2);
  }).timeout(10_000);

  test('keeps links as text, follows none', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync('.', join(root, 'self'));
    symlinkSync('nowhere', join(root, 'dangling'));
    take(root);
    const engine = directEngine(root);
    const entries = engine.readDir({ rev: 'HEAD', path: '' }, quietControl);
    const links = entries.filter((entry) => entry.kind === 'link');
    assert.deepEqual(
      links.map(({ path, target }) => [path, target]),
      [
        ['dangling', 'nowhere'],
        ['etc', '/etc'],
        ['self', '.'],
      ],
    );
    assert.deepEqual(paths(root), ['a.txt']);
  });

  test('lists by name what cannot be captured', () => {
    const root = fileTree(tempDir(), { 'good.txt': 'x', 'nested/.objects/': {} });
    fileTree(root, { 'nested/.manifests/': {}, 'big.bin': 'x'.repeat(2000) });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    writeFileSync(join(root, 'new\nline'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.from([0xff])]), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.from([0xfe])]), 'x');
    const { skipped } = take(root, { maxFileSize: 1000 });
    const told = skipped.map(({ path, reason }) => `${path.replaceAll('\uFFFD', '?')}: ${reason}`);
    assert.deepEqual(told.sort(), [
      'bad-?: unrepresentable-name',
      'bad-?: unrepresentable-name',
      'big.bin: too-large',
      'nested: nested-store',
      'new\\x0aline: unrepresentable-name',
      'pipe: special-file',
    ]);
    assert.deepEqual(paths(root), ['good.txt']);
  });

  test('an unreadable file and folder are listed, the rest is captured', function () {
    const root = fileTree(tempDir(), { 'a.txt': 'a', 'secret.txt': 's', 'd/x': 'x' });
    chmodSync(join(root, 'secret.txt'), 0);
    chmodSync(join(root, 'd'), 0);
    if (process.getuid?.() === 0) {
      // root reads everything: only the count of what is captured can be checked here; the command
      // is run without privileges in test/cli.
      chmodSync(join(root, 'd'), 0o755);
      this.skip();
    }
    const { skipped } = take(root);
    chmodSync(join(root, 'd'), 0o755);
    assert.deepEqual(
      skipped.map(({ path, reason }) => [path, reason]),
      [
        ['d', 'unreadable'],
        ['secret.txt', 'unreadable'],
      ],
    );
  });

  test('a take of a folder carries the rest over', () => {
    const root = fileTree(tempDir(), { 'a.txt': '1', 'd/b.txt': '1', 'd/c.txt': '1' });
    take(root);
    fileTree(root, { 'a.txt': '2', 'd/b.txt': '2', 'd/c.txt': null });
    const { checkpoint, changes } = take(root, { scope: ['d'] });
    assert.deepEqual(changes, { added: 0, deleted: 1, modified: 1, renamed: 0 });
    assert.deepEqual(checkpoint.scope, ['d']);
    const { bytes } = directEngine(root).readFile({ rev: 'HEAD', path: 'a.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), '1');
    assert.deepEqual(paths(root), ['a.txt', 'd/b.txt']);
  });

  test('a file that became the folder of a scoped take, and the other way round', () => {
    const root = fileTree(tempDir(), { x: 'file', 'y/in.txt': 'in' });
    take(root);
    fileTree(root, { x: null, y: null });
    fileTree(root, { 'x/in.txt': 'in', y: 'file' });
    take(root, { scope: ['x/in.txt', 'y'] });
    assert.deepEqual(paths(root), ['x/in.txt', 'y']);
  });

  test('refuses a store that is a link or a file, and a path that leaves the folder', () => {
    const elsewhere = tempDir();
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    symlinkSync(elsewhere, join(root, '.snapdir'));
    assert.throws(
      () => take(root),
      (error) => SnapdirError.is(error, 'STORE_UNSAFE'),
    );
    assert.deepEqual(readdirSync(elsewhere), []);
    const other = fileTree(tempDir(), { 'a.txt': 'a' });
    assert.throws(
      () => take(other, { scope: ['../x'] }),
      (error) => SnapdirError.is(error, 'UNSAFE_PATH'),
    );
    assert.throws(
      () => take(join(other, 'missing')),
      (error) => SnapdirError.is(error, 'FOLDER_NOT_FOUND'),
    );
  });

  test('a store of a newer version is read, never written', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    take(root);
    const format = join(root, '.snapdir', 'FORMAT');
    writeFileSync(
      format,
      readFileSync(format, 'utf8').replace('snapdir-store 1', 'snapdir-store 9'),
    );
    assert.throws(
      () => take(root),
      (error) => SnapdirError.is(error, 'UNSUPPORTED_FORMAT'),
    );
    assert.equal(directEngine(root).timeline({}, quietControl).total, 1);
  });

  test('a damaged record disables nothing else', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    take(root, { message: 'one' });
    take(root, { message: 'two' });
    const records = join(root, '.snapdir', 'records');
    writeFileSync(join(records, readdirSync(records).sort()[0]!), 'x');
    writeFileSync(join(records, 'notes (conflict copy).txt'), 'x');
    const child = execFileSync(process.execPath, ['dist/cli.cjs', 'list', '-C', root, '--json']);
    const listed = JSON.parse(child.toString()) as { checkpoints: { message: string }[] };
    assert.deepEqual(
      listed.checkpoints.map((checkpoint) => checkpoint.message),
      ['two'],
    );
    take(root, { message: 'three' });
  });

  test('cancelling records nothing and leaves no files behind', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    for (let index = 0; index < 500; index++) {
      writeFileSync(join(root, `f${index}`), String(index));
    }
    let calls = 0;
    const control = {
      signal: {
        get aborted(): boolean {
          return ++calls > 100;
        },
      },
      progress: () => undefined,
    };
    assert.throws(
      () => directEngine(root).take({ trigger: 'manual', rules: everything }, control),
      (error) => (error as Error).name === 'AbortError',
    );
    assert.deepEqual(readdirSync(join(root, '.snapdir', 'records')), []);
    assert.deepEqual(readdirSync(join(root, '.snapdir', 'tmp')), []);
    assert.equal(take(root).checkpoint.stats.files, 501);
  }).timeout(30_000);

  test('a removed store is made anew, with everything in it', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    take(root);
    execFileSync('rm', ['-rf', join(root, '.snapdir')]);
    const { checkpoint } = take(root);
    assert.equal(checkpoint.parent, null);
    const result = directEngine(root).verify({ full: true }, quietControl);
    assert.deepEqual(result.problems, []);
    assert.ok(existsSync(join(root, '.snapdir', 'FORMAT')));
    assert.ok(lstatSync(join(root, '.snapdir')).isDirectory());
  });
});
