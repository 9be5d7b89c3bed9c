// What is promised. `by` takes at most `most` times as long as `than` in an operation, or at most `more` milliseconds
// more than it; or at most `below` milliseconds; or a figure is at most `below`.
import { measured, median, pairedDifference, pairedRatio } from './figures.mjs';

const [WE, C, GIT] = ['snapdir', 'C program', 'git'];
const MANIFEST = 'its manifest alone';
const ratio = (part, op, than, most, by = WE) => ({ part, op, by, than, most });
const below = (part, op, limit, by = WE) => ({ part, op, by, below: limit });
const beside = (part, op, than, more, by = WE) => ({ part, op, by, than, more });
const figure = (part, id, limit) => ({ part, figure: id, below: limit });

/** All goals, in the order of the page. */
export const GOALS = [
  ratio('large', 'first', C, 1.25),
  ratio('large', 'first', GIT, 0.28),
  ratio('large', 'first', 'restic', 0.5),
  ratio('large', 'firstDurable', C, 1.5),
  ratio('large', 'firstDurable', GIT, 1),
  ratio('small', 'first', C, 1.6),
  ratio('small', 'first', GIT, 0.33),
  ratio('large', 'unchanged', 'find', 0.5),
  ratio('large', 'unchanged', 'find', 1, 'snapdir command'),
  ratio('large', 'unchanged', GIT, 0.35),
  ratio('large', 'unchanged', 'git status', 1),
  ratio('large', 'edits', GIT, 0.3),
  ratio('large', 'events', GIT, 0.1),
  beside('large', 'events', MANIFEST, 15),
  beside('huge', 'events', MANIFEST, 15),
  ratio('large', 'restore', C, 1.2),
  ratio('large', 'restore', GIT, 0.28),
  ratio('large', 'restore', 'ostree', 0.58),
  ratio('large', 'restoreTen', GIT, 0.25),
  ratio('large', 'compare', GIT, 1, 'snapdir, first time'),
  below('large', 'compare', 1),
  ratio('large', 'verify', 'b3sum in 2 processes', 1),
  ratio('binary', 'first', C, 1.25),
  ratio('binary', 'restore', GIT, 1),
  ratio('huge', 'unchanged', 'find', 0.5),
  figure('huge', 'memory', 500),
  figure('huge', 'cancel', 200),
  below('history', 'timeline', 100),
  figure('host', 'block-take', 16),
  figure('host', 'block-unchanged', 16),
  figure('host', 'block-restore', 16),
];

function ofOperation(goal, result) {
  const operation = result.operations?.find(({ id }) => id === goal.op);
  if (operation === undefined) return { why: 'not measured' };
  const { times, skipped, title } = operation;
  const absent = [goal.by, goal.than].find((name) => name !== undefined && !times[name]);
  if (absent !== undefined) {
    const why = skipped[absent] ?? result.missing?.[absent] ?? 'not measured';
    return { title, why: `${absent}: ${why}` };
  }
  const mine = times[goal.by];
  if (goal.than === undefined) return { title, value: median(measured(mine)) };
  const compare = goal.more === undefined ? pairedRatio : pairedDifference;
  return { title, value: compare(mine, times[goal.than]) };
}

function ofFigure(goal, result) {
  const found = result.figures?.find(({ id }) => id === goal.figure);
  return found === undefined ? { why: 'not measured' } : found;
}

/**
 * What a part's result says about its goals.
 * @returns the goals, each with `title`, `value` and `met`; or `why` there is no value
 */
export function judge(part, result) {
  return GOALS.filter((goal) => goal.part === part).map((goal) => {
    const found = goal.figure === undefined ? ofOperation(goal, result) : ofFigure(goal, result);
    if (found.value === undefined) return { ...goal, ...found };
    return { ...goal, ...found, met: found.value <= (goal.most ?? goal.more ?? goal.below) };
  });
}
