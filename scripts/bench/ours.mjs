// Snapdir itself: the engine as the editor has it, its threads up and its caches loaded; and the command,
// a process of its own for every call.
import { cpSync, existsSync, readFileSync } from 'node:fs';
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

const dist = join(root, 'dist');

/** Who hashes large content. */
export const hashedBy = () => (existsSync(join(dist, 'blake3.node')) ? 'native' : 'WASM');

/** An engine for `folder` with its store at `store`, out of the bundles in `from`. `close` it. */
export function createEngine(folder, store, from = dist) {
  const entry = join(root, 'out', 'test', 'bench', 'engine.entry.cjs');
  return require(entry).createEngine({
    location: { root: folder, store },
    workerPath: join(from, 'engine.cjs'),
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
export function openEngine(dir, folder, { name = 'snapdir', from = dist } = {}) {
  const store = join(dir, name.replace(/\W+/g, '-'));
  const relaxed = takeKnows('durability') ? { durability: 'relaxed' } : {};
  const engine = createEngine(folder, store, from);
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
    ...{ name },
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

/** The engine without native code, as the package for every platform has it; undefined where there is no other. */
export function openWasmEngine(dir, folder) {
  if (hashedBy() === 'WASM') return undefined;
  const from = join(dir, 'wasm');
  for (const bundle of ['engine.cjs', 'helper.cjs']) cpSync(join(dist, bundle), join(from, bundle));
  return openEngine(dir, folder, { name: 'snapdir, WASM', from });
}

function noFailures(result) {
  if (result.failed.length > 0) throw new Error(`restore: ${JSON.stringify(result.failed[0])}`);
  return result;
}

/** The command as a contestant, on a folder of its own: its store is inside. */
export function openCommand(folder) {
  const cli = join(dist, 'cli.cjs');
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
