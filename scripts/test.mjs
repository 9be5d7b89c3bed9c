// `npm test`: everything that says whether Snapdir works, on a fresh clone too. See `usage` below.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, ensureInstalled } from './testing/prepare.mjs';
import { oneFailure, runStage } from './testing/runStage.mjs';
import { allStages } from './testing/stages.mjs';
import { Stop, interrupted, runMain, say } from './vscode/say.mjs';

const usage = `npm test -- [--only STAGE,STAGE] [--grep PATTERN]

Installs, builds, and runs all stages one after the other: static, the folders of test/ (unit,
golden, crash, …), integration and ui (each in the newest and the lowest supported VS Code), package.
The last line says how many tests passed and failed.

  --only STAGE,STAGE   only these stages
  --grep PATTERN       only tests whose title matches; leaves the static stage out

VSCODE_EXECUTABLE=PATH  run the integration tests in an installed desktop VS Code instead`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        grep: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { ...values, only: values.only?.split(',') };
  } catch (error) {
    throw new Stop(`${error.message}\n\n${usage}`);
  }
}

/** The stages to run; a name that fits none is a mistake and not an empty run. */
function chosen({ only, grep }) {
  const stages = allStages(grep);
  const groups = new Set(stages.map((stage) => stage.group));
  const unknown = only?.find((name) => !groups.has(name));
  if (unknown)
    throw new Stop(`There is no stage "${unknown}": choose from ${[...groups].join(', ')}.`);
  return stages.filter((stage) => !only || only.includes(stage.group));
}

/** Gets what a stage needs beyond Node. Outside its time limit: a download says nothing about tests. */
async function provide(stage) {
  if (stage.version && stage.version !== 'desktop') {
    const { fetchVSCode } = await import('./vscode/fetch.mjs');
    await fetchVSCode(stage.version);
  }
  if (stage.tools) (await import('./testing/tools.mjs')).installTools();
  if (stage.servers) (await import('./testing/tools.mjs')).installServers(stage.servers);
  if (stage.browser) (await import('./vscode/browser.mjs')).ensureBrowser();
}

async function runOne(stage, end, results) {
  if (stage.files?.length === 0) {
    say(`${stage.name}: no tests yet, skipped`);
    return;
  }
  say(stage.name);
  const started = Date.now();
  let result;
  try {
    await Promise.race([provide(stage), end]);
    result = await runStage(stage, end);
  } catch (error) {
    const sentence = error instanceof Stop ? error.message : error.stack;
    result = oneFailure(stage.name, sentence);
  }
  results.push(result);
  tell(stage, result, started);
  for (const { title, error } of result.failures) say(`FAILED ${title}: ${error}`);
}

/** One stage after the other; those of one kind that may run beside each other two, or `lanes`, at a time. */
async function runAll(stages, end, results) {
  const waiting = [...stages];
  while (waiting.length > 0) {
    const [{ beside, lanes = 2 }] = waiting;
    const other = waiting.findIndex((stage) => !beside || stage.beside !== beside);
    const together = waiting.splice(0, other < 0 ? waiting.length : Math.max(other, 1));
    const work = async () => {
      for (let stage = together.shift(); stage; stage = together.shift()) {
        await runOne(stage, end, results);
        if (await alreadyDone(end)) together.length = 0;
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    if (await alreadyDone(end)) return;
  }
}

function tell(stage, { passed, failed }, started) {
  const seconds = Math.round((Date.now() - started) / 1000);
  say(`${stage.name}: ${passed} passed, ${failed} failed, ${seconds} s`);
}

function alreadyDone(promise) {
  return Promise.race([promise.then(() => true), sleep(0, false)]);
}

/** Prints what failed, then the one line that sums it all up: the last one on stdout. */
function report(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const listed = (heading, found) => {
    if (found.length === 0) return;
    process.stdout.write(`\n${heading}:\n`);
    for (const { title, error } of found) {
      process.stdout.write(`  ${title}\n    ${error.replaceAll('\n', '\n    ')}\n`);
    }
    process.stdout.write('\n');
  };
  listed(
    'Tried again',
    results.flatMap((result) => result.retried ?? []),
  );
  listed(
    'Failed',
    results.flatMap((result) => result.failures),
  );
  const skipped = sum('skipped');
  process.stdout.write(
    `${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
  );
  return sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
}

async function prepare() {
  await ensureInstalled();
  build({ tests: true });
}

await runMain(async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const end = interrupted();
  const results = [];
  try {
    await Promise.race([prepare(), end]);
    if (await alreadyDone(end)) throw new Stop('was interrupted');
  } catch (error) {
    const sentence = error instanceof Stop ? error.message : error.stack;
    return report([oneFailure('install and build', sentence)]);
  }
  await runAll(chosen(options), end, results);
  return report(results);
});
process.exit();
