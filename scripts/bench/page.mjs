// docs/performance.md and docs/performance.svg, out of the latest results of all parts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gapsSection } from './gaps.mjs';
import { plot } from './plot.mjs';
import { goalTable, resultTables } from './table.mjs';

const TITLES = {
  small: 'Small: five npm packages',
  large: 'Large: eighteen npm packages and what they need',
  binary: 'Binary: 40 big files',
  huge: 'Huge: 489,000 files',
  history: 'A long history',
  host: 'Inside a real VS Code',
};

const HOW = `## How to read this

- **The ratios count**, not the seconds: machines differ. "snapdir takes 0.27 ×" means: for each second of theirs,
  0.27 s of ours. It is the median of the ratios round by round. All contestants of an operation take turns,
  A B C A B C …, so that a machine whose speed drifts is fair to all. The range shows how much it drifted.
- **snapdir** is the engine as the editor has it: its threads are up and its caches are loaded. Large content is
  hashed by native code, as in the package for this platform; **snapdir, WASM** is the same engine without it, as in the package for all. **snapdir command** is
  a cold process, as in a terminal. The others are processes, too, timed by a
  [small one](../scripts/bench/stopwatch.c) that starts them; what it costs to start one that does nothing is in
  the list of versions.
- **C program** is [ours](../scripts/bench/layoutLimit.c): threads, the official BLAKE3 with SIMD, the same layout on disk,
  and nothing that makes a store safe. It is the practical limit, not a product.
- **On disk when it is done**: after a power cut it is all there. The C program then does one syncfs at its end; git does
  not sync what it writes, and is there to compare with. "Restore all" is such an operation too: we and the C program
  sync, the others do not.
- **Its manifest alone** is a manifest as large as the one that the engine just wrote, hashed and written by the same means:
  what no snapshot in the frozen layout can do without.
- **git** is what AI checkpoints do: a shadow repository outside the folder, \`add -A\` and \`commit\`, no \`gc\`.
- The page cache is warm, everything is written to the disk between two runs, nothing is measured while
  something else runs here. On gigabytes the least of a range says more than the median: the memory of a
  virtual machine is slow when it is touched for the first time.
- After the rounds, one more restore by Snapdir and by the C program is compared with the folder, byte by byte. Our store is checked after the first
  takes: everything that is named is there and has its size. "Verify every byte" (small, large) reads all of it, and must find nothing.

To repeat it: \`npm run bench\` (everything), \`npm run bench -- large\` (a part), \`npm run bench -- quick\` (three minutes),
\`npm run bench -- page\` (this page, out of what was measured last). \`npm run bench:profile\` says where the time goes.`;

function conditions(result) {
  const { date, commit, machine, where, rounds, size, remark = '' } = result;
  const { versions = {}, missing = {} } = result;
  const day = date.slice(0, 10);
  const lines = [
    `Measured on ${day} at commit ${commit}. ${machine}.`,
    where === undefined ? '' : `On ${where}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
    size === undefined ? '' : `${size}.`,
    remark,
  ].filter((line) => line !== '');
  const known = Object.entries(versions).map(([name, version]) => `${name}: ${version}`);
  const absent = Object.entries(missing).map(([name, why]) => `${name}: ${why}`);
  return [
    lines.join(' '),
    ...(known.length > 0 ? [`Against ${known.join('; ')}.`] : []),
    ...(absent.length > 0 ? [`Not measured: ${absent.join('; ')}.`] : []),
  ].join('\n\n');
}

function section(result) {
  return [`## ${TITLES[result.part]}`, conditions(result), resultTables(result)].join('\n\n');
}

/** The page as Markdown. */
export function pageOf(results, profiles) {
  const missed = 'What was missed stands here like what was met.';
  return `${[
    '# Performance',
    'Made by `npm run bench`. Folders of pinned npm packages, generated files; everybody on the same ones, in turn.',
    '![Times of Snapdir and others](performance.svg)',
    '## Goals',
    missed,
    goalTable(results),
    gapsSection(results, profiles),
    HOW,
    ...results.map(section),
  ].join('\n\n')}\n`;
}

/** Writes both files below `root`. @throws when nothing was measured yet */
export function writePage(root, results, profiles) {
  if (results.length === 0) throw new Error('nothing was measured yet: run "npm run bench" first');
  const drawn = results.find(({ part }) => part === 'large') ?? results[0];
  const title = `${TITLES[drawn.part]}${drawn.size === undefined ? '' : ` (${drawn.size})`}`;
  writeFileSync(join(root, 'docs', 'performance.md'), pageOf(results, profiles));
  writeFileSync(join(root, 'docs', 'performance.svg'), plot(title, drawn.operations ?? []));
}
