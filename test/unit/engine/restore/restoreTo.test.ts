import { strict as assert } from 'node:assert';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { RestoreToParams, RestoreToResult } from '../../../../src/core/engine';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { restoreTo } from '../../../../src/engine/worktree/restore/restoreTo';
import { readTree } from '../../../support/fileTree';
import { makeRepo, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

const SPEC = {
  'a.txt': 'one',
  'dir/b.txt': 'two',
  'dir/deep/c.txt': { content: 'three', mode: 0o600 },
  l: { link: 'a.txt' },
};

function to(
  repo: Repo,
  params: Partial<RestoreToParams> & { destination: string },
): RestoreToResult {
  const all: RestoreToParams = { rev: 'HEAD', mode: 'at', ...params };
  return restoreTo(repo.env, repo.store, all, quietControl);
}

function fails(code: ErrorCode, work: () => unknown): void {
  assert.throws(work, (error) => SnapdirError.is(error, code), code);
}

suite('restore to another place', () => {
  let repo: Repo;
  let out: string;
  setup(() => {
    repo = makeRepo(SPEC);
    repo.take();
    repo.write({ 'a.txt': 'changed since' });
    out = tempDir();
  });

  test('a file into a folder, under its own name, or to an exact path', () => {
    const into = to(repo, { paths: ['a.txt'], destination: out });
    assert.equal(into.path, join(out, 'a.txt'));
    assert.equal(readFileSync(into.path, 'utf8'), 'one');
    const exact = to(repo, { paths: ['dir/deep/c.txt'], destination: join(out, 'other.txt') });
    assert.equal(readFileSync(exact.path, 'utf8'), 'three');
    assert.equal(lstatSync(exact.path).mode & 0o777, 0o600);
    assert.deepEqual([exact.written, exact.bytes], [1, 5]);
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'changed since');
    assert.deepEqual(readdirSync(out).sort(), ['a.txt', 'other.txt']);
    assert.deepEqual(readdirSync(repo.store.tmp), []);
  });

  test('another suffix is a mistake', () => {
    fails('SUFFIX_MISMATCH', () => to(repo, { paths: ['a.txt'], destination: join(out, 'a.md') }));
    fails('SUFFIX_MISMATCH', () => to(repo, { paths: ['a.txt'], destination: join(out, 'a') }));
  });

  test('what is there is not replaced unless asked for', () => {
    writeFileSync(join(out, 'a.txt'), 'mine');
    fails('TARGET_EXISTS', () => to(repo, { paths: ['a.txt'], destination: out }));
    const over = to(repo, { paths: ['a.txt'], destination: out, overwrite: true });
    assert.equal(readFileSync(over.path, 'utf8'), 'one');
    // The store has not got what was there, so it is kept beside.
    const kept = readdirSync(out).find((name) => name.startsWith('a.txt.snapdir-conflict-'))!;
    assert.equal(readFileSync(join(out, kept), 'utf8'), 'mine');
    mkdirSync(join(out, 'l'));
    fails('TARGET_EXISTS', () => to(repo, { paths: ['l'], destination: out, overwrite: true }));
  });

  test('a folder, everything, and several paths', () => {
    assert.deepEqual(readTree(to(repo, { paths: ['dir'], destination: out }).path), {
      'b.txt': 'two',
      'deep/': '<dir>',
      'deep/c.txt': 'three',
    });
    const all = to(repo, { destination: join(out, 'copy') });
    assert.equal(readTree(all.path)['l'], '-> a.txt');
    assert.equal(all.written, 4);
    assert.equal(to(repo, { destination: out }).path, join(out, basename(repo.root)));
    const some = to(repo, { paths: ['a.txt', 'dir/deep'], destination: join(out, 'some') });
    assert.deepEqual(Object.keys(readTree(some.path)), [
      'a.txt',
      'dir/',
      'dir/deep/',
      'dir/deep/c.txt',
    ]);
  });

  test('merging over a folder keeps what it has besides', () => {
    const { path } = to(repo, { paths: ['dir'], destination: out });
    writeFileSync(join(path, 'b.txt'), 'edited');
    writeFileSync(join(path, 'own.txt'), 'own');
    fails('TARGET_EXISTS', () => to(repo, { paths: ['dir'], destination: out }));
    to(repo, { paths: ['dir'], destination: out, overwrite: true });
    const tree = readTree(path);
    assert.equal(tree['b.txt'], 'two');
    assert.equal(tree['own.txt'], 'own');
    assert.equal(Object.values(tree).filter((text) => text === 'edited').length, 1);
  });

  test('safe: a new folder each time', () => {
    const first = to(repo, { mode: 'safe', destination: join(out, 'restored') });
    const second = to(repo, { mode: 'safe', destination: join(out, 'restored') });
    assert.notEqual(first.path, second.path);
    assert.deepEqual(readTree(first.path), readTree(second.path));
    const file = to(repo, { mode: 'safe', paths: ['a.txt'], destination: join(out, 'restored') });
    assert.equal(readFileSync(file.path, 'utf8'), 'one');
  });

  test('safe: names that Windows refuses are changed, a list says which, and nothing is missing', () => {
    const odd = { 'a:b': '1', 'dir/CON': '2', 'x./y': '3', plain: '4' };
    const own = makeRepo(odd, { platform: 'win32' });
    own.take();
    const { path, renamed, written } = to(own, { mode: 'safe', destination: join(out, 'r') });
    assert.equal(basename(path), 'work');
    const expected = { 'a%3Ab': '1', 'dir/%43ON': '2', 'x%2E/y': '3', plain: '4' };
    const files = Object.entries(readTree(path)).filter(([name]) => !name.endsWith('/'));
    assert.deepEqual(Object.fromEntries(files), expected);
    assert.equal(written, 4);
    assert.equal(renamed?.count, 4, 'x./ and what is in it');
    const lines = readFileSync(renamed.list, 'utf8').split('\n');
    assert.ok(lines.includes('work/a%3Ab\twork/a:b') && lines.includes('work/x%2E/y\twork/x./y'));
    // One file whose own name cannot stand there; elsewhere it is refused.
    const one = to(own, { mode: 'safe', paths: ['dir/CON'], destination: join(out, 'r') });
    assert.equal(basename(one.path), '%43ON');
    assert.equal(readFileSync(one.path, 'utf8'), '2');
    fails('UNSAFE_TARGET', () => to(own, { paths: ['dir/CON'], destination: out }));
    fails('UNSAFE_PATH', () => to(own, { destination: out }));
    assert.equal(to(repo, { mode: 'safe', destination: join(out, 'r') }).renamed, null);
  });

  test('safe: where a file system refuses a colon, it is found out by trying', () => {
    const refusing = {
      ...nodeFs,
      open: ((path, how, mode) => {
        if (how === 'wx' && path.includes(':')) {
          throw Object.assign(new Error('EINVAL: open'), { code: 'EINVAL' });
        }
        return nodeFs.open(path, how, mode);
      }) satisfies typeof nodeFs.open,
    };
    const own = makeRepo({ 'a:b': '1' });
    own.take();
    const env = { ...own.env, fs: refusing };
    const params = { rev: 'HEAD', mode: 'safe', destination: out } as const;
    const { path, renamed } = restoreTo(env, own.store, params, quietControl);
    assert.deepEqual(readTree(path), { 'a%3Ab': '1' });
    assert.equal(renamed?.count, 1);
  });

  test('the store, the folder itself, .git, links', () => {
    const { root, store } = repo;
    fails('UNSAFE_TARGET', () => to(repo, { destination: store.path, paths: ['a.txt'] }));
    fails('UNSAFE_TARGET', () => to(repo, { destination: join(store.path, 'x') }));
    fails('UNSAFE_TARGET', () => to(repo, { destination: join(root, '..'), overwrite: true }));
    mkdirSync(join(root, '.git'));
    fails('UNSAFE_PATH', () => to(repo, { destination: join(root, '.git'), paths: ['a.txt'] }));
    fails('UNSAFE_TARGET', () => to(repo, { destination: join(out, '.git'), paths: ['dir'] }));
    symlinkSync(out, join(root, 'out'));
    fails('UNSAFE_TARGET', () => to(repo, { destination: join(root, 'out'), paths: ['a.txt'] }));
    fails('UNSAFE_TARGET', () =>
      to(repo, { destination: join(root, 'out', 'x.txt'), paths: ['a.txt'] }),
    );
    fails('FOLDER_NOT_FOUND', () =>
      to(repo, { destination: join(out, 'no/such/x.txt'), paths: ['a.txt'] }),
    );
    fails('INVALID_ARGUMENT', () => to(repo, { destination: 'relative', paths: ['a.txt'] }));
    fails('PATH_NOT_FOUND', () => to(repo, { destination: out, paths: ['nowhere'] }));
    assert.deepEqual(readdirSync(out), []);
  });

  test('inside the folder, under a new name', () => {
    const { path } = to(repo, { paths: ['a.txt'], destination: join(repo.root, 'a.old.txt') });
    assert.equal(readFileSync(path, 'utf8'), 'one');
  });

  test('a damaged object leaves nothing behind', () => {
    const objects = readTree(repo.store.objects);
    const path = Object.keys(objects).find((name) => objects[name] === 'three')!;
    writeFileSync(join(repo.store.objects, path), 'tHree');
    fails('INTEGRITY', () => to(repo, { destination: join(out, 'copy') }));
    assert.ok(!existsSync(join(out, 'copy')));
    assert.deepEqual(readdirSync(out), []);
    assert.deepEqual(readdirSync(repo.store.tmp), []);
  });
});
