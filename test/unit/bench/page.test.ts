// What the benchmark writes: verdicts, tables, the picture.
import assert from 'node:assert/strict';
import { WHY } from '../../../scripts/bench/gaps.mjs';
import { GOALS, judge } from '../../../scripts/bench/goals.mjs';
import { pageOf } from '../../../scripts/bench/page.mjs';
import { barsOf, plot } from '../../../scripts/bench/plot.mjs';
import type { Operation, Result } from '../../../scripts/bench/results.mjs';

const first: Operation = {
  id: 'first',
  title: 'first take',
  times: { 'C program': [100, 100, 100], snapdir: [120, 120, 120], git: [1000, null, 1000] },
  skipped: { borg: 'not installed' },
};

const large = (operations: Operation[]): Result => ({
  ...{ part: 'large', date: '2026-01-02T03:04:05.000Z', commit: 'abc', machine: 'a machine' },
  operations,
});

function goal(result: Result, than: string, op = 'first') {
  return judge('large', result).find((one) => one.op === op && one.than === than)!;
}

suite('goals of the benchmark', () => {
  test('are met or missed by the ratio of the pairs', () => {
    assert.equal(goal(large([first]), 'C program').value, 1.2);
    assert.equal(goal(large([first]), 'C program').met, true);
    const slow = { ...first, times: { ...first.times, snapdir: [130, 130, 130] } };
    assert.equal(goal(large([slow]), 'C program').met, false);
  });

  test('are met or missed by what is taken more', () => {
    const times = { snapdir: [30, 50, 31], 'its manifest alone': [20, 30, 20] };
    const events = { ...first, id: 'events', title: 'events', times };
    const { value, met } = goal(large([events]), 'its manifest alone', 'events');
    assert.deepEqual({ value, met }, { value: 11, met: true });
    const slow = { ...events, times: { ...times, snapdir: [60, 60, 60] } };
    assert.equal(goal(large([slow]), 'its manifest alone', 'events').met, false);
    assert.match(
      pageOf([large([slow])]),
      /events \| ≤ 15 ms beside its manifest alone \| 40 ms \| \*\*missed\*\*/,
    );
  });

  test('that could not be measured say why, and are neither met nor missed', () => {
    assert.equal(goal(large([first]), 'restic').why, 'restic: not measured');
    const missing = { ...large([first]), missing: { restic: 'not installed' } };
    assert.equal(goal(missing, 'restic').why, 'restic: not installed');
    const unbuilt = { ...first, times: {}, skipped: { snapdir: 'not built' } };
    assert.equal(goal(large([unbuilt]), 'git').why, 'snapdir: not built');
    assert.equal(goal(large([]), 'git').met, undefined);
  });
});

suite('the page of the benchmark', () => {
  const page = pageOf([large([first])]);

  test('has a row for everybody, us first, with what we take for one of theirs', () => {
    const rows = page.split('\n').filter((line) => / \| \d+ \| /.test(line));
    assert.deepEqual(rows, [
      '| **snapdir** | 120 ms | 120 ms – 120 ms | 3 |  |',
      '| C program | 100 ms | 100 ms – 100 ms | 3 | 1.20 × |',
      '| git | 1.00 s | 1.00 s – 1.00 s | 2 | 0.12 × |',
    ]);
    assert.match(page, /first take, skipped: borg: not installed\./);
  });

  test('says when, at which commit and how to read it, and hides no missed goal', () => {
    assert.match(page, /Measured on 2026-01-02 at commit abc\./);
    assert.match(page, /## How to read this/);
    const slow = { ...first, times: { ...first.times, snapdir: [500, 500, 500] } };
    assert.match(
      pageOf([large([slow])]),
      /first take \| ≤ 1\.25 × C program \| 5\.0 × \| \*\*missed\*\*/,
    );
  });
});

suite('the gaps of the benchmark', () => {
  const slow = { ...first, times: { ...first.times, snapdir: [500, 500, 500] } };

  test('have a reason each where a goal is missed, and none where it is met', () => {
    const fast = { ...first, times: { snapdir: [1], git: [9] } };
    assert.doesNotMatch(pageOf([large([fast])]), /first take against git/);
    assert.match(pageOf([large([slow])]), /\n- \*\*large: first take against the C program/);
    for (const { part, op, figure, than } of GOALS) {
      const place = `${part}/${op ?? figure}`;
      assert.ok(WHY[place] ?? WHY[`${place}/${than}`], `no reason for ${place} ${than}`);
    }
  });

  test('of a command that has just begun has a reason of its own', () => {
    const times = { snapdir: [1], 'snapdir command': [9], find: [4] };
    const page = pageOf([large([{ ...first, id: 'unchanged', title: 'unchanged', times }])]);
    assert.match(page, /\n- \*\*large: unchanged against find, by the command\.\*\*/);
    assert.doesNotMatch(page, /\n- \*\*large: unchanged against find\.\*\*/);
  });

  test('show what the profiles found', () => {
    const threads = { files: 5, disk: 0, hashing: 1, program: 2, memory: 0, waiting: 9 };
    const profiles = { date: '2026-01-02T', commit: 'abc' };
    const operations = [{ operation: 'unchanged', ms: 7, threads }];
    assert.match(
      pageOf([large([first])], { ...profiles, operations }),
      /\| unchanged \| 7\.0 ms \| 5\.0 ms \|/,
    );
  });
});

suite('the picture of the benchmark', () => {
  test('has a bar for everybody, the fastest first', () => {
    assert.deepEqual(
      barsOf(first).map(({ name }) => name),
      ['C program', 'snapdir', 'git'],
    );
  });

  test('is as long as the time, has colours for light and dark, and no stray markup', () => {
    const svg = plot('a <b> & c', [first, { ...first, title: 'alone', times: { snapdir: [1] } }]);
    const widths = [...svg.matchAll(/<rect class="(we|peer|limit)"[^>]* width="([\d.]+)"/g)];
    assert.deepEqual(
      widths.map(([, kind]) => kind),
      ['limit', 'we', 'peer'],
    );
    const [limit, we, peer] = widths.map(([, , width]) => Number(width));
    assert.ok(Math.abs(peer! / limit! - 10) < 0.1 && Math.abs(we! / limit! - 1.2) < 0.01);
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.ok(!svg.includes('<b>') && !svg.includes('alone'));
  });
});
