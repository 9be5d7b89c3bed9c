import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepairResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import type { Fs } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { createMethods } from '../../../../src/engine/engine';
import { setAside } from '../../../../src/engine/repair/placeContent';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import { files, fileWith, flip, lose, makeHomeRepo, type HomeRepo } from './damagedRepo';

suite('repair: what cannot be read', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ 'a.txt': 'content of a', 'b/c.txt': 'content of c' });
    repo.take({ message: 'first' });
  });

  const repair = (of: { from?: string[] } = {}): RepairResult =>
    repo.engine.repair({ full: false, rules, ...of }, quietControl);
  const isWhole = (): void => {
    const { problems } = repo.engine.verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
  };
  const sources = ({ mended }: RepairResult): string[] => mended.map(({ source }) => source);

  /** An engine to which the file system denies what it opens below some path. */
  const deniedBelow = (part: string, code = 'EIO'): HomeRepo['engine'] => {
    const open: Fs['open'] = (path, how, mode) => {
      if (path.includes(part)) {
        throw Object.assign(new Error(code), { code, path });
      }
      return nodeFs.open(path, how, mode);
    };
    const env = { ...repo.env, home: repo.home, fs: { ...nodeFs, open } };
    return createMethods(env, { root: repo.root });
  };
  const vaultOf = (): string => join(repo.home, 'vault', repo.store.id);

  test('what the vault has and cannot be read now stays there, and is named', () => {
    repo.engine.keepVault({ ms: 10_000, all: true }, quietControl);
    const path = fileWith(repo.store.objects, 'content of c');
    const kept = path.replace(repo.store.path, vaultOf());
    lose(path);
    rmSync(join(repo.root, 'b'), { recursive: true });
    const result = deniedBelow(kept).repair({ full: false, rules }, quietControl);
    assert.deepEqual([result.lostCount, result.unread.includes(kept)], [1, true]);
    assert.ok(files(vaultOf()).some((name) => kept.endsWith(name)));
    assert.deepEqual(sources(repair()), ['vault']);
    isWhole();
  });

  test('a record whose copy cannot be read, and a vault without its FORMAT, keep nothing else from being mended', () => {
    repo.engine.keepVault({ ms: 10_000, all: true }, quietControl);
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    const [first] = files(repo.store.records).sort();
    flip(join(repo.store.records, first!));
    lose(fileWith(repo.store.objects, 'content of a'));
    const denied = deniedBelow(join(vaultOf(), 'records'));
    const one = denied.repair({ full: false, rules, from: [copy] }, quietControl);
    assert.deepEqual(one.mended.map(({ kind }) => kind).sort(), [
      'object-missing',
      'record-damaged',
    ]);
    isWhole();
    writeFileSync(join(vaultOf(), 'FORMAT'), 'nonsense');
    lose(fileWith(repo.store.objects, 'content of a'));
    assert.deepEqual(sources(repair()), ['folder']);
    isWhole();
  });

  test('a missing record whose copy cannot be read is told, though the store is whole', () => {
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    const [first] = files(repo.store.records).sort();
    lose(join(repo.store.records, first!));
    const { lostCount, unread } = deniedBelow(join(copy, 'records')).repair(
      { full: false, rules, from: [copy] },
      quietControl,
    );
    assert.deepEqual([lostCount, unread], [0, [join(copy, 'records', first!)]]);
  });

  test('what only this user may not read stays where others find it', () => {
    const path = fileWith(repo.store.objects, 'content of c');
    rmSync(join(repo.root, 'b'), { recursive: true });
    const result = deniedBelow(path, 'EACCES').repair({ full: true, rules }, quietControl);
    assert.deepEqual([result.lostCount, result.unread.includes(path)], [1, true]);
    isWhole();
  });

  test('what is set aside never takes the place of what was set aside before', () => {
    for (const text of ['content of a', 'content of c']) {
      setAside(repo.env, repo.store, fileWith(repo.store.objects, text), 'name');
    }
    const aside = join(repo.store.damaged, 'name');
    assert.equal(readFileSync(aside, 'utf8'), 'content of a');
    assert.equal(files(repo.store.damaged).length, 2);
  });
});
