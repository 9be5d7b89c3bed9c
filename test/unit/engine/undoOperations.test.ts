import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationInfo, UndoObstacle, UndoResult } from '../../../src/core/engine';
import { SnapdirError } from '../../../src/core/errors';
import type { RecordId } from '../../../src/core/ids';
import { createMethods, type MethodTable } from '../../../src/engine/engine';
import { quietControl } from '../../../src/engine/context';
import { readTree } from '../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../support/restoreRepo';

const SPEC = { 'a.txt': 'one', 'dir/b.txt': 'two' };

suite('undo of every operation', () => {
  let repo: Repo;
  let engine: MethodTable;
  let first: RecordId;
  setup(() => {
    repo = makeRepo(SPEC);
    engine = createMethods(repo.env, { root: repo.root });
    first = repo.take({ message: 'first' }).id;
  });

  const rows = (): OperationInfo[] => engine.operations({}, quietControl).operations;
  const last = (): OperationInfo => rows()[0]!;
  const listed = (): string[] =>
    engine.timeline({}, quietControl).checkpoints.map(({ message }) => message);
  const head = (): string | null => engine.timeline({}, quietControl).head;
  const undo = (
    of: { operation?: RecordId; to?: RecordId; fingerprint?: string } = {},
  ): UndoResult => engine.undoOperations({ what: 'undo', rules, ...of }, quietControl);
  const redo = (operation?: RecordId): UndoResult =>
    engine.undoOperations(
      { what: 'redo', rules, ...(operation === undefined ? {} : { operation }) },
      quietControl,
    );
  const refuses = (obstacle: UndoObstacle, work: () => unknown): void => {
    assert.throws(work, (error) => {
      return SnapdirError.is(error, 'CANNOT_UNDO') && error.data.obstacle === obstacle;
    });
  };
  const remove = (rev: string): void => void engine.delete({ revs: [rev] }, quietControl);
  const collect = (): RecordId | undefined => {
    engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    const [newest] = rows();
    return newest?.kind === 'gc' ? newest.id : undefined;
  };
  const emptyTrash = (kind: 'objects' | 'manifests'): void => {
    for (const gc of readdirSync(repo.store.trash)) {
      rmSync(join(repo.store.trash, gc, kind), { recursive: true });
    }
  };
  const objects = (): number => engine.stats({}, quietControl).objects;

  test('tag, rename and promote: back to what it was, and again', () => {
    engine.tag({ rev: first, add: ['x'] }, quietControl);
    engine.rename({ rev: first, message: 'renamed' }, quietControl);
    engine.setRef({ name: 'main', rev: first }, quietControl);
    const state = (): unknown => {
      const [info] = engine.timeline({}, quietControl).checkpoints;
      return [info!.refs, info!.message, info!.tags];
    };
    const all = state();
    assert.equal(undo().operations[0]!.kind, 'ref');
    assert.deepEqual(state(), [[], 'renamed', ['x']]);
    undo();
    undo();
    assert.deepEqual(state(), [[], 'first', []]);
    redo();
    redo();
    redo();
    assert.deepEqual(state(), all);
    assert.throws(
      () => redo(),
      (error) => SnapdirError.is(error, 'NOTHING_TO_UNDO'),
    );
    // Any of them, not only the last one.
    const rename = rows().find(({ kind }) => kind === 'rename')!;
    undo({ operation: rename.id });
    assert.deepEqual(state(), [['main'], 'first', ['x']]);
    const row = rows().find(({ id }) => id === rename.id)!;
    assert.deepEqual([row.undone, row.offers], [true, 'redo']);
    redo(rename.id);
    assert.deepEqual(state(), all);
  });

  test('a take goes off the list; no file is touched', () => {
    repo.write({ 'a.txt': 'second' });
    repo.take({ message: 'second' });
    repo.write({ 'a.txt': 'later' });
    const tree = readTree(repo.root);
    assert.equal(undo().unlisted, 1);
    assert.deepEqual([listed(), head()], [['first'], first]);
    assert.deepEqual(readTree(repo.root), tree);
    assert.equal(redo().listed, 1);
    assert.deepEqual(listed(), ['second', 'first']);
  });

  test('what happened by itself is passed over, but can be named', () => {
    engine.tag({ rev: first, add: ['x'] }, quietControl);
    repo.write({ 'a.txt': 'auto' });
    const auto = repo.take({ trigger: 'auto', message: 'auto' }).id;
    assert.equal(undo().operations[0]!.kind, 'tag');
    undo({ operation: auto });
    assert.deepEqual(listed(), ['first']);
  });

  test('a promoted snapshot does not go off the list by an undo of its take', () => {
    engine.setRef({ name: 'main', rev: first }, quietControl);
    refuses('promoted', () => undo({ operation: first }));
    assert.equal(rows().find(({ id }) => id === first)!.obstacle, 'promoted');
    assert.deepEqual(listed(), ['first']);
  });

  test('deleted snapshots come back, also out of the trash; not when that was emptied', () => {
    repo.write({ 'a.txt': 'second' });
    const second = repo.take({ message: 'second' }).id;
    remove(first);
    const deletion = last().id;
    assert.deepEqual(listed(), ['second']);
    assert.ok(collect());
    assert.equal(undo({ operation: deletion }).listed, 1);
    assert.deepEqual(listed(), ['second', 'first']);
    const { problems } = engine.verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
    const { bytes } = engine.readFile({ rev: first, path: 'a.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), 'one');
    remove(second);
    const other = last().id;
    collect();
    emptyTrash('objects');
    refuses('content-gone', () => undo({ operation: other }));
    assert.deepEqual(listed(), ['first']);
    collect();
    emptyTrash('manifests');
    assert.equal(rows().find(({ id }) => id === other)!.obstacle, 'content-gone');
    refuses('content-gone', () => undo({ operation: other }));
  });

  test('a garbage collection: everything comes back from the trash', () => {
    repo.write({ 'a.txt': 'second' });
    repo.take({ message: 'second' });
    remove(first);
    const before = objects();
    const gc = collect()!;
    assert.equal(objects(), before - 1);
    assert.equal(undo({ operation: gc }).operations[0]!.kind, 'gc');
    assert.equal(objects(), before);
    assert.equal(rows().find(({ id }) => id === gc)!.obstacle, 'collect-again');
    refuses('collect-again', () => redo(gc));
    // What came back is young: the next collection leaves it alone.
    const next = engine.collectGarbage({ dryRun: true, graceMs: 60_000 }, quietControl);
    assert.deepEqual([next.objects, next.tooYoung], [0, 2]);
  });

  test('a collection whose trash was emptied cannot be undone, and is passed over', () => {
    engine.tag({ rev: first, add: ['x'] }, quietControl);
    repo.write({ 'a.txt': 'second' });
    remove(repo.take({ message: 'second' }).id);
    const gc = collect()!;
    emptyTrash('objects');
    emptyTrash('manifests');
    assert.equal(rows().find(({ id }) => id === gc)!.obstacle, 'trash-emptied');
    refuses('trash-emptied', () => undo({ operation: gc }));
    refuses('content-gone', () => undo());
  });

  test('a restore: the files come back; where nothing had to be done, it is undone as well', () => {
    repo.write({ 'a.txt': 'changed', 'dir/new.txt': 'new' });
    const changed = readTree(repo.root);
    engine.restore({ rev: first, exact: true, rules }, quietControl);
    const restored = readTree(repo.root);
    const plan = engine.planUndoOperations({ what: 'undo', rules }, quietControl);
    assert.deepEqual(plan.restore?.counts.create, 1);
    undo({ fingerprint: plan.fingerprint });
    assert.deepEqual(readTree(repo.root), changed);
    redo();
    assert.deepEqual(readTree(repo.root), restored);
    repo.write({ 'a.txt': 'changed', 'dir/new.txt': 'new' });
    undo();
    assert.deepEqual(readTree(repo.root), changed);
    assert.equal(last().kind, 'undo');
    assert.equal(engine.timeline({}, quietControl).undoable, null);
  });

  test('not what somebody agreed to: nothing happens', () => {
    repo.write({ 'a.txt': 'changed' });
    engine.restore({ rev: first, exact: true, rules }, quietControl);
    const { fingerprint } = engine.planUndoOperations({ what: 'undo', rules }, quietControl);
    repo.write({ 'a.txt': 'changed again' });
    const isChanged = (error: unknown): boolean => SnapdirError.is(error, 'PLAN_CHANGED');
    assert.throws(() => undo({ fingerprint }), isChanged);
    const agreed = engine.planUndoOperations({ what: 'undo', rules }, quietControl);
    engine.rename({ rev: first, message: 'between' }, quietControl);
    assert.throws(() => undo({ fingerprint: agreed.fingerprint }), isChanged);
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'changed again');
  });

  test('undo to here: files and list are as they were then, and one plan tells', () => {
    repo.write({ 'a.txt': 'A', 'dir/own.txt': 'own' });
    const here = repo.take({ message: 'here' }).id;
    const then = readTree(repo.root);
    engine.tag({ rev: first, add: ['x'] }, quietControl);
    engine.restore({ rev: first, exact: true, rules }, quietControl);
    repo.write({ 'a.txt': 'B', 'between.txt': 'made between two restores' });
    repo.take({ message: 'later' });
    engine.restore({ rev: here, paths: ['a.txt'], exact: false, rules }, quietControl);
    const plan = engine.planUndoOperations({ what: 'undo', to: here, rules }, quietControl);
    assert.deepEqual(
      plan.operations.map(({ kind }) => kind),
      ['restore', 'take', 'restore', 'tag'],
    );
    const result = undo({ to: here, fingerprint: plan.fingerprint });
    assert.equal(result.restores.length, 2);
    const now = readTree(repo.root);
    assert.equal(now['between.txt'], 'made between two restores');
    delete now['between.txt'];
    assert.deepEqual(now, then);
    assert.deepEqual(plan.restore?.counts, {
      ...{ create: 1, overwrite: 0, delete: 0, left: 1, unchanged: 2 },
    });
    assert.deepEqual(
      engine.timeline({ filter: { triggers: ['manual'] } }, quietControl).checkpoints.map((one) => {
        return [one.message, one.tags];
      }),
      [
        ['here', []],
        ['first', []],
      ],
    );
    assert.equal(head(), here);
    assert.throws(
      () => undo({ to: here }),
      (error) => SnapdirError.is(error, 'NOTHING_TO_UNDO'),
    );
  });

  test('a name that is unknown, and one that is not undone', () => {
    const unknown = 'ab'.repeat(32) as RecordId;
    const isCode = (code: 'REV_NOT_FOUND' | 'NOTHING_TO_UNDO') => (error: unknown) =>
      SnapdirError.is(error, code);
    assert.throws(() => undo({ operation: unknown }), isCode('REV_NOT_FOUND'));
    assert.throws(() => undo({ to: unknown }), isCode('REV_NOT_FOUND'));
    assert.throws(() => redo(first), isCode('NOTHING_TO_UNDO'));
    assert.ok(!existsSync(repo.store.lease));
  });
});
