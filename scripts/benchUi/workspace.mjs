// The folder that is measured in: 50,000 files, 10,000 checkpoints.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { random } from '../bench/generate.mjs';
import { root } from '../bench/ours.mjs';
import { run } from '../bench/run.mjs';

export const FILES = 50_000;
export const CHECKPOINTS = 10_000;
/**
 * The files that the last checkpoint changed: each click opens another one. Plain text, because what a language's
 * own extension does in the same extension host is not ours.
 */
export const CHANGED = Array.from({ length: 24 }, (_, index) => `click${index + 10}.txt`);
/** A file that it did not change. */
export const STILL = 'standsStill.txt';
export const LAST = 'The last one';

const IN_A_FOLDER = 100;
const WORDS = ['cart', 'order', 'price', 'stock', 'label', 'route', 'token', 'cache'];

function text(next, lines) {
  const line = () => {
    const word = () => WORDS[next() % WORDS.length];
    return `export const ${word()}${next() % 10_000} = ${word()}(${next()}, '${word()}');\n`;
  };
  return Array.from({ length: lines }, line).join('');
}

/** Both sides of the diffs of the control, as plain files. */
function makeControl(control, name, before) {
  for (const [side, content] of Object.entries({ before, after: changedText(before, name) })) {
    mkdirSync(join(control, side), { recursive: true });
    writeFileSync(join(control, side, name), content);
  }
}

const changedText = (before, name) => before.replace('// before', `// after ${name}`);

/** Writes the folder, and beside it what the control opens; takes about a minute. */
export async function makeWorkspace(folder, control) {
  const next = random(50);
  const rest = FILES - CHANGED.length - 1;
  for (let made = 0; made < rest; made += IN_A_FOLDER) {
    const dir = join(folder, `package${Math.floor(made / 2500)}`, `part${made / IN_A_FOLDER}`);
    mkdirSync(dir, { recursive: true });
    const here = Math.min(IN_A_FOLDER, rest - made);
    for (let index = 0; index < here; index++) {
      writeFileSync(join(dir, `file${index}.ts`), text(next, 1 + (next() % 30)));
    }
  }
  const clicked = join(folder, 'clicked');
  mkdirSync(clicked);
  for (const name of CHANGED) {
    const before = `// before\n${text(next, 200)}`;
    writeFileSync(join(clicked, name), before);
    makeControl(control, name, before);
  }
  writeFileSync(join(clicked, STILL), text(next, 200));
  const cli = join(root, 'dist', 'cli.cjs');
  await run(process.execPath, [cli, 'take', folder, '--yes', '-m', 'first']);
  const records = join(folder, '.snapdir', 'records');
  const [name] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, name), 'utf8'));
  // The past: the last one is of today.
  record.time -= CHECKPOINTS * 60_000;
  const entry = join(root, 'out', 'test', 'bench', 'makeHistory.entry.cjs');
  const { makeHistory } = createRequire(import.meta.url)(entry);
  const id = /-([0-9a-f]{64})\./.exec(name)[1];
  makeHistory(records, { id, record }, CHECKPOINTS - 2);
  for (const name of CHANGED) {
    const path = join(clicked, name);
    writeFileSync(path, changedText(readFileSync(path, 'utf8'), name));
  }
  await run(process.execPath, [cli, 'take', folder, '-m', LAST]);
}
