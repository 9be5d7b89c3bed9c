// Parts "small", "large" and "quick": folders of many small files, every operation, every peer.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestAlone } from '../manifestAlone.mjs';
import { createEngine, RULES, takeKnows, withEngine } from '../ours.mjs';
import { missing } from '../peers/tool.mjs';
import { remove } from '../place.mjs';
import { programTime, run } from '../run.mjs';
import { checkSame, contestant, dropPeer, find, measure, sessions } from '../stage.mjs';

const NOT_BUILT = (parameter) => `not built: the engine's take has no "${parameter}" yet`;
/** These take seconds where others take milliseconds, and nobody waits for their tenth round. */
const SLOW = ['restic', 'borg', 'rsync --link-dest', 'ostree'];
/** Seconds each, and far from any goal's edge: of first takes and restores every second round has to do. */
const ASIDE = [
  'snapdir, WASM',
  'restic',
  'borg',
  'rsync --link-dest',
  'ostree',
  'cp -a',
  'snapdir command',
];

/** With the engine that has no native code, too: what that is worth shows where much is hashed. */
const withWasm = (stage) => [...sessions(stage), ...(stage.wasm ? [stage.wasm] : [])];

/** The first take: into a store that does not exist yet. */
export async function firstTakes(stage) {
  const { snapdir, command, peers } = stage;
  const built = takeKnows('durability');
  const relaxed = withWasm(stage).map((one) => {
    const missing = one === snapdir && !built;
    const action = missing ? undefined : one.first;
    const why = missing ? NOT_BUILT('durability') : undefined;
    const every = ASIDE.includes(one.name) ? 2 : 1;
    return contestant(one, action, { every, prepare: one.reset, why, folder: stage.folder });
  });
  await snapdir.first();
  await measure(stage, { id: 'first', title: 'first take', contestants: relaxed, heavy: true });
  await dropPeer(stage, 'cp -a');
  const limit = peers['C program'];
  const durable = [
    contestant(snapdir, snapdir.firstDurable, { prepare: snapdir.reset }),
    ...(limit ? [contestant(limit, limit.firstDurable, { prepare: limit.reset })] : []),
    ...(peers.git ? [contestant(peers.git, peers.git.first, { prepare: peers.git.reset })] : []),
  ];
  const title = 'first take, on disk when it is done';
  await measure(stage, { id: 'firstDurable', title, contestants: durable, heavy: true });
  await checkStore(stage);
  await command?.again();
}

async function checkStore({ snapdir }) {
  const { problems, objects } = await snapdir.engine.verify({ full: false });
  if (problems.length > 0 || objects === 0) {
    throw new Error(`the store is not whole: ${JSON.stringify(problems[0] ?? 'no objects')}`);
  }
}

/** Everything into an empty folder, every byte of it verified by us and the C program. */
export async function restoreAll(stage) {
  const to = join(stage.place.dir, 'restored');
  const contestants = withWasm(stage).map((one) => {
    const prepare = () => remove(to);
    const action = one.restore && (() => one.restore(to));
    const every = ASIDE.includes(one.name) ? 2 : 1;
    return contestant(one, action, { prepare, every });
  });
  await measure(stage, { id: 'restore', title: 'restore all', contestants, heavy: true });
  for (const one of withWasm(stage).filter((session) => session.exact)) {
    await remove(to);
    await one.restore(to);
    await checkSame(stage.folder, to);
  }
  await remove(to);
  await stage.wasm?.reset();
}

/** A take when nothing has changed. */
export async function unchanged(stage) {
  const { snapdir, folder, peers } = stage;
  await snapdir.again();
  await stage.rest();
  await Promise.all([snapdir.again(), stage.command?.again(), peers.git?.again()]);
  const opened = () =>
    withEngine(folder, snapdir.store, (engine) => engine.take({ trigger: 'manual', rules: RULES }));
  const again = sessions(stage).map((one) => {
    const every = SLOW.includes(one.name) ? 4 : 1;
    return contestant(one, one.again, { every, prepare: one.tidy, folder });
  });
  const contestants = [
    ...again,
    { name: 'snapdir, just opened', own: true, run: opened },
    find(folder),
    // What a command pays before it can begin.
    {
      name: 'node, doing nothing',
      elapsed: programTime,
      run: () => run(process.execPath, ['-e', '0']),
    },
    ...(peers.git ? [{ ...contestant(peers.git, peers.git.status), name: 'git status' }] : []),
  ];
  await measure(stage, { id: 'unchanged', title: 'unchanged', contestants, times: 2 });
}

/** A take after ten edits, found by looking; and with the editor's word for what changed. */
export async function tenEdits(stage) {
  const { snapdir, peers, folder } = stage;
  const contestants = sessions(stage).map((one) => {
    const every = SLOW.includes(one.name) ? 4 : 1;
    return contestant(one, one.again, { every, prepare: one.tidy, folder });
  });
  const round = () => stage.edit();
  await measure(stage, { id: 'edits', title: '10 edits', contestants, times: 2, round });
  await compareTwo(stage);
  const known = takeKnows('changed');
  const why = known ? undefined : NOT_BUILT('changed');
  const events = [
    contestant(snapdir, known ? () => snapdir.fromEvents(stage.ten) : undefined, { why }),
    manifestAlone(snapdir),
    ...(peers.git ? [contestant(peers.git, known ? peers.git.again : undefined)] : []),
  ];
  const title = '10 edits, told by the editor';
  await measure(stage, { id: 'events', title, contestants: events, times: 2, round });
}

/** Two snapshots with ten changes between them. */
async function compareTwo(stage) {
  const { snapdir, folder, peers } = stage;
  const sides = { ...snapdir.sides(), rules: RULES };
  const { counts } = await snapdir.engine.compare(sides);
  if (counts.modified !== stage.ten.length) throw new Error(`compare: ${JSON.stringify(counts)}`);
  let engine;
  const fresh = {
    prepare: async () => {
      engine = createEngine(folder, snapdir.store);
      await engine.status({});
    },
    run: () => engine.compare(sides),
    after: () => engine.close(),
  };
  const contestants = [
    { name: 'snapdir', own: true, run: () => snapdir.engine.compare(sides) },
    { name: 'snapdir, first time', own: true, ...fresh },
    ...(peers.git ? [contestant(peers.git, peers.git.compare)] : []),
  ];
  const title = 'compare two snapshots, 10 changes';
  await measure(stage, { id: 'compare', title, contestants, times: 4 });
}

/** Ten files back in place, over edits. */
export async function restoreTen(stage) {
  const prepare = () => stage.edit();
  const contestants = sessions(stage).map((one) => {
    const every = SLOW.includes(one.name) ? 2 : 1;
    const action = one.restoreTen && (() => one.restoreTen(stage.ten));
    return contestant(one, action, { prepare, every });
  });
  await stage.snapdir.again();
  await measure(stage, { id: 'restoreTen', title: 'restore 10 files', contestants });
}

const PIPE = 'find "$1" -type f -print0 | xargs -0 -P2 -n 2000 b3sum --num-threads 1';

/** Every byte of every object against its checksum. */
export async function verifyAll(stage) {
  const { snapdir, place } = stage;
  const list = join(place.dir, 'objects.list');
  const objects = join(snapdir.store, '.objects');
  const names = await run('find', [objects, '-type', 'f', '-print0'], { output: true });
  writeFileSync(list, names);
  const tool = await missing({ command: 'b3sum', debian: 'b3sum' });
  const b3sum = ['-0', '-P2', '-n', '2000', 'b3sum', '--num-threads', '1'];
  const contestants = [
    { name: 'snapdir', own: true, run: () => verifyOrThrow(snapdir.engine) },
    {
      name: 'b3sum in 2 processes',
      elapsed: programTime,
      ...(tool === undefined ? { run: () => run('xargs', b3sum, { stdin: list }) } : { why: tool }),
    },
    {
      // We are given no list of the files either.
      name: 'find, and b3sum in 2 processes',
      elapsed: programTime,
      ...(tool === undefined
        ? { run: () => run('sh', ['-c', PIPE, 'sh', objects]) }
        : { why: tool }),
    },
  ];
  await measure(stage, { id: 'verify', title: 'verify every byte', contestants });
}

async function verifyOrThrow(engine) {
  const { problems } = await engine.verify({ full: true });
  if (problems.length > 0) throw new Error(`verify: ${JSON.stringify(problems[0])}`);
}

/** All of it, in an order in which each finds what it needs. */
export async function treeOperations(stage) {
  await firstTakes(stage);
  await verifyAll(stage);
  await restoreAll(stage);
  await unchanged(stage);
  await tenEdits(stage);
  await restoreTen(stage);
}
