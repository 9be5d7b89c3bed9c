import { strict as assert } from 'node:assert';
import { cpSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldHistory } from '../../../../src/core/history';
import { saveHistoryCache } from '../../../../src/engine/store/historyCache';
import { createMethods } from '../../../../src/engine/engine';
import { foreignRecords } from '../../../../src/engine/home/registry';
import { quietControl } from '../../../../src/engine/context';
import { readTree } from '../../../support/fileTree';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import { fails, files, makeHomeRepo, type HomeRepo } from './damagedRepo';

suite('a store that came with the folder', () => {
  let repo: HomeRepo;
  let mine: string;
  setup(() => {
    repo = makeHomeRepo({ a: 'one' });
    repo.take({ message: 'theirs' });
    mine = join(tempDir(), 'home');
  });

  test('of its maker it is no news, wherever the folder is moved', () => {
    assert.equal(repo.engine.status({}, quietControl).foreign, false);
    repo.engine.take({ trigger: 'manual', rules }, quietControl);
  });

  test('can be looked at, and not be written to, by any method', () => {
    const engine = repo.as(mine);
    const { foreign, readOnly } = engine.status({}, quietControl);
    assert.ok(foreign && readOnly !== null);
    const before = readTree(repo.store.path);
    assert.equal(engine.timeline({}, quietControl).checkpoints[0]?.message, 'theirs');
    assert.deepEqual(engine.verify({ full: true }, quietControl).problems, []);
    engine.compare({ left: 'HEAD', right: 'live', rules }, quietControl);
    engine.verifySlice({ depth: 'full', ms: 1000 }, quietControl);
    const out = tempDir();
    engine.restoreTo({ rev: 'HEAD', mode: 'safe', destination: out }, quietControl);
    for (const write of [
      () => engine.take({ trigger: 'manual', rules }, quietControl),
      () => engine.take({ trigger: 'auto', rules }, quietControl),
      () => engine.restore({ rev: 'HEAD', exact: true, rules }, quietControl),
      () => engine.undo({ what: 'undo', rules }, quietControl),
      () => engine.recoverRestore({ action: 'finish', rules }, quietControl),
      () => engine.setRef({ name: 'x', rev: 'HEAD' }, quietControl),
      () => engine.tag({ rev: 'HEAD', add: ['x'] }, quietControl),
      () => engine.rename({ rev: 'HEAD', message: 'x' }, quietControl),
      () => engine.delete({ revs: ['HEAD'] }, quietControl),
      () => engine.repair({ full: true, rules }, quietControl),
      () => engine.collectGarbage({ dryRun: false }, quietControl),
    ]) {
      fails('FOREIGN_STORE', write);
    }
    assert.deepEqual(readTree(repo.store.path), before, 'nothing in it changed');
  });

  test('its caches say nothing, neither before it is adopted nor after', () => {
    // A stat cache and a folded history as the maker left them: both would be believed of an own store.
    repo.engine.take({ trigger: 'manual', rules, message: 'again' }, quietControl);
    mkdirSync(repo.store.cache, { recursive: true });
    writeFileSync(join(repo.store.cache, 'damage'), '{"problems":[],"checkpoints":{}}');
    mkdirSync(join(repo.store.restore, 'f'.repeat(32)), { recursive: true });
    writeFileSync(join(repo.store.restore, 'f'.repeat(32), 'journal'), '{}');
    const engine = repo.as(mine);
    assert.equal(engine.timeline({}, quietControl).pendingRestore, null);
    const { records } = engine.adopt({}, quietControl);
    assert.equal(records, 2);
    assert.deepEqual(files(repo.store.cache), []);
    assert.deepEqual(files(repo.store.restore), []);
    assert.equal(files(repo.store.damaged).length, 1, 'the journal is kept to be looked at');
    assert.equal(lstatSync(repo.store.path).mode & 0o777, 0o700);
    const { checkpoint, read } = engine.take({ trigger: 'manual', rules }, quietControl);
    assert.equal(read, 1, 'every file was read');
    assert.equal(engine.timeline({}, quietControl).total, 3);
    const env = { ...repo.env, home: mine };
    const [, theirs] = engine.timeline({}, quietControl).checkpoints;
    assert.deepEqual([checkpoint.id, theirs!.id].map(foreignRecords(env, repo.store.id)), [
      false,
      true,
    ]);
    fails('INVALID_ARGUMENT', () => engine.adopt({}, quietControl));
  });

  test('a forged fold of its records is not believed', () => {
    const { env, store } = repo;
    const names = new Set(files(store.records));
    const lie = { history: foldHistory([]), damaged: [], names, newest: [...names][0]! };
    saveHistoryCache(env, store, lie);
    // Elsewhere: nothing that this process remembers is about it.
    const clone = join(tempDir(), 'clone');
    cpSync(repo.root, clone, { recursive: true });
    const total = (home: string): number =>
      createMethods({ ...env, home }, { root: clone }).timeline({}, quietControl).total;
    assert.equal(total(mine), 1);
  });

  test('an id that is known does not help a store that is somebody else’s', () => {
    const { fs } = repo.env;
    const stranger = {
      ...fs,
      lstat: (path: string) => {
        const stat = fs.lstat(path);
        return path === repo.store.path && stat !== undefined ? { ...stat, uid: 4711 } : stat;
      },
    };
    const engine = createMethods({ ...repo.env, fs: stranger }, { root: repo.root });
    assert.equal(engine.status({}, quietControl).foreign, true);
    engine.adopt({}, quietControl);
    assert.equal(engine.status({}, quietControl).foreign, false);
  });

  test('without a place to remember anything every store is the user’s', () => {
    const engine = repo.as('/proc/nothing/here');
    assert.equal(engine.status({}, quietControl).foreign, false);
  });

  test('a place that cannot be opened just now makes no store the user’s', () => {
    let lacking = true;
    const mkdir = (path: string, mode: number): void => {
      if (lacking && path.startsWith(mine)) {
        throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      }
      repo.env.fs.mkdir(path, mode);
    };
    const env = { ...repo.env, home: mine, fs: { ...repo.env.fs, mkdir } };
    const engine = createMethods(env, { root: repo.root });
    fails('IO', () => engine.status({}, quietControl));
    lacking = false;
    assert.equal(engine.status({}, quietControl).foreign, true);
  });
});
