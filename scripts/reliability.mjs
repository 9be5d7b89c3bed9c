// `npm run test:reliability`: the tests of test/reliability and test/crash with their full counts. See `usage` below.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, ensureInstalled, root } from './testing/prepare.mjs';
import { mochaArguments, testFiles } from './testing/stages.mjs';
import { Stop, runMain, say } from './vscode/say.mjs';

const usage = `npm run test:reliability -- [--only T3,T4] [--part 0.2] [--seed 7]

Kills, power cuts, injected errors, several processes, hostile input: everything that says whether
something can be lost, with the full counts (over an hour on two cores). Prints one line a figure,
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
    .map((line) => JSON.parse(line));
  const rows = figures.map(
    ({ test, what, count, broken, note }) =>
      `| ${test} | ${count.toLocaleString('en')} ${what} | ${broken} | ${note ?? ''} |`,
  );
  return ['| test | count | broken | |', '|---|---|---|---|', ...rows].join('\n');
}

await runMain(async () => {
  const { only, part = '1', seed = '1', help } = readOptions();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  await ensureInstalled();
  build({ tests: true });
  const figures = join(root, 'out', 'figures.jsonl');
  mkdirSync(join(root, 'out'), { recursive: true });
  rmSync(figures, { force: true });
  const grep = only ? `^(${only.split(',').join('|')})\\b` : undefined;
  const files = testFiles('reliability');
  const env = { ...process.env, SNAPDIR_RELIABILITY: part, SNAPDIR_SEED: seed };
  say(`${files.length} files, ${part} of the full counts, seed ${seed}`);
  try {
    execFileSync(process.execPath, mochaArguments(files, { grep, timeout: 3_600_000 }), {
      ...{ cwd: root, stdio: 'inherit' },
      env: { ...env, SNAPDIR_FIGURES: figures },
    });
    return 0;
  } catch (error) {
    if (error.status === undefined) throw error;
    return 1;
  } finally {
    process.stdout.write(`\n${table(figures)}\n`);
  }
});
