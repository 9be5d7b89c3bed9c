// `npm run bench:ui`: how long a person waits, measured inside the real VS Code with 50,000 files and 10,000
// checkpoints. Prints a table and writes docs/performance-ui.md. `npm run bench:ui -- promotion [COUNT]`: what a promotion
// to a real Ceph takes of the extension host, printed only.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './bench/ours.mjs';
import { end, tidyOnSignals } from './bench/run.mjs';
import { pageOf } from './benchUi/page.mjs';
import { measureControl, measureWindow } from './benchUi/measure.mjs';
import { measurePromotion } from './benchUi/promotion.mjs';
import { inWindow, PROBE } from './benchUi/window.mjs';
import { CHANGED, CHECKPOINTS, LAST, makeWorkspace } from './benchUi/workspace.mjs';
import { build, ensureInstalled } from './testing/prepare.mjs';

const option = (name) =>
  process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
const ROUNDS = Number(option('rounds') ?? 5);
/** Windows with and without Snapdir, in turn. One that fails is told and left out. */
async function measureAll(scratch, folder) {
  const [without, rounds] = [[], []];
  const env = {
    SNAPDIR_BENCH_CONTROL: JSON.stringify({
      ...{ folder: join(scratch, 'control'), first: LAST, files: CHANGED, rows: CHECKPOINTS },
    }),
  };
  for (let round = 0; round < ROUNDS; round++) {
    try {
      const control = await inWindow({ scratch, folder, extensions: [PROBE], env }, (session) =>
        measureControl(session, round % 5),
      );
      const measured = await inWindow(
        { scratch, folder, extensions: [root, PROBE], env },
        (session) => measureWindow(session, round % 5),
      );
      without.push(control);
      rounds.push(measured);
      process.stdout.write(`Window ${round + 1} of ${ROUNDS}: ${JSON.stringify(measured)}\n`);
      process.stdout.write(`  VS Code alone: ${JSON.stringify(control)}\n`);
    } catch (error) {
      process.stderr.write(`Window ${round + 1} failed: ${error.message}\n`);
      process.exitCode = 1;
    }
  }
  if (rounds.length === 0) throw new Error('no window could be measured');
  return { without, rounds };
}

async function main() {
  await ensureInstalled();
  // What ships is what is measured.
  build({ tests: true, production: true });
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-bench-ui-')));
  try {
    const folder = join(scratch, 'workspace');
    if (process.argv[2] === 'promotion') {
      await measurePromotion(scratch, folder, Number(process.argv[3] ?? 50_000));
      return;
    }
    process.stdout.write('Making the workspace …\n');
    await makeWorkspace(folder, join(scratch, 'control'));
    const { without, rounds } = await measureAll(scratch, folder);
    const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
    const about = {
      date: new Date().toISOString().slice(0, 10),
      commit: git.stdout.trim(),
      machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
      remark: option('remark') ?? '',
    };
    const { page, table } = pageOf({ rounds, without, about });
    writeFileSync(join(root, 'docs', 'performance-ui.md'), page);
    process.stdout.write(`\n${table}\n\nWritten to docs/performance-ui.md\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    await end();
  }
}

tidyOnSignals();
await main();
