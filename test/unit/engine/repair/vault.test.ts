import { strict as assert } from 'node:assert';
import { lstatSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { register } from '../../../../src/engine/home/registry';
import { createMethods } from '../../../../src/engine/engine';
import type { Fs } from '../../../../src/engine/disk/fs';
import { openOrCreateStore } from '../../../../src/engine/store/storeRoot';
import { fileTree } from '../../../support/fileTree';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import { fails, files, fileWith, flip, lose, makeHomeRepo, type HomeRepo } from './damagedRepo';

suite('vault', () => {
  let repo: HomeRepo;
  let vault: string;
  setup(() => start());

  function start(...changes: Parameters<typeof makeHomeRepo>[1][]): void {
    repo = makeHomeRepo({ 'a.txt': 'content of a', 'b/c.txt': 'content of c' }, changes[0]);
    repo.take({ message: 'first' });
    vault = join(repo.home, 'vault', repo.store.id);
  }
  const keep = (all = false): ReturnType<HomeRepo['engine']['keepVault']> =>
    repo.engine.keepVault({ ms: 10_000, all }, quietControl);

  test('holds every record, manifest and object, and then only what is new', () => {
    const first = keep();
    assert.deepEqual([first.done, first.records, first.objects], [true, 1, 2]);
    repo.write({ new: 'and more' });
    repo.take();
    repo.engine.setRef({ name: 'kept', rev: 'HEAD' }, quietControl);
    const second = keep();
    assert.deepEqual([second.records, second.objects], [2, 1]);
    assert.deepEqual({ ...keep() }, { done: true, records: 0, objects: 0, copiedBytes: 0 });
    for (const part of ['.objects', '.manifests', 'records']) {
      assert.deepEqual(files(join(vault, part)), files(join(repo.store.path, part)));
    }
    assert.equal(lstatSync(vault).mode & 0o777, 0o700);
  });

  test('goes on where it was, in short stretches', () => {
    for (let index = 0; index < 20; index++) {
      repo.write({ [`file ${index}`]: `content ${index}` });
      repo.take();
    }
    let slices = 0;
    while (!repo.engine.keepVault({ ms: 0.5 }, quietControl).done) {
      slices++;
    }
    assert.ok(slices > 1);
    assert.deepEqual(files(join(vault, '.objects')), files(repo.store.objects));
  });

  test('copies where neither clones nor links can be made, and never what is damaged', () => {
    const no = (code: string) => (): never => {
      throw Object.assign(new Error(code), { code });
    };
    start({ fs: { ...nodeFs, clone: () => false, link: no('EXDEV') } });
    flip(fileWith(repo.store.objects, 'content of a'));
    const { copiedBytes } = keep();
    assert.equal(copiedBytes, 'content of c'.length);
    assert.deepEqual(
      files(join(vault, '.objects')).map((name) =>
        readFileSync(join(vault, '.objects', name), 'utf8'),
      ),
      ['content of c'],
    );
    assert.deepEqual(files(join(vault, 'tmp')), []);
  });

  test('a store that was deleted comes back from it, and only then', () => {
    keep();
    const before = repo.engine.timeline({}, quietControl).checkpoints;
    const storeFiles = ['.objects', '.manifests', 'records'].map((part) =>
      files(join(repo.store.path, part)),
    );
    rmSync(repo.store.path, { recursive: true });
    const { exists, vanished } = repo.engine.status({}, quietControl);
    assert.deepEqual([exists, vanished], [false, { storeId: repo.store.id, inVault: true }]);
    const back = repo.engine.recoverStore({}, quietControl);
    assert.deepEqual([back.records, back.objects, back.lostCount], [1, 2, 0]);
    assert.deepEqual(repo.engine.timeline({}, quietControl).checkpoints, before);
    assert.deepEqual(
      ['.objects', '.manifests', 'records'].map((part) => files(join(repo.store.path, part))),
      storeFiles,
    );
    assert.deepEqual(repo.engine.verify({ full: true }, quietControl).problems, []);
    assert.deepEqual(repo.engine.status({}, quietControl), {
      ...{ exists: true, storeId: repo.store.id, readOnly: null, foreign: false, vanished: null },
    });
    assert.equal(repo.engine.recoverStore({}, quietControl).records, 0);
  });

  test('a store that was begun anew keeps its snapshots beside the old ones', () => {
    keep();
    rmSync(repo.store.path, { recursive: true });
    repo.engine.take({ trigger: 'manual', message: 'after the accident', rules }, quietControl);
    assert.equal(repo.engine.recoverStore({}, quietControl).records, 1);
    assert.deepEqual(
      repo.engine.timeline({}, quietControl).checkpoints.map(({ message }) => message),
      ['after the accident', 'first'],
    );
    assert.deepEqual(repo.engine.verify({ full: true }, quietControl).problems, []);
  });

  test('what the vault has damaged does not come back; the rest does', () => {
    keep();
    rmSync(repo.store.path, { recursive: true });
    flip(fileWith(join(vault, '.objects'), 'content of a'));
    const back = repo.engine.recoverStore({}, quietControl);
    assert.deepEqual([back.records, back.objects, back.lostCount], [1, 1, 1]);
    const [problem] = repo.engine.verify({ full: true }, quietControl).problems;
    assert.deepEqual([problem?.kind, problem?.path], ['object-missing', 'a.txt']);
  });

  test('without one there is nothing to bring back, and a lost store is missed', () => {
    rmSync(repo.store.path, { recursive: true });
    const { vanished } = repo.engine.status({}, quietControl);
    assert.deepEqual(vanished, { storeId: repo.store.id, inVault: false });
    fails('NO_VAULT', () => repo.engine.recoverStore({}, quietControl));
  });

  test('a store that somebody makes while it is looked for is not missed', () => {
    const env = { ...repo.env, home: repo.home };
    let when = 0;
    let looks: number;
    do {
      when++;
      const root = fileTree(tempDir(), { a: 'a' });
      looks = 0;
      const lstat: Fs['lstat'] = (path) => {
        const seen = nodeFs.lstat(path);
        if (path === join(root, '.snapdir') && ++looks === when) {
          openOrCreateStore(env, { root });
        }
        return seen;
      };
      const looking = createMethods({ ...env, fs: { ...nodeFs, lstat } }, { root });
      assert.equal(looking.status({}, quietControl).vanished, null, `made after look ${when}`);
    } while (looks >= when);
    assert.ok(when > 2, `only ${looks} looks`);
  });

  test('a store that is gone is missed, though somebody once began to make a new one', () => {
    rmSync(repo.store.path, { recursive: true });
    fileTree(repo.root, { '.snapdir/tmp/left': 'behind' });
    assert.equal(repo.engine.status({}, quietControl).vanished, null, 'it may be being made');
    utimesSync(repo.store.path, 1, 1);
    const { vanished } = repo.engine.status({}, quietControl);
    assert.deepEqual(vanished, { storeId: repo.store.id, inVault: false });
  });

  test('of several stores that were at a place the one that was seen last is missed', () => {
    const { id, path } = repo.store;
    const other = '0123456789abcdef0123456789abcdef';
    register({ ...repo.env, home: repo.home }, { id: other, path, uid: 0 });
    // As another process finds it, which knows nothing yet.
    const home = `${repo.home}-moved`;
    renameSync(repo.home, home);
    const seenAgo = (which: string, seconds: number): void => {
      const at = files(join(home, 'stores', which)).find((name) => name.startsWith('at-'))!;
      const time = Date.now() / 1000 - seconds;
      utimesSync(join(home, 'stores', which, at), time, time);
    };
    seenAgo(id, 7200);
    seenAgo(other, 3600);
    assert.equal(repo.as(home).status({}, quietControl).storeId, id);
    rmSync(path, { recursive: true });
    assert.equal(repo.as(home).status({}, quietControl).vanished?.storeId, id);
  });

  test('repair takes from it, and mends it where a linked file is damaged in both', () => {
    keep();
    lose(fileWith(repo.store.objects, 'content of c'));
    rmSync(join(repo.root, 'b'), { recursive: true });
    const from = repo.engine.repair({ full: false, rules }, quietControl);
    assert.deepEqual(
      from.mended.map(({ source }) => source),
      ['vault'],
    );
    flip(fileWith(repo.store.objects, 'content of a'));
    const linked = lstatSync(fileWith(join(vault, '.objects'), 'content of c')).nlink > 1;
    assert.equal(repo.engine.repair({ full: true, rules }, quietControl).mendedCount, 1);
    const { problems } = repo.engine.verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
    for (const name of files(join(vault, '.objects'))) {
      const text = readFileSync(join(vault, '.objects', name), 'utf8');
      assert.match(text, /^content of [ac]$/u, `whole in the vault, linked: ${String(linked)}`);
    }
  });

  test('a record that the store has lost comes back with all that it needs', () => {
    repo.write({ 'a.txt': 'another content' });
    repo.take({ message: 'second' });
    keep();
    const [, second] = files(repo.store.records).sort();
    lose(join(repo.store.records, second!));
    lose(fileWith(repo.store.objects, 'another content'));
    const { mended, lostCount } = repo.engine.repair({ full: false, rules }, quietControl);
    assert.ok(mended.some(({ kind }) => kind === 'record-missing'));
    assert.equal(lostCount, 0);
    assert.equal(repo.engine.timeline({}, quietControl).checkpoints[0]?.message, 'second');
  });

  test('lets go of what garbage collection deleted for good, not of what lies in the trash', () => {
    repo.write({ 'a.txt': 'kept' });
    repo.take({ message: 'second' });
    keep();
    repo.engine.delete({ revs: ['HEAD~1'] }, quietControl);
    repo.engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    const has = (text: string): boolean =>
      files(join(vault, '.objects')).some((name) =>
        readFileSync(join(vault, '.objects', name), 'utf8').includes(text),
      );
    assert.ok(has('content of a'), 'a collection can be undone');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    for (const name of files(repo.store.trash).map((file) => join(repo.store.trash, file))) {
      for (const at of [join(name, '..'), join(name, '../..')]) {
        utimesSync(at, twoDaysAgo, twoDaysAgo);
      }
    }
    // What this very collection sets aside can still come back.
    repo.write({ 'a.txt': 'the newest' });
    repo.take({ message: 'third' });
    keep();
    repo.engine.delete({ revs: ['HEAD~1'] }, quietControl);
    const again = repo.engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    assert.deepEqual([again.objects, again.purgedObjects], [1, 1]);
    assert.ok(!has('content of a'));
    assert.ok(has('the newest'));
    assert.ok(has('kept') && has('content of c'));
  });

  test('a hole in it is filled by a look at everything', () => {
    keep();
    lose(fileWith(join(vault, '.objects'), 'content of a'));
    assert.equal(keep().objects, 0);
    assert.equal(keep(true).objects, 1);
  });
});
