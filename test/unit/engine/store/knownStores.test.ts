import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findStore, type Store } from '../../../../src/engine/store/storeRoot';
import { makeRepo, type Repo } from '../../../support/restoreRepo';

/** The clock of an engine that is asked long after the store was made: its folder is no longer young. */
const LATER = { now: () => Date.now() + 60_000 };

suite('a store that was opened before', () => {
  let repo: Repo;
  let looks: string[];
  setup(() => {
    looks = [];
    repo = makeRepo({ a: 'a' }, { clock: LATER });
    const { fs } = repo.env;
    const lstat: typeof fs.lstat = (path) => {
      looks.push(path);
      return fs.lstat(path);
    };
    repo.env = { ...repo.env, fs: { ...fs, lstat } };
  });

  const open = (): Store | undefined => {
    looks = [];
    return findStore(repo.env, { root: repo.root });
  };

  test('is not looked through again while nothing in its folder changed', () => {
    const first = open();
    assert.ok(looks.length > 10);
    assert.deepEqual(open(), first);
    assert.equal(looks.length, 3);
    writeFileSync(join(repo.store.tmp, 'x'), '');
    assert.deepEqual(open(), first);
    assert.equal(looks.length, 3);
  });

  test('a part that went is made again', () => {
    open();
    rmSync(repo.store.trash, { recursive: true });
    open();
    assert.ok(existsSync(repo.store.trash));
  });

  test('a part that became a link is refused', () => {
    open();
    renameSync(repo.store.records, join(repo.root, 'elsewhere'));
    symlinkSync(join(repo.root, 'elsewhere'), repo.store.records);
    assert.throws(open, { code: 'STORE_UNSAFE' });
  });

  test('another FORMAT is read, in place too; without it nothing is remembered', () => {
    open();
    const format = join(repo.store.path, 'FORMAT');
    chmodSync(format, 0o600);
    writeFileSync(format, `snapdir-store 99\nid ${repo.store.id}\n`);
    assert.match(open()?.readOnly ?? '', /newer version/);
    rmSync(repo.store.path, { recursive: true });
    assert.equal(open(), undefined);
  });

  test('a store that is young is looked through each time', () => {
    repo.env = { ...repo.env, clock: { now: () => Date.now() } };
    open();
    open();
    assert.ok(looks.length > 10);
  });
});
