import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { CheckpointId } from '../../../src/core/ids';
import { foldHistory, History } from '../../../src/core/history';
import type { OperationRecord, Retention, TakeRecord } from '../../../src/core/records';
import { retain } from '../../../src/core/retention';
import { id, restore, take } from './records';
import { author, Script } from './script';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const none: Retention = { last: 0, hourly: 0, daily: 0, weekly: 0 };

/** Automatic takes at these hours since a Monday, each the parent of the next, and what else there is. */
function historyOf(hours: readonly number[], more: OperationRecord[] = []): History {
  const takes = hours.map((hour, n): { id: CheckpointId; record: TakeRecord } => ({
    id: id(`t${n}`),
    record: take({
      ...{ time: START + hour * HOUR, trigger: 'auto' },
      parent: n === 0 ? null : id(`t${n - 1}`),
    }),
  }));
  const others = more.map((record, n) => ({ id: id(`o${n}`), record }));
  return foldHistory([...takes, ...others]);
}

function stays(history: History, keep: Partial<Retention>, pending: CheckpointId[] = []): number[] {
  const gone = new Set(
    retain(history, { ...none, ...keep }, new Set(pending)).pruned.map((one) => one.id),
  );
  return history
    .checkpointsNewestFirst()
    .filter((one) => !gone.has(one.id))
    .map((one) => (one.time - START) / HOUR)
    .reverse();
}

const later = { v: 1, time: START + 9 * 365 * DAY, author } as const;

suite('retention', () => {
  // The newest is HEAD, and the one before it its parent: both stay in any case.
  const hours = [0, 0.5, 1, 1.5, 24, 25, 24 * 7, 24 * 7 + 1, 24 * 7 + 1.5];
  const newest = [24 * 7 + 1, 24 * 7 + 1.5];

  test('counts: the newest ones, and the newest of each hour, day and week', () => {
    const history = historyOf(hours);
    assert.deepEqual(stays(history, {}), newest);
    assert.deepEqual(stays(history, { last: 4 }), hours.slice(-4));
    assert.deepEqual(stays(history, { hourly: 4 }), [24, 25, 24 * 7, ...newest]);
    assert.deepEqual(stays(history, { daily: 3 }), [1.5, 25, ...newest]);
    assert.deepEqual(stays(history, { weekly: 9 }), [25, ...newest]);
    assert.deepEqual(stays(history, { last: 99 }), hours);
  });

  test('a clock that leapt makes nothing old', () => {
    const leapt = historyOf([0, 1, 2, 24 * 365 * 5, 24 * 365 * 5 + 1]);
    assert.deepEqual(stays(leapt, { daily: 2 }), [2, 24 * 365 * 5, 24 * 365 * 5 + 1]);
  });

  test('names, tags, messages, HEAD, its parent and what restores need stay', () => {
    const at = (n: number): CheckpointId => id(`t${n}`);
    const needs = { checkpoint: at(3), safety: at(4), headBefore: at(5), head: id('t8') };
    const history = historyOf(hours, [
      { ...later, kind: 'ref', name: 'main', checkpoint: at(0), previous: null },
      { ...later, kind: 'tag', checkpoint: at(1), add: ['x'], remove: [] },
      { ...later, kind: 'rename', checkpoint: at(2), message: 'kept' },
      restore({ ...later, ...needs }),
    ]);
    assert.deepEqual(stays(history, {}), [0, 0.5, 1, 1.5, 24, 25, ...newest]);
    assert.deepEqual(stays(history, {}, [at(6)]), hours);
    assert.deepEqual(retain(history, none, new Set()).kept, {
      ...{ promoted: 1, tagged: 1, renamed: 1, restore: 3, head: 2 },
    });
  });

  test('what was ever promoted stays: the name moved on, is gone, or comes while a prune runs', () => {
    const at = (n: number): CheckpointId => id(`t${n}`);
    const named = { ...later, kind: 'ref' as const, name: 'main', previous: null };
    const names: OperationRecord[] = [
      { ...named, checkpoint: at(0) },
      { ...named, time: later.time + 1, checkpoint: at(1) },
      { ...named, time: later.time + 2, checkpoint: null },
    ];
    assert.deepEqual(stays(historyOf(hours, names), {}), [0, 0.5, ...newest]);
    assert.deepEqual(retain(historyOf(hours, names), none, new Set()).kept, {
      ...{ promoted: 2, head: 2 },
    });
    const prune = { keep: none, automatic: true };
    const pruned = { ...later, kind: 'delete' as const, checkpoints: [at(0), at(2)], prune };
    const undoOfFirst: OperationRecord = { ...later, kind: 'undo', operation: id('o0') };
    for (const order of [-1, 3]) {
      const all = [...names, { ...pruned, time: later.time + order }];
      const history = historyOf(hours, all);
      assert.deepEqual([history.isLiving(at(0)), history.isLiving(at(2))], [true, false]);
      // Who takes a promotion back takes back what kept the snapshot.
      const undone = historyOf(hours, [...all, { ...undoOfFirst, time: later.time + 4 }]);
      assert.deepEqual([undone.isLiving(at(0)), undone.isLiving(at(2))], [false, false]);
    }
    // What a person deletes goes: no name stands for it any more.
    const gone: OperationRecord = { ...later, kind: 'delete', checkpoints: [at(0)] };
    const history = historyOf(hours, [...names, { ...gone, time: later.time + 3 }]);
    assert.deepEqual([history.isLiving(at(0)), history.isLiving(at(1))], [false, true]);
  });

  test('whatever the log, no prune takes what a name ever stood for or was to', () => {
    const count = 6;
    const one = fc.nat(count - 1).map((n) => id(`t${n}`));
    const step = fc.record({
      kind: fc.constantFrom('ref', 'pin', 'prune', 'tag', 'take', 'unname'),
      name: fc.constantFrom('main', 'other'),
      of: one,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const script = new Script();
        const watched = new History();
        const promoted = new Set<CheckpointId>();
        for (let n = 0; n < count; n++) {
          const parent = n === 0 ? null : id(`t${n - 1}`);
          script.take(`t${n}`, parent, { trigger: 'auto' });
        }
        steps.forEach(({ kind, name, of }, n) => {
          if (kind === 'ref') {
            script.ref(`o${n}`, name, of);
            promoted.add(of);
          } else if (kind === 'pin') {
            script.pin(`o${n}`, name, of);
            promoted.add(of);
          } else if (kind === 'unname') {
            script.ref(`o${n}`, name, null);
          } else if (kind === 'tag') {
            script.tag(`o${n}`, of, [], ['x']);
          } else if (kind === 'take') {
            script.take(`n${n}`, of, { trigger: 'auto' });
          } else {
            const checkpoints = retain(script.history, none, new Set()).pruned.map((t) => t.id);
            assert.ok(!checkpoints.some((gone) => promoted.has(gone)));
            // Also one that was chosen before the names were known.
            const prune = { keep: none, automatic: true };
            const record = { v: 1, time: 0, author, kind: 'delete', prune } as const;
            script.add(`o${n}`, { ...record, checkpoints: [...checkpoints, of] });
          }
          watched.apply(script.entries.at(-1)!.id, script.entries.at(-1)!.record);
        });
        script.entries.forEach((entry) => watched.apply(entry.id, entry.record));
        for (const history of [script.history, watched]) {
          assert.ok([...promoted].every((kept) => history.isLiving(kept)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what somebody took stays, whatever it is', () => {
    const manual = take({ time: START, trigger: 'manual' });
    const kinds = (['manual', 'cli', 'agent', 'import', 'safety'] as const).map((trigger, n) => ({
      id: id(`m${n}`),
      record: { ...manual, trigger },
    }));
    const history = foldHistory(kinds);
    assert.deepEqual(retain(history, none, new Set()), { pruned: [], kept: {} });
  });

  test('a name that is given while a prune runs wins', () => {
    const checkpoints = [id('t0'), id('t1')];
    const pruned = { ...later, kind: 'delete' as const, checkpoints };
    const record = { ...pruned, prune: { keep: none, automatic: false } };
    const named = { ...later, kind: 'tag', checkpoint: id('t0') } as const;
    const tag = { ...named, add: ['x'], remove: [] };
    for (const [first, second] of [
      [record, tag],
      [tag, record],
    ] as const) {
      const history = historyOf(hours, [first, { ...second, time: later.time + 1 }]);
      assert.deepEqual([history.isLiving(id('t0')), history.isLiving(id('t1'))], [true, false]);
    }
    // What a person deleted goes all the same.
    const history = historyOf(hours, [tag, pruned]);
    assert.ok(!history.isLiving(id('t0')));
  });
});
