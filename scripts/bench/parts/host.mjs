// Part "host": the figures that only a real VS Code can give: how long its extension host is kept from answering.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchVSCode } from '../../vscode/fetch.mjs';
import { installCorpus } from '../corpus.mjs';
import { median } from '../figures.mjs';
import { root } from '../ours.mjs';
import { atEnd, run } from '../run.mjs';
import { makeLongHistory } from './history.mjs';

async function runInHost(folder, what) {
  const result = join(folder, '..', `${what}.json`);
  const launcher = join(root, 'scripts', 'vscode', 'launcher.mjs');
  const args = [
    launcher,
    folder,
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${join(root, 'out', 'test', 'bench', 'host.entry.cjs')}`,
  ];
  const env = { ...process.env, SNAPDIR_BENCH_RESULT: result, SNAPDIR_BENCH_WHAT: what };
  await run(process.execPath, args, { env });
  return JSON.parse(readFileSync(result, 'utf8'));
}

const WORK = {
  idle: 'nothing (the control)',
  take: 'a first take',
  unchanged: 'an unchanged take',
  restore: 'a restore of everything',
};

function timelineFigures(runs) {
  const [first, ...later] = runs.map((one) => one.timeline);
  const of = (list) => median(list.map((one) => one.ms));
  const total = first.total.toLocaleString('en');
  const activation = median(runs.map((one) => one.activation));
  return [
    { id: 'activation', title: 'activation', value: activation, unit: 'ms' },
    { id: 'viewFirst', title: `timeline view, ${total} checkpoints, first time`, value: first.ms },
    { id: 'view', title: `timeline view, ${total} checkpoints, later`, value: of(later) },
  ].map((figure) => ({ ...figure, unit: 'ms' }));
}

function blockFigures(runs) {
  return Object.entries(WORK).flatMap(([id, what]) => {
    const of = (key, name, title) => {
      const values = runs.map((one) => one[id][key]);
      return { id: name, title, value: median(values), values, unit: 'ms' };
    };
    return [
      of('block', `block-${id}`, `longest block of the event loop during ${what}`),
      of('own', `own-${id}`, `… without the time in which it waited for a core`),
    ];
  });
}

/** Measures inside VS Code. Returns the figures. */
export async function benchHost({ cache, corpus, rounds }) {
  await fetchVSCode('newest');
  const scratch = mkdtempSync(join(tmpdir(), 'snapdir-bench-host-'));
  const done = atEnd(() => rmSync(scratch, { recursive: true, force: true }));
  const long = join(scratch, 'long');
  await makeLongHistory(long);
  const timelines = [];
  for (let round = 0; round < 3; round++) timelines.push(await runInHost(long, 'timeline'));
  const work = [];
  for (let round = 0; round < rounds; round++) {
    const folder = join(scratch, `work${round}`);
    const from = await installCorpus(cache, corpus);
    cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
    work.push(await runInHost(folder, 'work'));
    rmSync(folder, { recursive: true, force: true });
  }
  await done();
  return [...timelineFigures(timelines), ...blockFigures(work)];
}
