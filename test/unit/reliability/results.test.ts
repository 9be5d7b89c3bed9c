// What `npm run test:reliability` keeps of its runs, and what it claims.
import assert from 'node:assert/strict';
import { GOALS } from '../../../scripts/reliability/goals.mjs';
import {
  judge,
  merge,
  pageWith,
  tables,
  unmet,
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

  test('a file that failed is known, too, where its figures were kept without its folder', () => {
    const known = merge({}, { ...full, figures: [figure(5_000)] });
    const failed = merge(known, { ...fifth, figures: [], failed: ['reliability/damage'] });
    assert.equal(goalOf(failed).failed, true);
    const other = merge(known, { ...fifth, figures: [], failed: ['reliability/moredamage'] });
    assert.equal(goalOf(other).failed, false);
  });

  test('figures of one goal that are of several commits show each of them', () => {
    const { of } = GOALS.find(({ test }) => test === 'T11')!;
    const one = merge({}, { ...full, figures: [figure(5_000, { what: of[0]! })] });
    const two = merge(one, { ...full, commit: 'def', figures: [figure(5_000, { what: of[1]! })] });
    assert.deepEqual(goalOf(two).runs, ['2026-01-02, seed 1, abc', '2026-01-02, seed 1, def']);
    assert.match(tables(two), /10,000 \| 0 \| .* seed 1, abc; 2026-01-02, seed 1, def \|/);
  });

  const all = GOALS.flatMap(({ test, of, count }) =>
    of.map((what) => figure(count, { test, what })),
  );
  const without = (pattern: RegExp): Reported[] => all.filter(({ what }) => !pattern.test(what));

  test('a whole run misses what it did not reach, but not what it skipped and says why', () => {
    assert.deepEqual(unmet({ ...full, figures: all }), []);
    const missed = (figures: Reported[], skipped: string[] = []): string[] =>
      unmet({ ...full, figures, skipped }).map(({ title }) => title);
    assert.deepEqual(missed(without(/^swaps/)), ['swaps by attackers']);
    const attackers = 'T8: attackers (skipped: no C compiler) a file and a pipe';
    assert.deepEqual(missed(without(/^swaps/), [attackers]), []);
    // One file system of nine; a server, without which figures of a folder stand alone.
    const ofBtrfs = 'T13: file systems btrfs (skipped: needs root)';
    assert.deepEqual(missed(without(/: btrfs$/), [ofBtrfs]), []);
    assert.deepEqual(missed(without(/: xfs$/).slice(0, -1), [ofBtrfs]).length, 1);
    const ceph = 'the command and a Ceph T3: a killed promotion shows nothing';
    assert.deepEqual(missed(without(/kills of a promotion, at calls/), [ceph]), []);
    const remote = (figures: Reported[], skipped: string[]): string[] =>
      unmet({ ...full, figures, skipped }, { remote: true }).map(({ title }) => title);
    assert.deepEqual(remote(without(/kills of a promotion to Ceph/), [ceph]), []);
  });

  test('what needs a server is missed by the run of that alone', () => {
    const titles = (figures: Reported[], remote: boolean): string[] =>
      unmet({ ...full, figures }, { remote }).map(({ title }) => title);
    assert.deepEqual(titles(without(/to Ceph$|, Ceph$/), false), []);
    assert.deepEqual(titles(without(/to Ceph$/), true), [
      'kills of promotions to Ceph',
      'promotions by 8 processes to one name of a Ceph',
    ]);
    assert.deepEqual(titles([], true).length, 3);
  });

  test('a failure is missed also by a run that skipped something', () => {
    const broken = without(/pipe$/).map((one) =>
      /^swaps/.test(one.what) ? { ...one, broken: 1 } : one,
    );
    const skipped = ['T8: attackers (skipped: no C compiler) a file and a pipe'];
    assert.deepEqual(
      unmet({ ...full, figures: broken, skipped }).map(({ test }) => test),
      ['T8'],
    );
  });

  test('the page says why something was skipped, and how long a whole run took', () => {
    const skipped = ['T8: attackers (skipped: no C compiler) a file and a pipe'];
    assert.match(tables({}, skipped), /\| T8 \|.*\| skipped: no C compiler \|/);
    assert.match(tables({}, skipped), /\| T9 \|.*\| not run \|/);
    const mark = '<!-- figures: written by `npm run test:reliability` -->';
    const page = `in <!-- took -->an hour<!-- /took -->.\n${mark}\n<!-- end of figures -->\n`;
    assert.match(pageWith(page, {}), /in <!-- took -->an hour<!-- \/took -->\./);
    const after = pageWith(page, {}, { minutes: 71.6 });
    assert.match(after, /in <!-- took -->72 minutes<!-- \/took -->\./);
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
