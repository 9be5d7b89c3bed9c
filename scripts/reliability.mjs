// `npm run test:reliability`: the tests of test/reliability and test/crash with their full counts. See `usage` below.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, ensureInstalled, root } from './testing/prepare.mjs';
import { mochaArguments, testFiles } from './testing/stages.mjs';
import { installServers, installTools } from './testing/tools.mjs';
import { Stop, runMain, say } from './vscode/say.mjs';

const usage = `npm run test:reliability -- [--only T3,T4] [--part 0.2] [--seed 7]

Kills, power cuts, injected errors, several processes, hostile input: everything that says whether
something can be lost, with the full counts (about an hour on two cores, two files at a time). Prints one line a figure,
then a table. What needs root or a tool that is not there is skipped, and says why.

  --only T3,T4   only these tests of the plan
  --part 0.2     a fifth of the full counts
  --seed 7       other random choices`;

function readOptions() {
  try {
    const options = {
      only: { type: 'string' },
      part: { type: 'string' },
      seed: { type: 'string' },
    };
    return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new Stop(`${error.message}\n\n${usage}`);
  }
}

/** The figures that the tests wrote, as a Markdown table. */
function table(file) {
  if (!existsSync(file)) return 'No figures: every test failed or was skipped.';
  const figures = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .sort((a, b) => Number(a.test.slice(1)) - Number(b.test.slice(1)));
  const rows = figures.map(
    ({ test, what, count, broken, note }) =>
      `| ${test} | ${count.toLocaleString('en')} ${what} | ${broken} | ${note ?? ''} |`,
  );
  return ['| test | count | broken | |', '|---|---|---|---|', ...rows].join('\n');
}

/** What takes longest in the full set comes first, so that neither core waits for the other at the end. */
const LONGEST = [
  'promotion',
  'randomModel',
  'randomStops',
  'crashModel',
  'fuzz',
  'soak',
  'stopEverywhere',
];

function byLength(a, b) {
  const place = (file) => {
    const at = LONGEST.indexOf(basename(file, '.test.cjs'));
    return at < 0 ? LONGEST.length : at;
  };
  return place(a) - place(b) || (a < b ? -1 : 1);
}

/** Runs one file in a process of its own; what it says is shown as a whole when it has ended. */
function runFile(file, grep, env) {
  const args = mochaArguments([file], { grep, timeout: 3_600_000 });
  return new Promise((resolve, reject) => {
    // Figures go to stderr, and are shown as they come.
    const child = spawn(process.execPath, args, {
      ...{ cwd: root, env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString('utf8');
      if (!/\n {2}0 passing/.test(text) || code !== 0) process.stdout.write(text);
      resolve(code === 0);
    });
  });
}

/** Runs files two at a time. @returns those that failed */
async function runFiles(files, grep, env) {
  const waiting = [...files];
  const failed = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const [name, begun] = [basename(file, '.test.cjs'), Date.now()];
      if (!(await runFile(file, grep, env))) failed.push(name);
      const seconds = Math.round((Date.now() - begun) / 1000);
      if (seconds > 0) say(`${name}: ${seconds} s`);
    }
  };
  await Promise.all([work(), work()]);
  return failed;
}

await runMain(async () => {
  const { only, part = '1', seed = '1', help } = readOptions();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  await ensureInstalled();
  installTools();
  installServers(['ceph']);
  build({ tests: true });
  const figures = join(root, 'out', 'figures.jsonl');
  mkdirSync(join(root, 'out'), { recursive: true });
  rmSync(figures, { force: true });
  rmSync(join(root, 'out', 'home'), { recursive: true, force: true });
  const grep = only ? `^(${only.split(',').join('|')})\\b` : undefined;
  const onCeph = testFiles('contract').filter((file) => basename(file) === 'promotion.test.cjs');
  const files = [...testFiles('crash'), ...testFiles('reliability'), ...onCeph].sort(byLength);
  const env = { ...process.env, SNAPDIR_RELIABILITY: part, SNAPDIR_SEED: seed };
  say(`${files.length} files, two at a time, ${part} of the full counts, seed ${seed}`);
  const begun = Date.now();
  try {
    // Stores of tests are not this user's business.
    const apart = { SNAPDIR_FIGURES: figures, SNAPDIR_HOME: join(root, 'out', 'home') };
    const failed = await runFiles(files, grep, { ...env, ...apart });
    say(`${Math.round((Date.now() - begun) / 1000)} s; ${failed.length} of the files failed`);
    failed.forEach((file) => say(`  failed: ${file}`));
    return failed.length === 0 ? 0 : 1;
  } finally {
    process.stdout.write(`\n${table(figures)}\n`);
  }
});
