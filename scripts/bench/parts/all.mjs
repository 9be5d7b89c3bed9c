// What can be measured, and what each needs.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashedBy } from '../ours.mjs';
import { makePlace } from '../place.mjs';
import { programTime, run } from '../run.mjs';
import { measured, median, interleave } from '../figures.mjs';
import { openStage } from '../stage.mjs';
import { startStopwatch } from '../stopwatch.mjs';
import { benchHistory } from './history.mjs';
import { benchHost } from './host.mjs';
import { hugeOperations } from './huge.mjs';
import { firstTakes, restoreAll, treeOperations } from './tree.mjs';

/** Enough for a first impression in three minutes. */
const QUICK_PEERS = ['C program', 'git', 'restic', 'cp -a'];
const BINARY_PEERS = ['C program', 'git', 'restic', 'cp -a'];

async function binaryOperations(stage) {
  await firstTakes(stage);
  await restoreAll(stage);
}

/** Parts with a folder: its corpus, the room it needs, and what is done with it. */
const FOLDERS = {
  quick: {
    ...{ corpus: 'small', gib: 3, inodes: 400_000, operations: treeOperations },
    ...{ peers: QUICK_PEERS, most: 3 },
  },
  small: { corpus: 'small', gib: 3, inodes: 400_000, operations: treeOperations },
  large: { corpus: 'large', gib: 11, inodes: 1_600_000, touch: 1.5, operations: treeOperations },
  binary: {
    ...{ corpus: 'binary', gib: 11, inodes: 100_000, touch: 3, operations: binaryOperations },
    ...{ peers: BINARY_PEERS, command: false },
  },
  huge: {
    ...{ corpus: 'huge', gib: 11, inodes: 2_600_000, touch: 0, operations: hugeOperations },
    ...{ peers: ['C program', 'git'], command: false },
  },
};

function sizeOf(folder) {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files++;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return `${files.toLocaleString('en')} files, ${Math.round(bytes / 2 ** 20)} MiB`;
}

/** What it costs to start a process that does nothing, which all but the warm engine pay. */
async function emptyProcess() {
  const { times } = await interleave(21, [
    { name: 'true', elapsed: programTime, run: () => run('true', []) },
  ]);
  return `an empty process: ${median(measured(times.true)).toFixed(1)} ms`;
}

// What is left when something fails here is tidied up at the end, engines before their places.
async function benchFolder(name, { cache, rounds, only }) {
  const { gib, inodes, operations, most = Infinity, ...needs } = FOLDERS[name];
  const place = await makePlace(cache, { gib, inodes });
  const where = place.what;
  const timed = await startStopwatch(cache);
  console.log(`${name}: on ${where}; programs are timed ${timed}`);
  const count = Math.min(rounds, most);
  const peers = only ?? needs.peers;
  const stage = await openStage({
    ...needs,
    ...(peers ? { peers } : {}),
    place,
    cache,
    rounds: count,
  });
  const size = sizeOf(stage.folder);
  const figures = (await operations(stage)) ?? [];
  await stage.close();
  await place.remove();
  const { missing, operations: done } = stage;
  const hash = `${hashedBy()} where content is large`;
  const versions = {
    ...stage.versions,
    hash,
    node: `${process.version} (${await emptyProcess()})`,
  };
  return { where, rounds: count, size, versions, missing, operations: done, figures };
}

async function historyPart({ cache, rounds }) {
  const place = await makePlace(cache, { gib: 1, inodes: 50_000 });
  console.log(`history: on ${place.what}`);
  const { operations } = await benchHistory({ place, rounds });
  await place.remove();
  return { where: place.what, rounds, operations };
}

async function hostPart({ cache, rounds }) {
  const runs = Math.min(rounds, 3);
  const figures = await benchHost({ cache, corpus: 'large', rounds: runs });
  figures.forEach(({ title, value, unit }) =>
    console.log(`  ${title}: ${value.toFixed(0)} ${unit}`),
  );
  return { rounds: runs, figures };
}

/** Measures a part and returns its result. */
export function measurePart(name, options) {
  if (name === 'history') return historyPart(options);
  return name === 'host' ? hostPart(options) : benchFolder(name, options);
}
