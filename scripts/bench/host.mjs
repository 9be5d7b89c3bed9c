// The figures that only a real VS Code can give: how long its extension host is kept from answering.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchVSCode } from '../vscode/fetch.mjs';
import { median } from './figures.mjs';

const HISTORY = 10_000;

function runInHost(root, folder, what) {
  const result = join(folder, '..', `${what}.json`);
  const launcher = join(root, 'scripts', 'vscode', 'launcher.mjs');
  const args = [
    launcher,
    folder,
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${join(root, 'out', 'test', 'bench', 'host.entry.cjs')}`,
  ];
  const env = { ...process.env, SNAPDIR_BENCH_RESULT: result, SNAPDIR_BENCH_WHAT: what };
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`VS Code ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  return JSON.parse(readFileSync(result, 'utf8'));
}

function longHistory(root, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'a\n');
  spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), 'take', folder, '-m', 'first']);
  const records = join(folder, '.snapdir', 'records');
  const [name] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, name), 'utf8'));
  const entry = join(root, 'out', 'test', 'bench', 'makeHistory.entry.cjs');
  const { makeHistory } = createRequire(import.meta.url)(entry);
  makeHistory(records, { id: /-([0-9a-f]{64})\./.exec(name)[1], record }, HISTORY - 1);
}

/** Measures inside VS Code and returns the lines to print. */
export async function benchHost({ root, corpus }) {
  await fetchVSCode('newest');
  const scratch = mkdtempSync(join(tmpdir(), 'snapdir-bench-host-'));
  try {
    const long = join(scratch, 'long');
    longHistory(root, long);
    // The first opening reads every record; later ones the folded history.
    const timelines = [1, 2, 3].map(() => runInHost(root, long, 'timeline'));
    const folder = join(scratch, 'work');
    cpSync(corpus, folder, { recursive: true, verbatimSymlinks: true });
    const work = runInHost(root, folder, 'work');
    const ms = (value) => `${value.toFixed(0)} ms`;
    const first = timelines[0].timeline;
    const later = timelines.slice(1).map((run) => run.timeline.ms);
    return [
      '| figure | measured | goal |',
      '|---|---|---|',
      `| activation | ${ms(median(timelines.map((run) => run.activation)))} | 100 ms |`,
      `| timeline with ${first.total} checkpoints, first opening ever | ${ms(first.ms)} | |`,
      `| timeline with ${first.total} checkpoints, later openings | ${ms(median(later))} | 300 ms |`,
      ...['idle', 'take', 'unchanged', 'restore'].map(
        (name) =>
          `| longest block of the event loop: ${name} (${ms(work[name].ms)}) | ${ms(work[name].block)} | 50 ms |`,
      ),
    ].join('\n');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
