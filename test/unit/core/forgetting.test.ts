import assert from 'node:assert/strict';
import fc from 'fast-check';
import { History } from '../../../src/core/history';
import type { CheckpointId, SnapshotId } from '../../../src/core/ids';
import { OperationLog } from '../../../src/core/operationLog';
import { formatRecord, parseRecord } from '../../../src/core/recordFormat';
import { restore, snapshotId } from './records';
import { author, Script, snapshotOf } from './script';

const [A, B, C, D] = ['A', 'B', 'C', 'D'].map(snapshotId) as [
  SnapshotId,
  SnapshotId,
  SnapshotId,
  SnapshotId,
];

suite('what was forgotten', () => {
  test('checkpoints before it have the other snapshot, those after it have their own; all else is as it was', () => {
    const s = new Script();
    const before = s.take('before', null, { snapshot: A, tags: ['t'] });
    s.ref('r', 'name', before);
    s.rename('m', before, 'said');
    const plain = s.history;
    s.forget('f', ['secret'], { [A]: B });
    const after = s.take('after', before, { snapshot: A });
    const { history } = s;
    assert.equal(history.checkpoint(before)?.snapshot, B);
    assert.equal(history.checkpoint(after)?.snapshot, A);
    assert.deepEqual([history.head, history.refs.get('name')], [after, before]);
    const [was, now] = [plain.toInfo(before), history.toInfo(before)];
    assert.deepEqual({ ...now, snapshot: A, isHead: true }, was);
    assert.deepEqual(history.forgetting.pathsOf(before), ['secret']);
    assert.deepEqual(history.forgetting.pathsOf(after), []);
    // It was taken again.
    assert.deepEqual([...history.forgetting.gone], []);
    assert.deepEqual(history.forgetting.earlierOf(before), [A]);
  });

  test('several, one upon the other: each speaks of what came before it', () => {
    const s = new Script();
    const first = s.take('first', null, { snapshot: A });
    s.forget('f1', ['x'], { [A]: B });
    const second = s.take('second', first, { snapshot: A });
    const third = s.take('third', second, { snapshot: C });
    s.forget('f2', ['y'], { [B]: C, [A]: D });
    const { history } = s;
    assert.equal(history.checkpoint(first)?.snapshot, C);
    assert.equal(history.checkpoint(second)?.snapshot, D);
    assert.equal(history.checkpoint(third)?.snapshot, C);
    assert.deepEqual(history.forgetting.pathsOf(first), ['x', 'y']);
    assert.deepEqual(history.forgetting.earlierOf(first), [A, B]);
    assert.deepEqual(history.forgetting.pathsOf(third), []);
    assert.deepEqual([...history.forgetting.gone].sort(), [A, B].sort());
    // Whoever names it without a time means what was first.
    assert.equal(history.forgetting.nowOf(A), C);
  });

  test('restores have it, too, and so have the safety checkpoints of what is undone', () => {
    const s = new Script();
    const first = s.take('first', null, { snapshot: A });
    const safety = s.take('safe', first, { snapshot: B, trigger: 'safety' });
    s.add('r', restore({ checkpoint: first, snapshot: A, safety, head: first }));
    s.forget('f', ['x'], { [A]: C, [B]: D });
    const { history } = s;
    assert.equal(history.undoable()?.snapshot, C);
    assert.equal(history.checkpoint(safety)?.snapshot, D);
    const row = new OperationLog(history).page().operations.find(({ kind }) => kind === 'restore');
    assert.equal(row?.detail['snapshot'], C);
  });

  test('undo and redo pass over it, and its row says that it is for good', () => {
    const s = new Script();
    const first = s.take('first', null, { snapshot: A });
    const tag = s.tag('t', first, ['x']);
    s.undo('u', tag);
    const forgotten = s.forget('f', ['x', 'z'], { [A]: B });
    const log = new OperationLog(s.history);
    assert.deepEqual([log.next('undo'), log.next('redo')], [first, tag]);
    assert.deepEqual(
      [log.inOrder('undo')[0]?.root.id, log.inOrder('redo')[0]?.root.id],
      [first, tag],
    );
    const [row] = log.page().operations;
    assert.deepEqual(
      [row?.id, row?.kind, row?.offers, row?.obstacle],
      [...[forgotten, 'forget', null, 'forgotten']],
    );
    assert.deepEqual(row?.detail, { path: 'x', paths: 2, snapshots: 1 });
    assert.deepEqual(
      log.backTo(tag)?.map(({ root }) => root.id),
      [tag],
    );
  });

  test('a circle that somebody forged ends', () => {
    const s = new Script();
    const first = s.take('first', null, { snapshot: A });
    s.forget('f', ['x'], { [A]: B, [B]: A });
    s.forget('g', ['x'], { [A]: B, [B]: A });
    assert.equal(s.history.checkpoint(first)?.snapshot, A);
  });

  test('any takes and forgettings come to what one gets who goes on record by record', () => {
    const snapshots = [A, B, C, D];
    const pair = fc.tuple(fc.constantFrom(...snapshots), fc.constantFrom(...snapshots));
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), snapshot: fc.constantFrom(...snapshots) }),
      fc.record({
        kind: fc.constant('forget' as const),
        path: fc.constantFrom('x', 'y', 'z'),
        pairs: fc.array(pair, { maxLength: 3 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const s = new Script();
        const now = new Map<CheckpointId, { snapshot: SnapshotId; paths: Set<string> }>();
        steps.forEach((one, n) => {
          if (one.kind === 'take') {
            const { snapshot } = one;
            now.set(s.take(`t${n}`, null, { snapshot }), { snapshot, paths: new Set() });
            return;
          }
          const replaced = Object.fromEntries(one.pairs) as Record<SnapshotId, SnapshotId>;
          s.forget(`f${n}`, [one.path], replaced);
          for (const state of now.values()) {
            const next = replaced[state.snapshot];
            if (next !== undefined) {
              state.snapshot = next;
              state.paths.add(one.path);
            }
          }
        });
        const { history } = s;
        for (const [checkpoint, { snapshot, paths }] of now) {
          assert.equal(history.checkpoint(checkpoint)?.snapshot, snapshot);
          const found = history.forgetting.pathsOf(checkpoint);
          assert.deepEqual([...found].sort(), [...paths].sort());
          assert.ok(!history.forgetting.gone.has(snapshot));
        }
        const back = History.deserialize(JSON.parse(JSON.stringify(history.serialize())));
        assert.deepEqual(snapshotOf(back), snapshotOf(history));
      }),
    );
  });

  test('its record has one form, and what is no snapshot or no path is refused', () => {
    const base = { v: 1, kind: 'forget', time: 5, author } as const;
    const record = { ...base, paths: ['a/b'], replaced: { [B]: A, [A]: B } };
    const text = formatRecord(record);
    assert.equal(text, formatRecord({ ...record, replaced: { [A]: B, [B]: A } }));
    assert.deepEqual(parseRecord(Buffer.from(text)), record);
    for (const bad of [
      { ...record, replaced: { x: A } },
      { ...record, replaced: { [A]: 'x' } },
      { ...record, replaced: [] },
      { ...record, replaced: null },
      { ...record, less: { [A]: { files: -1, bytes: 0 } } },
      { ...record, less: { x: { files: 1, bytes: 0 } } },
      { ...record, paths: ['../a'] },
      { ...record, paths: 'a' },
    ]) {
      assert.throws(() => parseRecord(Buffer.from(JSON.stringify(bad))), /PARSE/);
    }
  });
});
