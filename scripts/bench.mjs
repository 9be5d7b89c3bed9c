// `npm run bench`: the engine against git on folders made of npm packages, and the extension host inside
// a real VS Code. `npm run bench -- quick`: the small folder, fewer rounds. Nothing here is a test.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { makeCorpus } from './bench/corpus.mjs';
import { HEAD, interleave, report } from './bench/figures.mjs';
import { shadowGit } from './bench/git.mjs';
import { benchHost } from './bench/host.mjs';
import { makePlace } from './bench/place.mjs';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const quick = args.includes('quick');
const wants = (part) =>
  !args.some((arg) => ['engine', 'host'].includes(arg)) || args.includes(part);
const cache = join(root, '.bench');
const log = { info: () => {}, warn: console.error, error: console.error };

function build() {
  for (const flags of [[], ['--tests']]) {
    const result = spawnSync(process.execPath, ['esbuild.mjs', ...flags], {
      cwd: root,
      stdio: 'inherit',
    });
    if (result.status !== 0) process.exit(1);
  }
}

function settle(dir) {
  spawnSync('sync', ['-f', dir]);
}

async function benchEngine(place, name, rounds) {
  const folder = join(place.dir, name);
  cpSync(makeCorpus(cache, name), folder, { recursive: true, verbatimSymlinks: true });
  const store = join(folder, '.snapdir');
  const git = shadowGit(join(place.dir, `${name}.git`), folder);
  const { createEngine } = createRequire(import.meta.url)(
    join(root, 'out', 'test', 'bench', 'engine.entry.cjs'),
  );
  const options = { location: { root: folder }, workerPath: join(root, 'dist', 'engine.cjs') };
  const engine = createEngine({ ...options, author: 'bench@localhost', log });
  const rules = { useIgnoreFiles: false, patterns: [], noIgnore: true };
  const take = () => engine.take({ trigger: 'manual', rules });
  const command = () => {
    const cli = [join(root, 'dist', 'cli.cjs'), 'take', folder, '--no-ignore', '--quiet'];
    const result = spawnSync(process.execPath, cli, { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
  };
  const fresh = () => {
    rmSync(store, { recursive: true, force: true });
    settle(place.dir);
  };
  const gitFresh = () => {
    git.fresh();
    settle(place.dir);
  };
  await engine.status({});
  const first = await interleave(rounds, {
    'snapdir take (warm engine, durable)': { prepare: fresh, run: take },
    'snapdir take (command, durable)': { prepare: fresh, run: command },
    'git add + commit (not durable)': { prepare: gitFresh, run: () => git.snapshot() },
  });
  await take();
  // Stats younger than two seconds are never trusted: let the folder come to rest, as folders do.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await take();
  const unchanged = await interleave(rounds * 2, {
    'snapdir take (warm engine)': { run: take },
    'snapdir take (command)': { run: command },
    'git add + commit': { run: () => git.snapshot() },
  });
  const page = await engine.timeline({});
  const { files, bytes } = page.checkpoints[0].stats;
  await engine.close();
  const size = `${files} files, ${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return [`${name}: first (${size})`, first, `${name}: unchanged`, unchanged];
}

async function benchAll() {
  const tables = [];
  if (wants('engine')) {
    const place = makePlace(cache, quick ? 2 : 8);
    const where = `On ${place.what}, warm cache, contestants in turn, medians of ${quick ? 3 : 5} rounds (unchanged: twice as many).`;
    console.log(where);
    const lines = [];
    try {
      for (const name of quick ? ['small'] : ['small', 'large']) {
        const [a, first, b, unchanged] = await benchEngine(place, name, quick ? 3 : 5);
        lines.push(report(a, first), report(b, unchanged));
      }
    } finally {
      place.remove();
    }
    tables.push(`## Against git\n\n${where}\n\n${HEAD}\n${lines.join('\n')}`);
  }
  if (wants('host')) {
    const corpus = makeCorpus(cache, quick ? 'small' : 'large');
    const table = await benchHost({ root, corpus });
    tables.push(`## Inside the extension host of a real VS Code\n\n${table}`);
  }
  return tables;
}

build();
mkdirSync(cache, { recursive: true });
const machine = `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, ${process.platform}`;
console.log(machine);
const tables = await benchAll();
console.log(`\n${tables.join('\n\n')}\n`);
if (!quick && tables.length === 2) {
  const page = [
    '# Performance',
    'Made by `npm run bench` (`npm run bench -- quick` for a short one). The ratios count: machines differ, and this one was shared.',
    `${machine}. The folders are npm packages, pinned in \`scripts/bench/corpora\`. "Durable" means on disk when it is acknowledged, also after a power cut; git does not do that by default.`,
    ...tables,
  ];
  writeFileSync(join(root, 'docs', 'performance.md'), `${page.join('\n\n')}\n`);
  console.log('Written to docs/performance.md');
}
