// Part "history": ten thousand checkpoints, opened.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createEngine, root } from '../ours.mjs';
import { run } from '../run.mjs';
import { measure } from '../stage.mjs';

const HISTORY = 10_000;

/** A folder whose store has ten thousand checkpoints of one and the same file. */
export async function makeLongHistory(folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'a\n');
  const cli = join(root, 'dist', 'cli.cjs');
  await run(process.execPath, [cli, 'take', folder, '-m', 'first']);
  const records = join(folder, '.snapdir', 'records');
  const [name] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, name), 'utf8'));
  const entry = join(root, 'out', 'test', 'bench', 'makeHistory.entry.cjs');
  const { makeHistory } = createRequire(import.meta.url)(entry);
  makeHistory(records, { id: /-([0-9a-f]{64})\./.exec(name)[1], record }, HISTORY - 1);
}

function opening(name, folder, prepareStore) {
  let engine;
  return {
    name,
    own: true,
    prepare: async () => {
      await prepareStore?.();
      engine = createEngine(folder);
      // The thread is up; the history is not loaded yet.
      await engine.status({});
    },
    run: async () => {
      const { total } = await engine.timeline({ limit: 100 });
      if (total !== HISTORY) throw new Error(`the timeline has ${total} checkpoints`);
    },
    after: () => engine.close(),
  };
}

/** How long the timeline takes: the first time ever, and folded from the cache. */
export async function benchHistory({ place, rounds }) {
  const folder = join(place.dir, 'long');
  await makeLongHistory(folder);
  // Its files, not the folder: that is made with the store, and looking makes none.
  const forget = () => run('find', [join(folder, '.snapdir', 'cache'), '-type', 'f', '-delete']);
  const stage = { place, rounds, operations: [] };
  const ever = opening('snapdir, first time ever', folder, forget);
  await measure(stage, { id: 'timelineFirst', title: 'timeline, first time', contestants: [ever] });
  const later = opening('snapdir', folder);
  const title = 'timeline of 10,000, from the cache';
  await measure(stage, { id: 'timeline', title, contestants: [later], times: 2 });
  return stage;
}
