// A picture of one part: a small bar chart for each operation. It carries its own background and colours for
// light and dark, so that it can be read wherever it is shown.
import { duration, measured, median } from './figures.mjs';

const [WIDTH, COLUMNS, GAP, MARGIN] = [980, 2, 36, 24];
const [BAR, STEP, TITLE] = [13, 19, 30];
const [NAME_WIDTH, VALUE_WIDTH] = [150, 62];
const STYLE = `
  .page { fill: #ffffff } text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 } .head { font-size: 16px; font-weight: 600 }
  .soft { fill: #59636e } .peer { fill: #afb8c1 } .limit { fill: #8c6bb1 } .we { fill: #0a69da }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .soft { fill: #9198a1 }
    .peer { fill: #545d68 } .limit { fill: #a78bda } .we { fill: #4493f8 }
  }`;

const escape = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

function kindOf(name) {
  if (name.startsWith('snapdir')) return 'we';
  return ['C program', 'find', 'b3sum in 2 processes'].includes(name) ? 'limit' : 'peer';
}

/** The bars of an operation, fastest first: name and median. */
export function barsOf({ times }) {
  return Object.entries(times)
    .map(([name, list]) => ({ name, all: measured(list) }))
    .filter(({ all }) => all.length > 0)
    .map(({ name, all }) => ({ name, value: median(all) }))
    .sort((a, b) => a.value - b.value);
}

function bar({ name, value }, { x, y, width, longest }) {
  const room = width - NAME_WIDTH - VALUE_WIDTH;
  const length = Math.max(1.5, (value / longest) * room);
  const kind = kindOf(name);
  const left = x + NAME_WIDTH;
  const weight = kind === 'we' ? ' class="title"' : '';
  const at = y + BAR - 2;
  return [
    `<text x="${left - 8}" y="${at}" text-anchor="end"${weight}>${escape(name)}</text>`,
    `<rect class="${kind}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<text x="${(left + length + 6).toFixed(1)}" y="${at}" class="soft">${duration(value)}</text>`,
  ].join('');
}

function chart(operation, { x, y, width }) {
  const bars = barsOf(operation);
  const longest = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map((one, index) =>
    bar(one, { x, y: y + TITLE + index * STEP, width, longest }),
  );
  return `<text class="title" x="${x}" y="${y + 16}">${escape(operation.title)}</text>${lines.join('\n')}`;
}

const heightOf = (operation) => TITLE + barsOf(operation).length * STEP + 14;

/** Puts each chart into the column that is shortest so far. */
function layOut(operations, top) {
  const width = (WIDTH - 2 * MARGIN - GAP * (COLUMNS - 1)) / COLUMNS;
  const ends = Array.from({ length: COLUMNS }, () => top);
  const placed = operations.map((operation) => {
    const column = ends.indexOf(Math.min(...ends));
    const place = { x: MARGIN + column * (width + GAP), y: ends[column], width };
    ends[column] += heightOf(operation);
    return { operation, place };
  });
  return { placed, bottom: Math.max(...ends) };
}

/** The picture as SVG. Operations with fewer than two bars are left out: there is nothing to compare. */
export function plot(title, operations) {
  const shown = operations.filter((operation) => barsOf(operation).length > 1);
  const { placed, bottom } = layOut(shown, 64);
  const height = Math.ceil(bottom + MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
<text class="head" x="${MARGIN}" y="32">${escape(title)}</text>
<text class="soft" x="${MARGIN}" y="50">Medians; shorter is better; every chart has its own scale. Blue: Snapdir. Purple: the limit. Grey: others.</text>
${placed.map(({ operation, place }) => chart(operation, place)).join('\n')}
</svg>
`;
}
