import assert from 'node:assert/strict';
import type { CheckpointInfo } from '../../../src/core/engine';
import { BURST_PAUSE_MS, BurstNames, foldBursts, type Burst } from '../../../src/ui/tree/bursts';
import { groupByDay } from '../../../src/ui/tree/timelineGroups';
import { FilterState } from '../../../src/ui/state/timelineFilter';
import { cleanPath, dayStart, parseDay } from '../../../src/ui/text/inputs';
import { id, snapshotId } from '../core/records';

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 21, 12).getTime();

/** A checkpoint that was taken by itself, so many minutes after noon. */
function auto(name: string, minutes: number, more: Partial<CheckpointInfo> = {}): CheckpointInfo {
  return {
    ...{ id: id(name), snapshot: snapshotId(name), parent: null, time: NOON + minutes * MINUTE },
    ...{ message: '', author: 'me', tags: [], trigger: 'auto', scope: null, skipped: 0 },
    stats: { added: 0, deleted: 0, modified: 1, renamed: 0, files: 1, bytes: 1 },
    ...{ unstable: 0, refs: [], isHead: false },
    ...more,
  };
}

/** Rows in short: a name, or how many a burst holds. */
function rows(list: CheckpointInfo[]): (string | number)[] {
  return foldBursts(list).map((row) =>
    'id' in row
      ? Buffer.from(row.id, 'hex').toString().replace(/\0+$/u, '')
      : row.checkpoints.length,
  );
}

suite('bursts of automatic checkpoints', () => {
  const run = (from: number, count: number): CheckpointInfo[] =>
    Array.from({ length: count }, (_, n) => auto(`a${from - n}`, from - n));

  test('three or more that follow one another closely share a row', () => {
    assert.deepEqual(rows(run(10, 6)), [6]);
    assert.deepEqual(rows(run(10, 2)), ['a10', 'a9']);
    assert.deepEqual(rows([]), []);
  });

  test('a burst knows its ends in either order', () => {
    for (const list of [run(10, 4), run(10, 4).reverse()]) {
      const [burst] = foldBursts(list);
      assert.ok(burst && !('id' in burst));
      assert.deepEqual([burst.oldest.id, burst.newest.id], [id('a7'), id('a10')]);
      assert.deepEqual(burst.checkpoints, list);
    }
  });

  test('what somebody made, named, damaged or has to find stands by itself', () => {
    const special: Partial<CheckpointInfo>[] = [
      ...[{ message: 'named' }, { refs: ['r'] }, { tags: ['t'] }, { isHead: true }],
      ...[
        { damaged: { what: 'manifest-missing' as const } },
        { trigger: 'manual' as const },
        { forks: 2 },
      ],
      { branchOf: { id: id('x'), time: 1, message: '' } },
    ];
    for (const more of special) {
      const list = [...run(20, 3), auto('special', 17, more), ...run(16, 3)];
      assert.deepEqual(rows(list), [3, 'special', 3], JSON.stringify(more));
    }
  });

  test('a pause ends a burst, and so does another line', () => {
    const pause = BURST_PAUSE_MS / MINUTE;
    assert.deepEqual(rows([...run(100, 3), ...run(98 - pause, 3)]), [3, 3]);
    assert.deepEqual(rows([...run(100, 3), ...run(99 - pause, 3)]), [6]);
    const other = run(97, 3).map((one) => ({ ...one, aside: true as const }));
    assert.deepEqual(rows([...run(100, 3), ...other]), [3, 3]);
  });

  test('a burst keeps its name while others join it at either end, and no two share one', () => {
    const names = new BurstNames();
    const named = (list: CheckpointInfo[]): string[] =>
      foldBursts(list)
        .filter((row): row is Burst => !('id' in row))
        .map((burst) => names.nameOf(burst));
    const [first] = named(run(10, 4));
    assert.deepEqual(named(run(12, 6)), [first]); // newer ones
    assert.deepEqual(named(run(12, 30)), [first]); // older ones of the next page
    assert.deepEqual(named(run(12, 30).reverse()), [first]);
    // Somebody tags one in the middle: one of both keeps the name.
    const split = run(12, 30).map((one, at) => (at === 12 ? { ...one, tags: ['t'] } : one));
    const both = named(split);
    assert.equal(new Set(both).size, 2);
    assert.ok(both.includes(first!));
    assert.deepEqual(named(split), both);
    // The one that it is called by goes away.
    const [after] = named(run(12, 5).filter(({ id }) => id !== first));
    assert.notEqual(after, first);
  });

  test('days go by the list, oldest first too', () => {
    const day = 24 * 60;
    const list = [auto('x', -day), auto('y', 0), auto('z', 1)];
    const sizes = (all: CheckpointInfo[]): number[] =>
      groupByDay(all).map(({ checkpoints }) => checkpoints.length);
    assert.deepEqual(sizes(list), [1, 2]);
    assert.deepEqual(sizes(list.toReversed()), [2, 1]);
  });
});

suite('the filter of the timeline', () => {
  test('tells of a change once, and drops what says nothing', () => {
    const filter = new FilterState();
    let changes = 0;
    filter.onDidChange(() => (changes += 1));
    filter.set({ text: '', tag: undefined, triggers: [] });
    assert.deepEqual([filter.isActive, changes], [false, 0]);
    filter.set({ text: 'a', tag: undefined });
    filter.set({ text: 'a' });
    assert.deepEqual([filter.current, filter.isActive, changes], [{ text: 'a' }, true, 1]);
    filter.clear();
    filter.clear();
    assert.deepEqual([filter.isActive, changes], [false, 2]);
  });

  test('days are those of the calendar', () => {
    assert.equal(parseDay('2026-11-21'), new Date(2026, 10, 21).getTime());
    assert.equal(parseDay(' 2026-1-2 '), new Date(2026, 0, 2).getTime());
    for (const wrong of ['', '2026-02-31', '2026-13-01', '21.11.2026', 'today']) {
      assert.equal(parseDay(wrong), undefined, wrong);
    }
    assert.equal(dayStart(NOON), new Date(2026, 10, 21).getTime());
    assert.equal(dayStart(NOON, -21), new Date(2026, 9, 31).getTime());
  });

  test('paths are written as in the folder, and lead nowhere else', () => {
    assert.equal(cleanPath(' ./src/cart.ts '), 'src/cart.ts');
    assert.equal(cleanPath('src\\ui\\'), 'src/ui');
    for (const wrong of ['', '.', '/etc', '../x', 'a/../b', 'a//b']) {
      assert.equal(cleanPath(wrong), undefined, wrong);
    }
  });
});
