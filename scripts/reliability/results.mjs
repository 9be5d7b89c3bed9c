// What runs of the reliability tests counted: kept in docs/reliability.json, shown in docs/reliability.md.
import { GOALS } from './goals.mjs';

const START = '<!-- figures: written by `npm run test:reliability` -->';
const END = '<!-- end of figures -->';

const keyOf = ({ test, what }) => `${test}: ${what}`;
const isBad = ({ broken, failed }) => broken > 0 || failed === true;

/**
 * Adds what a run counted to what is known. A figure is the one run that went furthest: a run of a part takes the
 * place of a full one only when it found something; nothing is ever added up over several runs.
 * @param known the figures by key
 * @param run `figures` as the tests reported them, each with the `file` it came from; `failed` files; `part`, `seed`, `date`, `commit`
 * @returns the figures by key
 */
export function merge(known, { figures, failed = [], ...run }) {
  const merged = { ...known };
  for (const figure of figures) {
    const key = keyOf(figure);
    const before = merged[key];
    const now = { ...figure, ...run, ...(failed.includes(figure.file) ? { failed: true } : {}) };
    if (before === undefined || isBad(now) || run.part >= before.part) merged[key] = now;
  }
  const reported = new Set(figures.map(keyOf));
  for (const [key, one] of Object.entries(merged)) {
    // It failed before it could say how many there were.
    if (failed.includes(one.file) && !reported.has(key)) merged[key] = { ...one, failed: true };
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
      runs: [...new Set(there.map((one) => `${one.date}, seed ${one.seed}`))],
    };
  });
}

const number = (value) => value.toLocaleString('en');
const minutes = (seconds) => (seconds < 6 ? '< 0.1' : (seconds / 60).toFixed(1));

/** The tables of the page, in Markdown. */
export function tables(known) {
  const goals = judge(known).map(({ test, title, goal, count, broken, failed, ...more }) => {
    if (more.runs.length === 0) return `| ${test} | ${title} | ${number(goal)} | not run | | | |`;
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

/** The page with these tables between its two marks. */
export function pageWith(page, known) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no ${START} … ${END}`);
  return `${page.slice(0, from)}${START}\n\n${tables(known)}\n\n${page.slice(to)}`;
}
