import assert from 'node:assert/strict';
import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TimelinePage, TimelineParams } from '../../../src/core/engine';
import { SnapdirError } from '../../../src/core/errors';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { deleteCheckpoints } from '../../../src/engine/methods/edit';
import { timeline } from '../../../src/engine/methods/history';
import { manifestPath } from '../../../src/engine/store/manifests';
import { openOrCreateStore } from '../../../src/engine/store/storeRoot';
import { quietControl } from '../../support/directEngine';
import { makeRepo, type Repo } from '../../support/restoreRepo';
import { tempDir } from '../../support/tempDir';

suite('snapshots that touch a path', () => {
  let repo: Repo;
  let reads: string[];
  const ask = (path: string, more: TimelineParams = {}, control = quietControl): TimelinePage =>
    timeline(repo.env, repo.store, { ...more, filter: { ...more.filter, path } }, control);
  const touching = (path: string, more: TimelineParams = {}): string[] =>
    ask(path, more).checkpoints.map(({ message }) => message);
  const cache = (): string => {
    const names = readdirSync(repo.store.cache).filter((name) => name.startsWith('changes-'));
    assert.equal(names.length, 1);
    return join(repo.store.cache, names[0]!);
  };
  const manifestReads = (): number => reads.filter((path) => path.includes('.manifests')).length;

  setup(() => {
    reads = [];
    const open: typeof nodeFs.open = (path, ...more) => {
      reads.push(path);
      return nodeFs.open(path, ...more);
    };
    const files = { 'src/a.ts': 'a', 'src/ab.ts': 'ab', 'docs/b.md': 'b', 'c.txt': 'content' };
    repo = makeRepo(files, { fs: { ...nodeFs, open } });
    repo.take({ message: 'first' });
    repo.write({ 'src/a.ts': 'changed' });
    repo.take({ message: 'a changed' });
    repo.take({ message: 'nothing' });
    renameSync(join(repo.root, 'c.txt'), join(repo.root, 'docs/c.txt'));
    repo.take({ message: 'c moved' });
    rmSync(join(repo.root, 'src/ab.ts'));
    symlinkSync('a.ts', join(repo.root, 'src/link'));
    repo.take({ message: 'ab gone' });
  });

  test('are found for files, folders, links, old and new names', () => {
    assert.deepEqual(touching('src/a.ts'), ['a changed', 'first']);
    assert.deepEqual(touching('src/ab.ts'), ['ab gone', 'first']);
    assert.deepEqual(touching('src'), ['ab gone', 'a changed', 'first']);
    assert.deepEqual(touching('src/link'), ['ab gone']);
    assert.deepEqual(touching('c.txt'), ['c moved', 'first']);
    assert.deepEqual(touching('docs/c.txt'), ['c moved']);
    assert.deepEqual(touching('docs'), ['c moved', 'first']);
    assert.deepEqual(touching('src/a'), []);
  });

  test('other conditions hold too, and the order and pages are kept', () => {
    assert.deepEqual(touching('src', { filter: { text: 'a changed' } }), ['a changed']);
    assert.deepEqual(touching('src', { order: 'oldest' }), ['first', 'a changed', 'ab gone']);
    const { next, total } = ask('src', { limit: 1 });
    assert.equal(total, 3);
    assert.deepEqual(touching('src', { limit: 1, before: next! }), ['a changed']);
  });

  test('are known without a look at manifests from the second time on', () => {
    ask('src/a.ts');
    reads = [];
    assert.deepEqual(touching('docs/c.txt'), ['c moved']);
    assert.equal(manifestReads(), 0);
  });

  test('are known to another process, but for the oldest, which is looked up', () => {
    ask('src/a.ts');
    const copy = tempDir();
    cpSync(repo.root, copy, { recursive: true });
    const store = openOrCreateStore(repo.env, { root: copy });
    reads = [];
    const params: TimelineParams = { filter: { path: 'docs/c.txt' } };
    const page = timeline(repo.env, store, params, quietControl);
    assert.equal(page.total, 1);
    assert.equal(manifestReads(), 1); // the first one's
  });

  test('where a snapshot is deleted, the next one shows what it changed', () => {
    assert.deepEqual(touching('c.txt'), ['c moved', 'first']);
    const [, moved] = timeline(repo.env, repo.store, {}, quietControl).checkpoints;
    deleteCheckpoints(repo.env, repo.store, { revs: [moved!.id] });
    assert.deepEqual(touching('c.txt'), ['ab gone', 'first']);
  });

  test('a snapshot that brings very many files is told as any other', () => {
    const many = Array.from({ length: 501 }, (_, n) => [`gen/${n}.txt`, `${n}`]);
    repo.write(Object.fromEntries(many) as Record<string, string>);
    repo.take({ message: 'many' });
    assert.deepEqual(touching('gen/17.txt'), ['many']);
    assert.deepEqual(touching('gen'), ['many']);
    assert.deepEqual(touching('src/a.ts'), ['a changed', 'first']);
    assert.deepEqual(touching('gen/nothing'), []);
  });

  test('come in slices when time is short', () => {
    const seen: number[] = [];
    let page: TimelinePage;
    do {
      page = ask('src/a.ts', { ms: 0 });
      seen.push(page.unread ?? 0);
    } while (page.unread !== undefined);
    assert.deepEqual(seen, [3, 2, 1, 0]);
    assert.deepEqual(
      page.checkpoints.map(({ message }) => message),
      ['a changed', 'first'],
    );
  });

  test('a look stops when it is cancelled, and a path must be one', () => {
    const control = { ...quietControl, signal: { aborted: true } };
    assert.throws(() => ask('src', {}, control), { name: 'AbortError' });
    assert.throws(
      () => ask('../x'),
      (error) => SnapdirError.is(error, 'UNSAFE_PATH'),
    );
  });

  test('what cannot be read is passed over, and the next one shows what it changed', () => {
    const [, moved] = timeline(repo.env, repo.store, {}, quietControl).checkpoints;
    rmSync(manifestPath(repo.store, moved!.snapshot));
    assert.deepEqual(touching('docs'), ['ab gone', 'first']);
    assert.deepEqual(touching('src'), ['ab gone', 'a changed', 'first']);
  });

  test('a cache that somebody wrote on is not used', () => {
    ask('src');
    const before = readFileSync(cache(), 'utf8');
    writeFileSync(cache(), before.replace('src/a.ts', 'src/z.ts'));
    assert.deepEqual(touching('src/a.ts'), ['a changed', 'first']);
  });
});
