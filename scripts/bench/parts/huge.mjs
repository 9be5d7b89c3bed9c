// Part "huge": 489,000 files. What matters there: an unchanged look, ten edits, and how much memory it takes.
import { join } from 'node:path';
import { root } from '../ours.mjs';
import { cancellable, measureCancel } from '../cancel.mjs';
import { manifestAlone } from '../manifestAlone.mjs';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { contestant, find, measure, sessions } from '../stage.mjs';

async function firstOnce(stage) {
  const contestants = sessions(stage).map((one) =>
    contestant(one, one.first, { prepare: one.reset }),
  );
  await measure(stage, { id: 'first', title: 'first take', contestants, times: 0 });
}

async function lookAgain(stage) {
  const { snapdir, peers, folder } = stage;
  await stage.rest();
  const all = [snapdir, ...(peers.git ? [peers.git] : [])];
  for (const one of all) await one.again();
  const again = () => all.map((one) => contestant(one, one.again));
  const status = peers.git
    ? [{ ...contestant(peers.git, peers.git.status), name: 'git status' }]
    : [];
  const contestants = [...again(), find(folder), ...status];
  await measure(stage, { id: 'unchanged', title: 'unchanged', contestants });
  const round = () => stage.edit();
  await measure(stage, { id: 'edits', title: '10 edits', contestants: again(), round });
  const events = contestant(snapdir, () => snapdir.fromEvents(stage.ten));
  await measure(stage, {
    ...{ id: 'events', title: '10 edits, told by the editor', round },
    contestants: [events, manifestAlone(snapdir)],
  });
}

/** The memory of a process of its own that takes the folder twice: MiB. */
async function memory({ folder, place }) {
  const script = join(root, 'scripts', 'bench', 'memory.mjs');
  const args = [script, folder, join(place.dir, 'memory-store')];
  const { start, first, peak } = JSON.parse(await run(process.execPath, args, { output: true }));
  console.log(`  memory: ${start} MiB before, ${first} after, at most ${peak}`);
  const title = 'memory of the engine, at most, over that of an idle process';
  return [{ id: 'memory', title, value: peak - start, unit: 'MiB' }];
}

/** How long cancelled operations go on, at most. */
async function cancelled({ snapdir, place }) {
  const destination = join(place.dir, 'restored');
  const emptied = () => remove(destination);
  const found = await measureCancel(cancellable(snapdir.engine, { destination, emptied }));
  await emptied();
  const each = Object.entries(found).map(([name, { points, worst }]) => ({
    ...{ id: `cancel-${name}`, unit: 'ms', value: worst },
    title: `until ${name} ends when it is cancelled, at most (${points} points)`,
  }));
  const value = Math.max(...each.map((one) => one.value));
  const title = 'until anything ends when it is cancelled, at most';
  return [{ id: 'cancel', title, value, unit: 'ms' }, ...each];
}

/** All of it. Returns the figures that are no times. */
export async function hugeOperations(stage) {
  await firstOnce(stage);
  await lookAgain(stage);
  const figures = await cancelled(stage);
  return process.platform === 'linux' ? [...(await memory(stage)), ...figures] : figures;
}
