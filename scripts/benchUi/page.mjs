// docs/performance-ui.md, out of what the windows gave.
import { median } from '../bench/figures.mjs';
import { GOALS } from './measure.mjs';
import { CHECKPOINTS, FILES } from './workspace.mjs';

const MEMORY_GOAL = 150;
const number = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

function row({ title, goal, unit = 'ms' }, values, control = []) {
  const limit = goal === undefined ? '' : `≤ ${goal} ${unit}`;
  if (values.length === 0) return `| ${title} | ${limit} | not measured yet | | | |`;
  const middle = median(values);
  const met = goal === undefined ? '' : middle <= goal ? 'yes' : '**no**';
  const range = `${number(Math.min(...values))} – ${number(Math.max(...values))} ${unit}`;
  const alone = control.length === 0 ? '' : `${number(median(control))} ${unit}`;
  return `| ${title} | ${limit} | ${number(middle)} ${unit} | ${range} | ${alone} | ${met} |`;
}

/** The table, and the page that it stands on. `without`: what windows without Snapdir gave. */
export function pageOf({ rounds, without, about }) {
  const all = (windows, id) => windows.flatMap((one) => one[id] ?? []);
  const rows = GOALS.map((goal) => row(goal, all(rounds, goal.id), all(without, goal.id)));
  const growth = without.map(({ rss }, index) => (rounds[index].rss - rss) / 2 ** 20);
  const memory = { title: 'growth of the extension host’s memory', goal: MEMORY_GOAL, unit: 'MiB' };
  const table = [
    '| | goal | median | range | VS Code alone | met |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    row(memory, growth),
  ].join('\n');
  const [files, checkpoints] = [FILES, CHECKPOINTS].map((count) => count.toLocaleString('en'));
  const page = `# How long a person waits

Made by \`npm run bench:ui\`: the real VS Code, the real extension, a folder of ${files} files and ${checkpoints} checkpoints.
Measured on ${about.date} at commit ${about.commit}, ${rounds.length} windows. ${about.machine}. ${about.remark}

${table}

- Times run from the press of the mouse or key to the frame in which the rows or the text are drawn, by the clock of the
  page. The first diff of a window is left out: it loads VS Code's own diff editor. No file is opened twice.
- "VS Code alone" is the same done in a window without Snapdir, in turn: another extension's view opens with as many rows,
  which it knows from the start, its rows open diffs of the same texts as plain files on disk, and typing leaves some of its
  10,000 rows. What is above it is ours.
- The loop is watched from inside the extension host, every millisecond, through all that is measured; a block of ours or of
  any other extension counts. "Waited for a core" is the time in which the thread could have run and no core was free.
- Memory is the whole process of the extension host, the engine's threads with it, at its highest, against a window without
  Snapdir on the same folder in which the same is done, in turn.
`;
  return { page, table };
}
