// The folder of the walks: the sample's first days, and then an agent that went too far.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { firstFiles } from '../sample/files.mjs';
import { editor, steps } from '../sample/history.mjs';
import { takeBackdated } from '../screenshots/agedSample.mjs';

const HOUR = 3_600_000;
/** How long ago the first steps of the sample happened. */
const AGES = [74 * HOUR, 51 * HOUR, 26 * HOUR, 1.1 * HOUR];
const AGENT = 0.4 * HOUR;

/** What the walks look for, by the words that people see. */
export const NAMES = {
  file: 'cart.ts',
  /** The snapshot that lost the function, and the one that brought it. */
  lost: 'Agent: simplify the cart',
  held: 'Discount codes in the cart',
  anHourAgo: 'Oolong joins the catalogue',
};

/** Makes the folder, with its snapshots, by the built command. `anHourAgo` is called when it is as it was then. */
export function makeWalkFolder(dir, cli, anHourAgo = () => {}) {
  const edit = editor(dir);
  for (const [path, content] of Object.entries(firstFiles)) edit.write(path, content);
  for (const [at, age] of AGES.entries()) {
    steps[at].edits(edit);
    takeBackdated(dir, cli, age, steps[at]);
  }
  anHourAgo();
  loseFunction(dir);
  takeBackdated(dir, cli, AGENT, { message: NAMES.lost });
}

/** A function is gone from its file, and another one came, which is to stay. */
export function loseFunction(dir) {
  const more = [
    '',
    '/** How many pieces are in the cart. */',
    'export function pieces(lines: Line[]): number {',
    '  return lines.reduce((sum, line) => sum + line.count, 0);',
    '}',
    '',
  ];
  editor(dir).write('src/cart.ts', firstFiles['src/cart.ts'] + more.join('\n'));
}

/** What the agent made of a folder: one file is spoilt, one is gone, and one came that nobody asked for. */
export function breakSources(dir) {
  loseFunction(dir);
  const edit = editor(dir);
  edit.write('src/catalog.ts', 'export const catalog = [];\n');
  edit.write('src/cart2.ts', "export * from './cart.ts';\n");
  rmSync(join(dir, 'src', 'layout.ts'), { force: true });
}
