import { strict as assert } from 'node:assert';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ForgetResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
import { rules } from '../../../support/restoreRepo';
import { fails, makeHomeRepo, type HomeRepo } from '../repair/damagedRepo';

suite('what a forgetting looks at', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ '.env': 'secret', 'deep/a.txt': 'one' });
  });

  const forget = (path: string, dryRun = false): ForgetResult =>
    repo.engine.forget({ paths: [path], dryRun }, quietControl);
  const link = (path: string): void =>
    symlinkSync('https://user:secret@host', join(repo.root, path));

  function isSound(): void {
    assert.deepEqual(repo.engine.verify({ full: true }, quietControl).problems, []);
  }

  test('a link goes out of every tree; that the records keep its target is said', () => {
    link('lnk');
    const { id } = repo.take();
    const names = (): string[] =>
      repo.engine.readDir({ rev: id, path: '' }, quietControl).map(({ path }) => path);
    const plan = forget('lnk', true);
    assert.deepEqual([plan.snapshots, plan.objects, plan.links], [1, 0, 1]);
    assert.ok(names().includes('lnk'));
    repo.engine.fileHistory({ path: 'lnk' }, quietControl);

    const done = forget('lnk');
    assert.deepEqual([done.snapshots, done.operations.length, done.links], [1, 1, 1]);
    assert.ok(!names().includes('lnk'));
    fails('PATH_NOT_FOUND', () => repo.engine.readFile({ rev: id, path: 'lnk' }, quietControl));
    assert.deepEqual(repo.engine.fileHistory({ path: 'lnk' }, quietControl).versions, []);
    repo.write({ lnk: null });
    fails('PATH_NOT_FOUND', () =>
      repo.engine.restore({ rev: id, paths: ['lnk'], exact: false, rules }, quietControl),
    );
    const again = forget('lnk');
    assert.deepEqual([again.snapshots, again.operations, again.links], [0, [], 0]);
    isSound();
  });

  test('where some snapshots have a file and others a link, both go, also off the list', () => {
    link('deep/l');
    const first = repo.take();
    repo.write({ 'deep/l': null });
    repo.write({ 'deep/l': 'as a file' });
    const second = repo.take();
    repo.engine.delete({ revs: [first.id] }, quietControl);
    const done = forget('deep/l');
    assert.deepEqual([done.snapshots, done.unlisted, done.objects, done.links], [1, 1, 1, 1]);
    repo.engine.undoOperations({ what: 'undo', rules }, quietControl);
    for (const rev of [first.id, second.id]) {
      const there = repo.engine.readDir({ rev, path: 'deep' }, quietControl);
      assert.deepEqual(
        there.map(({ path }) => path),
        ['deep/a.txt'],
      );
    }
    isSound();
  });

  test('names every promotion: one that was begun, too, and those of snapshots off the list', () => {
    const { id } = repo.take({ trigger: 'auto' });
    repo.engine.pinPromotion({ checkpoint: id, name: 'begun' }, quietControl);
    repo.engine.setRef({ name: 'was', rev: id }, quietControl);
    repo.write({ '.env': null });
    repo.take();
    repo.engine.setRef({ name: 'was', rev: null }, quietControl);
    repo.engine.delete({ revs: [id] }, quietControl);
    const names = forget('.env', true).promoted.map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ['begun', 'was']);
  });

  test('a folder that would give way to a file stays for what was forgotten in it, and is told', () => {
    const first = repo.take();
    repo.write({ deep: null });
    repo.write({ deep: 'a file' });
    repo.take();
    repo.engine.restore({ rev: first.id, exact: false, rules }, quietControl);
    forget('deep/a.txt');
    const { failed } = repo.engine.undo({ what: 'undo', rules }, quietControl);
    assert.equal(readFileSync(join(repo.root, 'deep/a.txt'), 'utf8'), 'one');
    assert.deepEqual(failed, [{ path: 'deep', reason: 'uncaptured-in-the-way' }]);
    isSound();
  });

  test('the counts of files and bytes are those that are left', () => {
    const { id } = repo.take();
    const counts = (): number[] => {
      const { stats } = repo.engine
        .timeline({}, quietControl)
        .checkpoints.find((one) => one.id === id)!;
      return [stats.files, stats.bytes];
    };
    assert.deepEqual(counts(), [2, 9]);
    forget('.env');
    assert.deepEqual(counts(), [1, 3]);
    forget('deep');
    assert.deepEqual(counts(), [0, 0]);
  });
});
