// A folder with its contestants, and one operation after the other measured on it.
import { freemem } from 'node:os';
import { join } from 'node:path';
import { placeCorpus } from './corpus.mjs';
import { edit, rest, tenFiles } from './edits.mjs';
import { duration, interleave, measured, median } from './figures.mjs';
import { openCommand, openEngine, openWasmEngine } from './ours.mjs';
import { openPeers } from './peers/all.mjs';
import { settle, trim } from './place.mjs';
import { programTime, run } from './run.mjs';

const GIB = 2 ** 30;

/**
 * Lays a corpus out in a place and opens who is measured on it: us, and the peers with these names.
 * `command`: also the command, on a copy of the folder. `touch`: GiB of memory to touch before each
 * timed run that writes much; see `touchMemory`.
 */
export async function openStage({
  corpus,
  place,
  cache,
  rounds,
  peers,
  command = true,
  touch = 0,
}) {
  const folder = join(place.dir, 'folder');
  const copy = join(place.dir, 'copy');
  await placeCorpus(cache, corpus, folder);
  if (command) await run('cp', ['-a', folder, copy]);
  const found = await openPeers(place.dir, folder, peers);
  const snapdir = openEngine(place.dir, folder);
  const wasm = openWasmEngine(place.dir, folder);
  return {
    ...{ corpus, place, rounds, folder, copy, touch, snapdir },
    ...(command ? { command: openCommand(copy) } : {}),
    ...(wasm ? { wasm } : {}),
    peers: found.open,
    missing: found.skipped,
    versions: found.versions,
    ten: tenFiles(folder),
    /** Edits the ten files wherever somebody looks at them. */
    edit() {
      edit(folder, this.ten);
      if (command) edit(copy, this.ten);
    },
    rest: async () => {
      await settle(place.dir);
      await rest();
    },
    operations: [],
    close: () => Promise.all([snapdir.close(), wasm?.close()]),
  };
}

/**
 * Virtual machines hand unused memory back to their host, and the first touch of a page is slow then:
 * the second contestant would be faster than the first. So the memory is touched before each.
 */
async function touchMemory(gib) {
  const bytes = Math.min(gib * GIB, Math.floor(freemem() / 2));
  if (bytes > 0) await run(process.execPath, ['-e', `Buffer.alloc(${bytes}, 1)`]);
}

/** Reads every file, so that nobody starts with a cold page cache. */
const warm = (folder) =>
  run('grep', ['-rqs', 'no file has this line, 7e1c0', folder]).catch(() => {});

/**
 * Measures one operation and keeps the result in the stage. `contestants`: see `interleave`; those without `run`
 * are left out, with `why` as the reason where there is one. `heavy`: memory is touched before.
 */
export async function measure(stage, { id, title, contestants, times = 1, heavy = false, round }) {
  const able = contestants.filter((one) => one.run !== undefined);
  const before = async () => {
    if (heavy) await touchMemory(stage.touch);
    await settle(stage.place.dir);
  };
  const rounds = Math.max(1, Math.round(stage.rounds * times));
  const result = await interleave(rounds, able, { round, before });
  await trim(stage.place.dir);
  const unable = contestants.filter((one) => one.run === undefined && one.why !== undefined);
  const why = Object.fromEntries(unable.map((one) => [one.name, one.why]));
  const operation = { id, title, times: result.times, skipped: { ...why, ...result.skipped } };
  stage.operations.push(operation);
  const all = Object.entries(operation.times).filter(([, list]) => measured(list).length > 0);
  const line = all.map(([name, list]) => `${name} ${duration(median(measured(list)))}`).join(' · ');
  console.log(`  ${title}: ${line}`);
  for (const [name, reason] of Object.entries(operation.skipped)) {
    console.log(`    skipped: ${name}: ${reason}`);
  }
}

/** A contestant out of a session and one of its functions; nothing to run where it has none. */
export function contestant(session, action, more = {}) {
  const { name } = session;
  const evicts = session.evicts === true;
  // The engine is no program; it is here.
  const clock = session.engine === undefined ? { elapsed: programTime } : {};
  return {
    name,
    own: name.startsWith('snapdir'),
    ...clock,
    ...(action === undefined ? {} : { run: action }),
    ...more,
    ...(evicts && more.folder !== undefined ? { after: () => warm(more.folder) } : {}),
  };
}

/** Who is measured, us first: sessions. */
export function sessions(stage) {
  const { snapdir, command, peers } = stage;
  return [snapdir, ...(command === undefined ? [] : [command]), ...Object.values(peers)];
}

/** Throws unless two folders hold the same bytes under the same names. */
export async function checkSame(left, right) {
  await run('diff', ['-rq', '--no-dereference', '-x', '.snapdir', left, right], { output: true });
}

/** Gives back what nobody needs any longer. */
export async function dropPeer(stage, name) {
  await stage.peers[name]?.reset();
}

/** A look at everything with the stat of each file: what any tool without a watcher has to do. */
export const find = (folder) => ({
  name: 'find',
  elapsed: programTime,
  run: () => run('find', [folder, '-printf', '%p %s %T@ %m\\n']),
});
