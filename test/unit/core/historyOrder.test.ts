import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldHistory, History } from '../../../src/core/history';
import type { CheckpointId } from '../../../src/core/ids';
import { OperationLog } from '../../../src/core/operationLog';
import type { OperationRecord } from '../../../src/core/records';
import { id, restore, snapshotId, take } from './records';
import { author, Script, snapshotOf } from './script';

suite('history, record by record', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('one take after the other gives what all at once give', () => {
    const step = fc.record({
      kind: fc.constantFrom('take', 'take', 'take', 'safety', 'restore', 'delete', 'ref', 'forget'),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const script = new Script();
        const watched = new History();
        const takes: CheckpointId[] = [];
        steps.forEach(({ kind, at }, n) => {
          const one = takes[at % Math.max(1, takes.length)] ?? null;
          if (kind === 'take' || kind === 'safety') {
            // Mostly upon HEAD, as people work.
            const parent = at % 4 === 0 ? one : watched.head;
            const trigger = kind === 'take' ? 'manual' : 'safety';
            takes.push(script.take(`t${n}`, parent, { trigger }));
          } else if (one === null) {
            return;
          } else if (kind === 'restore') {
            script.add(`r${n}`, restore({ head: one }));
          } else if (kind === 'delete') {
            script.delete(`d${n}`, one);
          } else if (kind === 'forget') {
            script.forget(`f${n}`, ['p'], {
              [watched.checkpoint(one)!.snapshot]: snapshotId(`${n}`),
            });
          } else {
            script.ref(`n${n}`, `name${at % 3}`, one);
          }
          const { id: last, record } = script.entries.at(-1)!;
          watched.apply(last, record);
          assert.deepEqual(snapshotOf(watched), snapshotOf(script.history));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('the order in which records arrive does not matter', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map(id);
    const name = fc.constantFrom(...names);
    const orNull = fc.option(name, { nil: null });
    const base = { v: 1 as const, author };
    const keep = { last: 1, hourly: 0, daily: 0, weekly: 0 };
    const prunings = [true, false].map((automatic) => ({ keep, automatic }));
    const gcOf = (objects: number) => ({
      ...base,
      kind: 'gc' as const,
      objects,
      manifests: 0,
      bytes: 1,
      trash: 'x',
    });
    const record: fc.Arbitrary<OperationRecord> = fc.nat(20).chain((time) =>
      fc.oneof(
        fc
          .record({ parent: orNull, trigger: fc.constantFrom('manual', 'safety', 'import') })
          .map((one) => take({ ...one, time, snapshot: snapshotId(`${time % 3}`) })),
        fc.nat(4).map((old) => ({
          ...{ ...base, kind: 'forget' as const, time, paths: ['p'] },
          replaced: { [snapshotId(`${old}`)]: snapshotId(`${old + 1}`) },
        })),
        fc
          .record({
            head: orNull,
            purpose: fc.constantFrom('restore', 'undo', 'redo'),
            reverses: orNull,
          })
          .map((one) => restore({ ...one, time })),
        fc
          .record({ checkpoint: orNull, name: fc.constantFrom('x', 'y') })
          .map((one) => ({ ...base, kind: 'ref' as const, time, previous: null, ...one })),
        name.map((checkpoint) => ({
          ...base,
          kind: 'tag' as const,
          time,
          checkpoint,
          add: ['t'],
          remove: [],
        })),
        fc
          .record({
            checkpoints: fc.array(name, { minLength: 1, maxLength: 3 }),
            prune: fc.constantFrom(undefined, ...prunings),
            reverses: fc.constantFrom(undefined, undefined, names[0]),
          })
          .map(({ checkpoints, prune, reverses }) => ({
            ...{ ...base, kind: 'delete' as const, time, checkpoints },
            ...(prune && { prune }),
            ...(reverses && { reverses }),
          })),
        name.map((checkpoint) => ({
          ...{ ...base, kind: 'rename' as const, time, checkpoint, message: 'renamed' },
        })),
        fc.constant({ ...gcOf(1), time }),
        name.map((operation) => ({ ...base, kind: 'undo' as const, time, operation })),
      ),
    );
    const log = fc.uniqueArray(fc.tuple(fc.nat(12), record), {
      selector: ([n]) => n,
      maxLength: 13,
    });
    fc.assert(
      fc.property(log, fc.infiniteStream(fc.nat(99)), (list, dice) => {
        const entries = list.map(([n, one]) => ({ id: names[n] ?? id(`n${n}`), record: one }));
        const shuffled = entries
          .map((entry) => ({ entry, at: dice.next().value as number }))
          .sort((x, y) => x.at - y.at)
          .map(({ entry }) => entry);
        const expected = snapshotOf(foldHistory(entries));
        assert.deepEqual(snapshotOf(foldHistory([...shuffled, ...entries])), expected);
        // Looking at it on the way changes nothing.
        const watched = new History();
        for (const { id: one, record: what } of shuffled) {
          watched.apply(one, what);
          snapshotOf(watched);
        }
        assert.deepEqual(snapshotOf(watched), expected);
        const { history } = { history: foldHistory(entries) };
        const log = new OperationLog(history);
        for (const what of ['undo', 'redo'] as const) {
          assert.equal(log.next(what), log.inOrder(what)[0]?.root.id ?? null);
        }
        assert.ok(history.head === null || history.isLiving(history.head));
        assert.ok([...history.refs.values()].every((one) => history.isLiving(one)));
      }),
      { numRuns: 2000 },
    );
  });
});
