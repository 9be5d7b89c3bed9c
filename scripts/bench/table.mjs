// Results as Markdown.
import { duration, measured, median, pairedRatio } from './figures.mjs';
import { judge } from './goals.mjs';

const WE = 'snapdir';
const row = (cells) => `| ${cells.join(' | ')} |`;
const head = (cells) => `${row(cells)}\n${row(cells.map(() => '---'))}`;

/** "0.27", "1.4", "35" */
export function times(ratio) {
  if (ratio >= 10) return ratio.toFixed(0);
  return ratio >= 2 ? ratio.toFixed(1) : ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function amount({ value, unit = 'ms' }) {
  return unit === 'ms' ? duration(value) : `${value.toFixed(0)} ${unit}`;
}

function contestantRow(name, list, mine) {
  const all = measured(list);
  const range = `${duration(Math.min(...all))} – ${duration(Math.max(...all))}`;
  const ratio = name === WE ? undefined : pairedRatio(mine, list);
  return row([
    name === WE ? `**${name}**` : name,
    duration(median(all)),
    range,
    String(all.length),
    ratio === undefined ? '' : `${times(ratio)} ×`,
  ]);
}

/** One operation: who took how long, we first, and what we need for one of theirs. */
export function operationTable({ title, times: byName, skipped }) {
  const ours = ([name]) => (name.startsWith(WE) ? 0 : 1);
  const rows = Object.entries(byName)
    .filter(([, list]) => measured(list).length > 0)
    .sort((a, b) => ours(a) - ours(b))
    .map(([name, list]) => contestantRow(name, list, byName[WE]));
  const notes = Object.entries(skipped).map(([name, why]) => `${title}, skipped: ${name}: ${why}.`);
  const columns = head([title, 'median', 'range', 'rounds', 'snapdir takes']);
  return [...(rows.length > 0 ? [[columns, ...rows].join('\n')] : []), ...notes].join('\n\n');
}

/** Figures that are no times of a contestant. */
export function figureTable(figures) {
  return [
    head(['figure', 'measured']),
    ...figures.map((one) => row([one.title, amount(one)])),
  ].join('\n');
}

/** Everything that a part measured. */
export function resultTables({ operations = [], figures = [] }) {
  const tables = operations.map(operationTable);
  return [...tables, ...(figures.length > 0 ? [figureTable(figures)] : [])].join('\n\n');
}

const NAMES = { memory: 'memory', operation: 'operation' };

function goalRow(goal) {
  const { part, title = goal.op ?? NAMES[goal.figure] ?? goal.figure, by = WE, than } = goal;
  const whose = by === WE ? title : `${title} (${by})`;
  const promised =
    than === undefined
      ? `≤ ${amount({ value: goal.below, unit: goal.unit })}`
      : goal.more === undefined
        ? `≤ ${goal.most} × ${than}`
        : `≤ ${amount({ value: goal.more })} beside ${than}`;
  const value =
    goal.value === undefined
      ? `– (${goal.why})`
      : goal.most === undefined
        ? amount(goal)
        : `${times(goal.value)} ×`;
  const verdict = goal.met === undefined ? '' : goal.met ? 'met' : '**missed**';
  return row([`${part}: ${whose}`, promised, value, verdict]);
}

/** The goals of all results and what became of them. */
export function goalTable(results) {
  const rows = results.flatMap((result) => judge(result.part, result).map(goalRow));
  return [head(['operation', 'goal', 'measured', '']), ...rows].join('\n');
}
