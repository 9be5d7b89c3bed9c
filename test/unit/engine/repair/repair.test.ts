import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepairResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import type { Fs } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { createMethods } from '../../../../src/engine/engine';
import { fileTree } from '../../../support/fileTree';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import { fails, files, fileWith, flip, lose, makeHomeRepo, type HomeRepo } from './damagedRepo';

suite('repair', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ 'a.txt': 'content of a', 'b/c.txt': 'content of c' });
    repo.take({ message: 'first' });
    repo.write({ 'b/c.txt': 'newer content of c' });
    repo.take({ message: 'second' });
  });

  const repair = (of: { full?: boolean; from?: string[] } = {}): RepairResult =>
    repo.engine.repair({ full: false, rules, ...of }, quietControl);
  const isWhole = (): void => {
    const { problems } = repo.engine.verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
  };
  const sources = ({ mended }: RepairResult): string[] => mended.map(({ source }) => source);

  test('a sound store is left alone', () => {
    const before = files(repo.store.path);
    const result = repair({ full: true });
    assert.deepEqual([result.mendedCount, result.lostCount, result.damagedCount], [0, 0, 0]);
    assert.deepEqual(files(repo.store.path), before);
  });

  test('what the folder still has comes from there, under whatever name', () => {
    lose(fileWith(repo.store.objects, 'content of a'));
    renameSync(join(repo.root, 'a.txt'), join(repo.root, 'b', 'moved'));
    const result = repair();
    assert.deepEqual(sources(result), ['folder']);
    assert.deepEqual(result.mended[0], {
      ...result.mended[0],
      ...{ kind: 'object-missing', path: 'a.txt', from: join(repo.root, 'b', 'moved') },
    });
    assert.deepEqual([result.lostCount, result.damagedCount], [0, 0]);
    isWhole();
  });

  test('a flipped bit is found by the full look, mended, and what was there is kept', () => {
    const path = fileWith(repo.store.objects, 'newer content');
    flip(path);
    assert.equal(repair().mendedCount, 0, 'the quick look does not see it');
    assert.deepEqual(sources(repair({ full: true })), ['folder']);
    assert.equal(readFileSync(path, 'utf8'), 'newer content of c');
    assert.equal(files(repo.store.damaged).length, 1);
    isWhole();
  });

  test('what a full verify found, a quick repair mends', () => {
    flip(fileWith(repo.store.objects, 'newer content'));
    assert.equal(repo.engine.verify({ full: true }, quietControl).damagedCount, 1);
    assert.equal(repair().mendedCount, 1);
    isWhole();
  });

  test('another store, its folder, and a plain folder can be named', () => {
    const copy = join(tempDir(), 'copy');
    const away = fileTree(tempDir(), { 'x/y': 'content of c' });
    cpSync(repo.root, copy, { recursive: true });
    const old = fileWith(repo.store.objects, 'content of c');
    for (const [from, source] of [
      [join(copy, '.snapdir'), 'store'],
      [copy, 'store'],
      [away, 'other-folder'],
    ] as const) {
      // "newer content of c" has another size.
      const [wanted] = files(repo.store.objects).filter(
        (name) => readFileSync(join(repo.store.objects, name), 'utf8') === 'content of c',
      );
      assert.ok(wanted !== undefined && old !== '');
      lose(join(repo.store.objects, wanted));
      assert.deepEqual(sources(repair({ from: [from] })), [source]);
      isWhole();
    }
    fails('FOLDER_NOT_FOUND', () => repair({ from: [join(copy, 'nothing')] }));
  });

  test('a source that only claims to have it is not believed', () => {
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    for (const name of files(join(copy, '.objects'))) {
      flip(join(copy, '.objects', name));
    }
    rmSync(join(repo.root, 'a.txt'));
    lose(fileWith(repo.store.objects, 'content of a'));
    const result = repair({ from: [copy] });
    assert.deepEqual([result.mendedCount, result.lostCount, result.damagedCount], [0, 1, 2]);
    assert.deepEqual(result.damaged[0]?.paths, ['a.txt']);
    assert.deepEqual(files(repo.store.tmp), [], 'nothing is left lying about');
  });

  test('a manifest is made again out of the folder, or comes from another store', () => {
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    for (const name of files(repo.store.manifests)) {
      flip(join(repo.store.manifests, name));
    }
    const { mended, lost, damaged } = repair();
    assert.deepEqual(
      mended.map(({ kind, source, from }) => [kind, source, from]),
      [['manifest-damaged', 'folder', repo.root]],
    );
    assert.deepEqual(
      [lost.map(({ kind }) => kind), damaged.map(({ message }) => message)],
      [['manifest-damaged'], ['first']],
    );
    assert.deepEqual(sources(repair({ from: [copy] })), ['store']);
    isWhole();
  });

  test('records: a damaged one is mended, a missing one comes back from a copy of this store only', () => {
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    const [first, second] = files(repo.store.records).sort();
    flip(join(repo.store.records, first!));
    lose(join(repo.store.records, second!));
    assert.equal(repo.engine.timeline({}, quietControl).total, 0);
    const stranger = makeHomeRepo({ z: 'z' });
    stranger.take();
    assert.equal(repair({ from: [stranger.root] }).mendedCount, 0);
    const { mended } = repair({ from: [copy] });
    assert.deepEqual(mended.map(({ kind }) => kind).sort(), ['record-damaged', 'record-missing']);
    // The engine that met the damage sees it mended, without a restart.
    assert.equal(repo.engine.timeline({}, quietControl).total, 2);
    isWhole();
  });

  for (const call of ['readdir', 'open'] as const) {
    test(`what may have it and cannot be read (${call}) is named where something is lost`, () => {
      const denied = join(repo.root, call === 'readdir' ? 'b' : 'b/c.txt');
      let broken = true;
      const fail = (path: string): void => {
        if (broken && path === denied) {
          throw Object.assign(new Error('EIO'), { code: 'EIO', path });
        }
      };
      const fs: Fs = {
        ...nodeFs,
        readdir: (path) => (fail(path), nodeFs.readdir(path)),
        open: (path, how, mode) => (fail(path), nodeFs.open(path, how, mode)),
      };
      lose(fileWith(repo.store.objects, 'newer content'));
      const engine = createMethods({ ...repo.env, home: repo.home, fs }, { root: repo.root });
      const { lostCount, unread, unreadCount } = engine.repair(
        { full: false, rules },
        quietControl,
      );
      assert.deepEqual([lostCount, unread, unreadCount], [1, [denied], 1]);
      broken = false;
      const mended = engine.repair({ full: false, rules }, quietControl);
      assert.deepEqual([mended.lostCount, mended.mendedCount, mended.unread], [0, 1, []]);
      isWhole();
    });
  }

  test('what nobody has leaves its place, so that the next take stores it anew', () => {
    flip(fileWith(repo.store.objects, 'newer content'));
    repo.write({ 'b/c.txt': 'something else' });
    const result = repair({ full: true });
    assert.deepEqual([result.mendedCount, result.lostCount], [0, 1]);
    assert.equal(result.lost[0]?.kind, 'object-missing');
    assert.equal(
      repo.engine.timeline({}, quietControl).checkpoints[0]?.damaged !== undefined,
      true,
    );
    repo.write({ 'b/c.txt': 'newer content of c' });
    repo.take({ message: 'third' });
    isWhole();
    assert.equal(repo.engine.timeline({}, quietControl).checkpoints[1]?.damaged, undefined);
  });

  test('a restore that needs it says what, touches nothing, and works after the repair', () => {
    const keep = join(tempDir(), 'kept');
    const [oldest] = repo.engine.timeline({}, quietControl).checkpoints.slice(-1);
    writeFileSync(keep, 'content of c');
    const broken = files(repo.store.objects).filter((name) =>
      readFileSync(join(repo.store.objects, name), 'utf8').startsWith('content of'),
    );
    broken.forEach((name) => flip(join(repo.store.objects, name)));
    repo.write({ 'a.txt': 'work in progress' });
    const restore = (): unknown =>
      repo.engine.restore({ rev: oldest!.id, exact: true, rules }, quietControl);
    assert.throws(restore, (error: unknown) => {
      const { code, data } = error as { code: string; data: { paths: string[]; count: number } };
      assert.equal(code, 'SNAPSHOT_DAMAGED');
      assert.deepEqual([data.paths, data.count], [['a.txt', 'b/c.txt'], 2]);
      return true;
    });
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'work in progress');
    assert.equal(readFileSync(join(repo.root, 'b/c.txt'), 'utf8'), 'newer content of c');
    fileTree(join(keep, '..'), { a: 'content of a' });
    // The refusal told the repair where to look: no full verify is needed.
    assert.equal(repair({ from: [join(keep, '..')] }).mendedCount, 2);
    restore();
    assert.equal(readFileSync(join(repo.root, 'b/c.txt'), 'utf8'), 'content of c');
  });

  test('a newest record that somebody took away is missed, and told until a repair', () => {
    const copy = join(tempDir(), 'copy');
    cpSync(repo.store.path, copy, { recursive: true });
    repo.engine.status({}, quietControl);
    const [, second] = files(repo.store.records).sort();
    lose(join(repo.store.records, second!));
    // Whoever takes a record away may take the fold with it.
    rmSync(repo.store.cache, { recursive: true });
    repo.engine.status({}, quietControl);
    const missed = (): string[] =>
      repo.engine
        .verify({ full: false }, quietControl)
        .problems.map(({ kind, address }) => `${kind} ${address}`);
    assert.deepEqual(missed(), [`record-missing ${second!}`]);
    assert.equal(repo.engine.verifySlice({ depth: 'quick', ms: 9999 }, quietControl).suspects, 1);
    assert.equal(repair({ from: [copy] }).lostCount, 0);
    assert.deepEqual(missed(), []);
    lose(join(repo.store.records, second!));
    assert.deepEqual(missed(), [`record-missing ${second!}`]);
    assert.equal(repair().lostCount, 1, 'told once more');
    assert.deepEqual(missed(), []);
  });
});
