// `npm run test:reliability`: the tests of test/reliability and test/crash with their full counts. See `usage` below.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { judge, merge, pageWith, unmet } from './reliability/results.mjs';
import { build, ensureInstalled, root } from './testing/prepare.mjs';
import { mochaArguments, testFiles } from './testing/stages.mjs';
import { installServers, installTools } from './testing/tools.mjs';
import { Stop, runMain, say } from './vscode/say.mjs';

const usage = `npm run test:reliability -- [--remote] [--only T3,T4] [--part 0.2] [--seed 7]

Kills, power cuts, injected errors, several processes, hostile input: everything that says whether
something can be lost, with the full counts, two files at a time. Prints one line a figure, then what was reached of
each goal, and writes both into docs/reliability.md, with how long a whole run took: there a figure is that of one
run, the one that went furthest. What needs root or a tool that is not there is skipped, and says why. Ends with 1
when a test failed, or when a whole run (no --only, --part 1 or more) missed a goal that it did not skip.

  --remote       instead of all that, what talks to a server: promotions to a Ceph
  --only T3,T4   only these tests of the plan
  --part 0.2     a fifth of the full counts
  --seed 7       other random choices`;

const RESULTS = join(root, 'docs', 'reliability.json');
const PAGE = join(root, 'docs', 'reliability.md');
/** A test file that takes longer hangs. */
const LONGEST_MS = 70 * 60_000;

function readOptions() {
  try {
    const options = {
      remote: { type: 'boolean', default: false },
      only: { type: 'string' },
      part: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h' },
    };
    const { remote, only, part, seed, help } = parseArgs({ options }).values;
    if (!(Number(part) > 0) || !Number.isInteger(Number(seed)))
      throw new Error('--part is a number above 0, --seed a whole number.');
    return { remote, only: only?.split(','), part: Number(part), seed: Number(seed), help };
  } catch (error) {
    throw new Stop(`${error.message}\n\n${usage}`);
  }
}

function readKnown() {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
}

/** What took longest last time comes first, so that neither core waits for the other at the end. */
function byLength(known) {
  const seconds = new Map(Object.entries(BEFORE_THE_FIRST_RUN));
  for (const file of new Set(Object.values(known).map((one) => one.file))) {
    const own = Object.values(known).filter((one) => one.file === file);
    const whole = own.map((one) => (one.seconds ?? 0) / Math.min(1, one.part));
    seconds.set(
      file,
      whole.reduce((sum, one) => sum + one, 0),
    );
  }
  const length = (file) => seconds.get(nameOf(file)) ?? seconds.get(basename(nameOf(file))) ?? 0;
  return (a, b) => length(b) - length(a) || (a < b ? -1 : 1);
}

const BEFORE_THE_FIRST_RUN = {
  ...{
    roundTrip: 1500,
    fuzz: 1200,
    killed: 1100,
    randomModel: 900,
    randomStops: 900,
  },
  ...{ differential: 800, damage: 600, together: 600, soak: 500, faults: 400, crashModel: 300 },
};

/** `crash/faults`: two folders may have files of one name. */
function nameOf(file) {
  const path = relative(join(root, 'out', 'test'), file);
  return path.replaceAll(sep, '/').replace(/\.test\.cjs$/, '');
}

/** Runs one file in a process of its own; what it says is shown as a whole when it has ended. */
function runFile(file, grep, env) {
  const name = nameOf(file);
  const figuresFile = join(env.TMPDIR, `${name.replaceAll('/', '-')}.figures`);
  const args = mochaArguments([file], { grep, timeout: LONGEST_MS });
  return new Promise((resolve, reject) => {
    // Figures go to stderr, and are shown as they come.
    const child = spawn(process.execPath, args, {
      ...{ cwd: root, env: { ...env, SNAPDIR_FIGURES: figuresFile } },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(output).toString('utf8');
      if (!/\n {2}0 passing/.test(text) || code !== 0) process.stdout.write(text);
      const skipped = skippedIn(text.split(/\n {2}\d+ passing/)[0]);
      resolve({ name, ok: code === 0, figures: readFigures(figuresFile, name), skipped });
    });
  });
}

/** Titles of tests that Mocha lists as skipped, each after the names of the suites that it is in. */
function skippedIn(list) {
  const suites = [];
  const found = [];
  for (const line of list.split('\n')) {
    const [, indent, dash, title] = /^((?: {2})+)(- |✔ |\d+\) )?(\S.*)$/.exec(line) ?? [];
    if (title === undefined) continue;
    const depth = indent.length / 2 - 1;
    if (dash === '- ') found.push([...suites.slice(0, depth), title].join(' '));
    else if (dash === undefined) suites.splice(depth, suites.length, title);
  }
  return found;
}

function readFigures(path, file) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { seed: _, ...figure } = JSON.parse(line);
    // Where this machine keeps its files is nobody's business.
    const note = figure.note?.replace(/(?<![\w.])\/[\w.-]+\/[^\s"',;)]*/g, '…');
    return { ...figure, ...(note ? { note } : {}), file };
  });
}

/** Runs files two at a time. `afterEach` is given those that have ended: what they counted outlives the rest. */
async function runFiles(files, grep, env, afterEach) {
  const waiting = [...files];
  const ended = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const begun = Date.now();
      const one = await runFile(file, grep, env);
      ended.push(one);
      afterEach(ended);
      const seconds = Math.round((Date.now() - begun) / 1000);
      if (one.figures.length > 0 || !one.ok)
        say(`${one.name}: ${seconds} s${one.ok ? '' : ', FAILED'}`);
    }
  };
  await Promise.all([work(), work()]);
  return ended;
}

/** Whether a file has tests of the plan with one of these numbers. */
function names(file, numbers) {
  const text = readFileSync(file, 'utf8');
  return numbers.some((number) => text.includes(`${number}: `));
}

/** What was tested. */
function commit() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const { stdout, status } = git('rev-parse', '--short', 'HEAD');
  if (status !== 0) return 'no commit';
  const changed = git('status', '--porcelain', '--', 'src', 'test', 'scripts').stdout !== '';
  return `${stdout.trim()}${changed ? ' and changes' : ''}`;
}

/** Keeps what the run counted so far, and writes the page. @param minutes how long a whole run took, at its end */
function keep(ended, { part, seed, tested }, minutes) {
  const run = {
    ...{ part, seed, commit: tested, date: new Date().toISOString().slice(0, 10) },
    figures: ended.flatMap(({ figures }) => figures),
    failed: ended.filter(({ ok }) => !ok).map(({ name }) => name),
    skipped: ended.flatMap(({ skipped }) => skipped),
  };
  const known = merge(readKnown(), run);
  writeFileSync(RESULTS, `${JSON.stringify(known, null, 2)}\n`);
  const last = { skipped: run.skipped, ...(minutes === undefined ? {} : { minutes }) };
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), known, last));
  return run;
}

/** One line a goal: what this run alone reached of it. */
function tell(run, { part }) {
  const ofThisRun = judge(merge({}, run));
  for (const { test, title, goal, count, broken, failed, seconds } of ofThisRun) {
    if (count === 0 && !failed) continue;
    const wanted = part < 1 ? '' : ` of ${goal.toLocaleString('en')}`;
    const found = failed ? 'FAILED' : `${broken} broken`;
    const line = `${test}: ${count.toLocaleString('en')}${wanted} ${title}: ${found}, ${Math.round(seconds)} s`;
    say(`${line}, seed ${run.seed}${part >= 1 && count < goal ? ' (NOT REACHED)' : ''}`);
  }
}

await runMain(async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  await ensureInstalled();
  installTools();
  if (options.remote) installServers(['ceph']);
  build({ tests: true });
  // Whatever tests leave goes at the end; their stores are not this user's business.
  const scratch = mkdtempSync(join(tmpdir(), 'snapdir-reliability-'));
  const home = join(scratch, 'home');
  mkdirSync(home);
  const grep = options.only ? `(^| )(${options.only.join('|')}): ` : undefined;
  const onCeph = testFiles('contract').filter((file) => basename(file) === 'promotion.test.cjs');
  const all = options.remote ? onCeph : [...testFiles('crash'), ...testFiles('reliability')];
  const files = options.only ? all.filter((file) => names(file, options.only)) : all;
  const { part, seed } = options;
  say(`${files.length} files, two at a time, ${part} of the full counts, seed ${seed}`);
  const begun = Date.now();
  try {
    const counts = { SNAPDIR_RELIABILITY: String(part), SNAPDIR_SEED: String(seed) };
    const env = { ...process.env, ...counts, SNAPDIR_HOME: home, TMPDIR: scratch };
    const about = { part, seed, tested: commit() };
    const sorted = files.sort(byLength(readKnown()));
    const ended = await runFiles(sorted, grep, env, (some) => keep(some, about));
    const minutes = (Date.now() - begun) / 60_000;
    const isWhole = part >= 1 && options.only === undefined;
    const run = keep(ended, about, isWhole && !options.remote ? minutes : undefined);
    tell(run, options);
    run.skipped.forEach((title) => say(`skipped: ${title}`));
    run.failed.forEach((file) => say(`FAILED: ${file}`));
    const missed = isWhole ? unmet(run, options) : [];
    missed.forEach(({ test, title }) => say(`NOT REACHED: ${test}: ${title}`));
    say(
      `${minutes.toFixed(1)} minutes; ${run.failed.length} files failed, ${run.skipped.length} tests skipped`,
    );
    return run.failed.length + missed.length === 0 && run.figures.length > 0 ? 0 : 1;
  } finally {
    spawnSync('chmod', ['-R', 'u+rwX', scratch], { stdio: 'ignore' });
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});
