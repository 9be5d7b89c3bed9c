import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { UndoObstacle, UndoResult } from '../../../src/core/engine';
import { SnapdirError } from '../../../src/core/errors';
import type { RecordId } from '../../../src/core/ids';
import { createMethods, type MethodTable } from '../../../src/engine/engine';
import { quietControl } from '../../../src/engine/context';
import { readTree } from '../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../support/restoreRepo';

suite('undo of a restore below others', () => {
  let repo: Repo;
  let engine: MethodTable;
  let good: RecordId;
  setup(() => {
    repo = makeRepo({ 'a.txt': 'good a', 'b.txt': 'good b', 'made/c.txt': 'c', 'made/d.txt': 'd' });
    engine = createMethods(repo.env, { root: repo.root });
    good = repo.take({ message: 'good' }).id;
    repo.write({ 'a.txt': 'bad a', 'b.txt': 'bad b', 'own.txt': 'own' });
  });

  const back = (paths?: string[]): RecordId => {
    const to = { rev: good, exact: false, rules, ...(paths === undefined ? {} : { paths }) };
    return engine.restore(to, quietControl).operation!;
  };
  const turn = (what: 'undo' | 'redo', operation: RecordId, fingerprint?: string): UndoResult =>
    engine.undoOperations(
      { what, operation, rules, ...(fingerprint === undefined ? {} : { fingerprint }) },
      quietControl,
    );
  const row = (of: RecordId): [string | null, UndoObstacle | null] => {
    const { operations } = engine.operations({}, quietControl);
    const { offers, obstacle } = operations.find(({ id }) => id === of)!;
    return [offers, obstacle];
  };
  const refuses = (obstacle: UndoObstacle, work: () => unknown): void => {
    assert.throws(work, (error) => {
      return SnapdirError.is(error, 'CANNOT_UNDO') && error.data.obstacle === obstacle;
    });
  };
  const files = (): Record<string, unknown> => readTree(repo.root);

  const contents = (): Record<string, unknown> =>
    Object.fromEntries(Object.entries(files()).filter(([, now]) => typeof now === 'string'));

  test('other files were restored later, and a snapshot taken: it goes back alone, and forth', () => {
    const first = back(['a.txt']);
    repo.take({ message: 'between' });
    const second = back(['b.txt']);
    repo.write({ 'a.txt': 'edited since' });
    assert.deepEqual(row(first), ['undo', null]);
    const plan = engine.planUndoOperations({ what: 'undo', operation: first, rules }, quietControl);
    assert.deepEqual(
      plan.restore?.items.map(({ path }) => path),
      ['a.txt'],
    );
    const [undone] = turn('undo', first, plan.fingerprint).restores;
    assert.deepEqual([files()['a.txt'], files()['b.txt']], ['bad a', 'good b']);
    // What was there is in the safety checkpoint.
    const { bytes } = engine.readFile({ rev: undone!.safety!, path: 'a.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), 'edited since');
    // HEAD is no checkpoint from before the other restore.
    assert.equal(engine.timeline({}, quietControl).head, undone!.safety);
    assert.deepEqual(
      [row(first), row(second)],
      [
        ['redo', null],
        ['undo', null],
      ],
    );
    turn('undo', second);
    assert.deepEqual([files()['a.txt'], files()['b.txt']], ['bad a', 'bad b']);
    turn('redo', first);
    assert.deepEqual([files()['a.txt'], files()['b.txt']], ['edited since', 'bad b']);
    turn('redo', second);
    assert.equal(files()['b.txt'], 'good b');
    assert.deepEqual(engine.verify({ full: true }, quietControl).problems, []);
  });

  test('everything since goes back and forth in one, past one that went back alone', () => {
    const first = back(['a.txt']);
    const second = back(['b.txt']);
    repo.write({ 'a.txt': 'worse' });
    const third = back(['a.txt']);
    const state = (): unknown[] => [files()['a.txt'], files()['b.txt']];
    const to = (record: RecordId): UndoResult => {
      const asked = { what: 'undo', to: record, rules } as const;
      const { fingerprint } = engine.planUndoOperations(asked, quietControl);
      return engine.undoOperations({ ...asked, fingerprint }, quietControl);
    };
    assert.equal(to(good).restores.length, 3);
    assert.deepEqual(state(), ['bad a', 'bad b']);
    assert.equal(to(third).restores.length, 3);
    assert.deepEqual(state(), ['good a', 'good b']);
    turn('undo', second);
    assert.deepEqual(state(), ['good a', 'bad b']);
    to(first);
    // As it was before the third: somebody had edited it.
    assert.deepEqual(state(), ['worse', 'bad b']);
    to(third);
    assert.deepEqual(state(), ['good a', 'good b']);
  });

  test('files that changed since the plan: nothing happens', () => {
    const first = back(['a.txt']);
    back(['b.txt']);
    const { fingerprint } = engine.planUndoOperations(
      { what: 'undo', operation: first, rules },
      quietControl,
    );
    repo.write({ 'a.txt': 'edited since' });
    assert.throws(
      () => turn('undo', first, fingerprint),
      (error) => SnapdirError.is(error, 'PLAN_CHANGED'),
    );
    assert.equal(files()['a.txt'], 'edited since');
  });

  test('the same file was restored later, or its folder: refused, and nothing changes', () => {
    const first = back(['a.txt']);
    repo.write({ 'a.txt': 'bad again' });
    back(['a.txt']);
    assert.deepEqual(row(first), [null, 'later-restore']);
    refuses('later-restore', () => turn('undo', first));
    assert.equal(files()['a.txt'], 'good a');
  });

  test('of whole folders it is the files that count', () => {
    const whole = back();
    repo.write({ 'own.txt': 'own, changed', 'a.txt': 'bad a', 'new.txt': 'new' });
    const other = repo.take({ message: 'other' }).id;
    repo.write({ 'own.txt': 'broken', 'made/c.txt': 'broken' });
    const later = engine.restore({ rev: other, exact: true, rules }, quietControl).operation!;
    // The first changed a.txt and b.txt, the second own.txt and made/c.txt.
    assert.deepEqual(row(whole), ['undo', null]);
    turn('undo', whole);
    assert.deepEqual(
      ['a.txt', 'b.txt', 'own.txt', 'made/c.txt', 'new.txt'].map((path) => files()[path]),
      ['bad a', 'bad b', 'own, changed', 'c', 'new'],
    );
    turn('undo', later);
    assert.equal(files()['own.txt'], 'broken');
    turn('redo', whole);
    // Now one that has to do with the first one's files.
    repo.write({ 'b.txt': 'bad' });
    back();
    assert.deepEqual(row(whole), [null, 'later-restore']);
    refuses('later-restore', () => turn('undo', whole));
  });

  test('a folder that a restore made, and another one put files into, stays', () => {
    repo.write({ made: null });
    const first = back(['made/c.txt']);
    const second = back(['made/d.txt']);
    refuses('later-restore', () => turn('undo', first));
    assert.ok(existsSync(join(repo.root, 'made/c.txt')));
    turn('undo', second);
    turn('undo', first);
    assert.ok(!existsSync(join(repo.root, 'made')));
  });

  test('whatever is offered takes back exactly what that restore had changed', function () {
    this.timeout(300_000);
    const path = fc.constantFrom('a.txt', 'b.txt', 'made', 'made/c.txt', '');
    const step = fc.record({ turn: fc.nat({ max: 2 }), path, rev: fc.nat(), at: fc.nat() });
    let below = 0;
    const run = (steps: { turn: number; path: string; rev: number; at: number }[]): void => {
      repo = makeRepo({ 'a.txt': '0', 'b.txt': '0', 'made/c.txt': '0', 'made/d.txt': '0' });
      engine = createMethods(repo.env, { root: repo.root });
      const revs = [repo.take({}).id];
      repo.write({ 'a.txt': '1', 'made/c.txt': '1' });
      revs.push(repo.take({}).id);
      repo.write({ 'b.txt': '2', 'made/d.txt': '2', 'made/c.txt': '0' });
      revs.push(repo.take({}).id);
      const first = contents();
      const done: { id: RecordId; changed: Record<string, unknown> }[] = [];
      for (const { turn: kind, path: of, rev, at } of steps) {
        const before = contents();
        if (kind === 0 || done.length === 0) {
          const { operation } = engine.restore(
            { rev: revs[rev % 3]!, paths: [of], exact: false, rules },
            quietControl,
          );
          const changed = Object.entries(contents()).filter(([name, now]) => now !== before[name]);
          done.push(
            ...(operation ? [{ id: operation, changed: Object.fromEntries(changed) }] : []),
          );
        } else {
          const { id } = done[at % done.length]!;
          const [offers] = row(id);
          const last = engine.timeline({}, quietControl).undoable?.id;
          below += offers === 'undo' && last !== id ? 1 : 0;
          void (offers && turn(offers as 'undo' | 'redo', id));
        }
        const inEffect = done.filter(({ id }) => {
          return !engine.operations({}, quietControl).operations.find((one) => one.id === id)!
            .undone;
        });
        const expected = inEffect.reduce((all, { changed }) => ({ ...all, ...changed }), first);
        assert.deepEqual(contents(), expected);
      }
    };
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 9 }), run), {
      numRuns: 25,
      seed: 7,
    });
    assert.ok(below >= 3, `${below} of them below others`);
  });
});
