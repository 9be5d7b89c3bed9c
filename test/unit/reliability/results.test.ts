// What `npm run test:reliability` keeps of its runs, and what it claims.
import assert from 'node:assert/strict';
import { GOALS } from '../../../scripts/reliability/goals.mjs';
import {
  judge,
  merge,
  pageWith,
  tables,
  type Known,
  type Reported,
} from '../../../scripts/reliability/results.mjs';

const full = { part: 1, seed: 1, date: '2026-01-02', commit: 'abc' };
const fifth = { ...full, part: 0.2, seed: 7, commit: 'def' };
const figure = (count: number, more: Partial<Reported> = {}): Reported => ({
  ...{ test: 'T11', what: 'damaged objects', count, broken: 0, seconds: 60, file: 'damage' },
  ...more,
});
const goalOf = (known: Known) => judge(known).find(({ test }) => test === 'T11')!;

suite('figures of the reliability tests', () => {
  test('a run of a part takes nothing away, adds nothing, and is not called full', () => {
    const known = merge({}, { ...full, figures: [figure(5_000)] });
    const after = merge(known, { ...fifth, figures: [figure(1_000)] });
    assert.deepEqual(after, known);
    const alone = merge({}, { ...fifth, figures: [figure(1_000)] });
    assert.equal(goalOf(alone).count, 1_000);
    assert.equal(goalOf(alone).full, false);
    assert.equal(goalOf(merge(alone, { ...full, figures: [figure(5_000)] })).count, 5_000);
  });

  test('whatever found something is shown, until as large a run finds nothing', () => {
    const known = merge({}, { ...full, figures: [figure(5_000)] });
    const bad = merge(known, { ...fifth, figures: [figure(10, { broken: 1 })] });
    assert.deepEqual([goalOf(bad).broken, goalOf(bad).met], [1, false]);
    assert.equal(goalOf(merge(bad, { ...full, figures: [figure(5_000)] })).broken, 0);
  });

  test('a file that failed is shown as failed, also when it could count nothing', () => {
    const known = merge({}, { ...full, figures: [figure(5_000)] });
    const silent = merge(known, { ...fifth, figures: [], failed: ['damage'] });
    assert.equal(goalOf(silent).failed, true);
    const told = merge({}, { ...full, figures: [figure(5_000)], failed: ['damage'] });
    assert.deepEqual([goalOf(told).failed, goalOf(told).met], [true, false]);
    assert.match(tables(told), /\| T11 \|.*\| failed \|/);
  });

  test('a goal is met when all of its figures were counted, in full', () => {
    const { of } = GOALS.find(({ test }) => test === 'T11')!;
    const some = of.map((what) => figure(2_500, { what }));
    assert.equal(goalOf(merge({}, { ...full, figures: some })).met, true);
    const { met, full: all } = goalOf(merge({}, { ...full, figures: some.slice(1) }));
    assert.deepEqual([met, all], [false, false]);
  });

  test('the page keeps what people wrote, and its tables are those of the last run', () => {
    const mark = '<!-- figures: written by `npm run test:reliability` -->';
    const page = `# A page\n\n${mark}\n\nyesterday\n\n<!-- end of figures -->\n\nrest\n`;
    const known = merge({}, { ...full, figures: [figure(5_000)] });
    const once = pageWith(page, known);
    assert.ok(
      once.startsWith('# A page\n') && once.endsWith('\nrest\n') && !/yesterday/.test(once),
    );
    assert.match(once, /\| T11 \| damaged files of a store \| 10,000 \| 5,000 \| 0 \| 1\.0 \|/);
    assert.equal(pageWith(once, known), once);
    assert.throws(() => pageWith('nothing', known));
  });
});
