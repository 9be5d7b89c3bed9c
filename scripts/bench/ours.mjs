// Snapdir itself: the engine as the editor has it, its threads up and its caches loaded; and the command,
// a process of its own for every call.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { remove } from './place.mjs';
import { atEnd, run } from './run.mjs';

export const root = join(import.meta.dirname, '..', '..');

const require = createRequire(import.meta.url);
const log = { info: () => {}, warn: console.error, error: console.error };

/** Everything is taken: the packages hold ignore files, and a node_modules is all there is. */
export const RULES = { useIgnoreFiles: false, patterns: [], noIgnore: true };

/** Whether the engine's `take` has a parameter; those that are being built are not measured yet. */
export function takeKnows(parameter) {
  const text = readFileSync(join(root, 'src', 'core', 'engineData.ts'), 'utf8');
  const [, body = ''] = /interface TakeParams \{(.*?)\n\}/s.exec(text) ?? [];
  return new RegExp(`^ +(readonly )?${parameter}\\??:`, 'm').test(body);
}

/** An engine for `folder` with its store at `store`. `close` it. */
export function createEngine(folder, store) {
  const entry = join(root, 'out', 'test', 'bench', 'engine.entry.cjs');
  return require(entry).createEngine({
    location: { root: folder, store },
    workerPath: join(root, 'dist', 'engine.cjs'),
    author: 'bench@localhost',
    log,
  });
}

/** Opens an engine, hands it to `work`, closes it. */
export async function withEngine(folder, store, work) {
  const engine = createEngine(folder, store);
  const close = atEnd(() => engine.close());
  try {
    return await work(engine);
  } finally {
    await close();
  }
}

/** The engine as a contestant: see peers/all.mjs; and what only it can do. */
export function openEngine(dir, folder) {
  const store = join(dir, 'snapdir');
  const relaxed = takeKnows('durability') ? { durability: 'relaxed' } : {};
  const engine = createEngine(folder, store);
  const checkpoints = [];
  const take = async (more = {}) => {
    const { checkpoint } = await engine.take({ trigger: 'manual', rules: RULES, ...more });
    if (checkpoints.at(-1) !== checkpoint.id) checkpoints.push(checkpoint.id);
    return checkpoint;
  };
  const durable = takeKnows('durability') ? { durability: 'durable' } : {};
  const restoreTo = (to) =>
    engine.restoreTo({ rev: 'HEAD', mode: 'at', destination: to }).then(noFailures);
  return {
    name: 'snapdir',
    engine,
    store,
    close: atEnd(() => engine.close()),
    /** The store goes, the threads stay. */
    async reset() {
      checkpoints.length = 0;
      await remove(store);
    },
    first: () => take(relaxed),
    firstDurable: () => take(durable),
    again: () => take(relaxed),
    fromEvents: (paths) => take({ ...relaxed, changed: paths }),
    restore: restoreTo,
    restoreTen: (paths) =>
      engine.restore({ rev: 'HEAD', paths, exact: false, rules: RULES }).then(noFailures),
    /** The last two checkpoints. */
    sides: () => ({ left: checkpoints.at(-2), right: checkpoints.at(-1) }),
    exact: true,
  };
}

function noFailures(result) {
  if (result.failed.length > 0) throw new Error(`restore: ${JSON.stringify(result.failed[0])}`);
  return result;
}

/** The command as a contestant, on a folder of its own: its store is inside. */
export function openCommand(folder) {
  const cli = join(root, 'dist', 'cli.cjs');
  const call = (...args) => run(process.execPath, [cli, ...args], { cwd: folder });
  const take = () => call('take', '--no-ignore', '--quiet', '--yes');
  return {
    name: 'snapdir command',
    reset: () => remove(join(folder, '.snapdir')),
    first: take,
    again: take,
    restore: (to) => call('restore', 'HEAD', '--to', to, '--quiet'),
    restoreTen: (paths) => call('restore', 'HEAD', ...paths, '--yes', '--quiet', '--no-ignore'),
  };
}
