// What runs of the reliability tests counted: kept in docs/reliability.json, shown in docs/reliability.md.
import { GOALS } from './goals.mjs';

const START = '<!-- figures: written by `npm run test:reliability` -->';
const END = '<!-- end of figures -->';

const keyOf = ({ test, what }) => `${test}: ${what}`;
const isBad = ({ broken, failed }) => broken > 0 || failed === true;
/** Until files were told apart by their folder, `reliability/killed` was kept as `killed`. */
const isOf = (file, name) => file === name || name.endsWith(`/${file}`);
const isAmong = (file, names) => names.some((name) => isOf(file, name));

/**
 * Adds what a run counted to what is known. A figure is the one run that went furthest: a run of a part takes the
 * place of a full one only when it found something; a figure of two runs is never a sum.
 * @param known the figures by key
 * @param run `figures` as the tests reported them, each with the `file` it came from; `failed` files; `part`, `seed`, `date`, `commit`
 * @returns the figures by key
 */
export function merge(known, { figures, failed = [], ...run }) {
  const merged = { ...known };
  for (const figure of figures) {
    const key = keyOf(figure);
    const before = merged[key];
    const now = { ...figure, ...run, ...(isAmong(figure.file, failed) ? { failed: true } : {}) };
    if (before === undefined || isBad(now) || run.part >= before.part) merged[key] = now;
  }
  const reported = new Set(figures.map(keyOf));
  for (const [key, one] of Object.entries(merged)) {
    // It failed before it could say how many there were.
    if (isAmong(one.file, failed) && !reported.has(key)) merged[key] = { ...one, failed: true };
  }
  return merged;
}

/** What the known figures come to for each goal. */
export function judge(known) {
  return GOALS.map((goal) => {
    const found = goal.of.map((what) => known[keyOf({ test: goal.test, what })]);
    const there = found.filter((one) => one !== undefined);
    const sum = (key) => there.reduce((total, one) => total + (one[key] ?? 0), 0);
    const failed = there.some((one) => one.failed === true);
    const [count, broken] = [sum('count'), sum('broken')];
    return {
      ...{ test: goal.test, title: goal.title, goal: goal.count, count, broken, failed },
      seconds: sum('seconds'),
      full: there.length === found.length && there.every(({ part }) => part >= 1),
      met: count >= goal.count && broken === 0 && !failed,
      // Figures of one goal that were counted at several commits show each of them.
      runs: [...new Set(there.map((one) => `${one.date}, seed ${one.seed}, ${one.commit}`))],
    };
  });
}

/**
 * Why a figure was not counted, as the test says that was skipped; undefined: no such test was.
 * @param skipped titles of skipped tests with their suites: `T8: attackers (skipped: no C compiler) a file and a pipe`
 */
function whyNot(test, what, skipped) {
  const isTheirs = new RegExp(`(^| )${test}: `);
  // Tests that are one for each file system, or for a server, name it, and so do their figures.
  const own = / Ceph$|, Ceph$/.test(what) ? 'Ceph' : /[,:] (\w+)$/.exec(what)?.[1];
  const title = skipped.find(
    (one) =>
      isTheirs.test(one) &&
      /\bCeph\b/.test(one) === (own === 'Ceph') &&
      (own === undefined || new RegExp(`\\b${own}\\b`).test(one)),
  );
  if (title === undefined) return undefined;
  return /\(skipped: ([^)]*)\)/.exec(title)?.[1] ?? 'what it needs is not here';
}

/** Why figures of a goal are not there; undefined unless all that are not there were skipped. */
export function whySkipped({ test, of }, known, skipped) {
  const absent = of.filter((what) => known[keyOf({ test, what })] === undefined);
  const reasons = absent.map((what) => whyNot(test, what, skipped));
  if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
  return [...new Set(reasons)].join('; ');
}

/**
 * The goals that a whole run did not reach. One that could not be reached here, and says why, is none of them.
 * @param run one run alone, as for {@link merge}, with titles of what it `skipped`
 * @param of which goals: those that need a server (`remote`), or the others
 */
export function unmet(run, { remote = false } = {}) {
  const known = merge({}, run);
  return judge(known).filter((goal, n) => {
    if ((GOALS[n].remote ?? false) !== remote) return false;
    const excused =
      goal.broken === 0 &&
      !goal.failed &&
      whySkipped(GOALS[n], known, run.skipped ?? []) !== undefined;
    return !goal.met && !excused;
  });
}

const number = (value) => value.toLocaleString('en');
const minutes = (seconds) => (seconds < 6 ? '< 0.1' : (seconds / 60).toFixed(1));

/** The tables of the page, in Markdown. @param skipped titles of tests that the last run skipped */
export function tables(known, skipped = []) {
  const goals = judge(known).map(({ test, title, goal, count, broken, failed, ...more }, n) => {
    if (more.runs.length === 0) {
      const why = whySkipped(GOALS[n], known, skipped);
      const instead = why === undefined ? 'not run' : `skipped: ${why}`;
      return `| ${test} | ${title} | ${number(goal)} | ${instead} | | | |`;
    }
    const found = failed ? 'failed' : number(broken);
    const run = [more.full ? 'full' : 'in part', ...more.runs].join('; ');
    return `| ${test} | ${title} | ${number(goal)} | ${number(count)} | ${found} | ${minutes(more.seconds)} | ${run} |`;
  });
  const figures = Object.values(known).sort(byTest);
  const details = figures.map(
    ({ test, what, count, broken, failed, note, part, commit }) =>
      `| ${test} | ${number(count)} ${what} | ${failed ? 'failed' : broken} | ${part < 1 ? `${+(part * 100).toFixed(1)} %, ` : ''}${commit} | ${note ?? ''} |`,
  );
  return [
    '| test | what | to reach | reached | broken | minutes | run |',
    '|---|---|---|---|---|---|---|',
    ...goals,
    '',
    'Each figure, the commit it was counted at, and what else was counted:',
    '',
    '| test | count | broken | at | |',
    '|---|---|---|---|---|',
    ...details,
  ].join('\n');
}

function byTest(a, b) {
  const [one, other] = [a, b].map(({ test }) => Number(test.slice(1)));
  return one - other || (keyOf(a) < keyOf(b) ? -1 : 1);
}

const TOOK_START = '<!-- took -->';
const TOOK_END = '<!-- /took -->';

/**
 * The page with these tables between its two marks, and how long the last whole run took.
 * @param last `skipped` titles of its tests; `minutes`: only of a run of everything that came to its end
 */
export function pageWith(page, known, { skipped = [], minutes } = {}) {
  const shown = between(page, [START, END], `\n\n${tables(known, skipped)}\n\n`);
  if (minutes === undefined) return shown;
  return between(shown, [TOOK_START, TOOK_END], `${Math.round(minutes)} minutes`);
}

function between(page, [start, end], text) {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${start} … ${end}`);
  return `${page.slice(0, from)}${start}${text}${page.slice(to)}`;
}
