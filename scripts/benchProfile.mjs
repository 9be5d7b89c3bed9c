// `npm run bench:profile -- [OPERATION…] [small|large]`: where the time of an operation goes. Self time by function in
// each thread, and system calls by count and time where there is strace. `gaps`: all operations of the page on the large
// folder, without system calls; kept for the page (`gaps small`: only shown).
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeCorpus } from './bench/corpus.mjs';
import { rest } from './bench/edits.mjs';
import { gapsTable } from './bench/gaps.mjs';
import { root } from './bench/ours.mjs';
import { missing } from './bench/peers/tool.mjs';
import { makePlace, remove } from './bench/place.mjs';
import { parseSummary } from './bench/profile/calls.mjs';
import { CLASSES, classTimes, selfTimes } from './bench/profile/cpu.mjs';
import { saveProfiles } from './bench/results.mjs';
import { end, interrupted, run, tidyOnSignals } from './bench/run.mjs';
import { runOnVSCodesNode, withoutNode } from './bench/vscodeNode.mjs';

const cache = join(root, '.bench');
const work = join(root, 'scripts', 'bench', 'profile', 'work.mjs');
/** How often each is done: enough for the profiler to see it. */
const OPERATIONS = {
  ...{ take: 3, unchanged: 20, edits: 20, events: 20, restore: 3, restoreTen: 10 },
  ...{ compare: 10, verify: 5 },
};
const GAPS = 'gaps';
const ROOM = { small: { gib: 3, inodes: 400_000 }, large: { gib: 8, inodes: 1_200_000 } };
const SHOWN = 15;

function parse(args) {
  if (args[0] === GAPS) {
    // On another folder than the page's it only shows that it works: nothing is kept.
    const corpus = args[1] ?? 'large';
    if (!(corpus in ROOM)) throw new Error(`there is no folder "${corpus}"`);
    return { corpus, operations: Object.keys(OPERATIONS), gaps: true };
  }
  const unknown = args.find((arg) => !(arg in OPERATIONS) && !(arg in ROOM));
  if (unknown !== undefined) {
    const known = [...Object.keys(OPERATIONS), GAPS, ...Object.keys(ROOM)].join(', ');
    throw new Error(`there is no "${unknown}"; there are ${known}`);
  }
  const corpus = args.find((arg) => arg in ROOM) ?? 'small';
  const chosen = args.filter((arg) => arg in OPERATIONS);
  return {
    corpus,
    operations: chosen.length > 0 ? chosen : ['take', 'unchanged', 'restore'],
    gaps: false,
  };
}

function printThread(profile, index) {
  const { total, idle, functions } = selfTimes(profile, root);
  const busy = total - idle;
  console.log(`\n  thread ${index}: ${busy.toFixed(0)} ms busy of ${total.toFixed(0)}`);
  for (const { place, ms } of functions.slice(0, SHOWN).filter((one) => one.ms >= busy / 200)) {
    console.log(
      `    ${ms.toFixed(1).padStart(9)} ms  ${((100 * ms) / busy).toFixed(1).padStart(5)} %  ${place}`,
    );
  }
}

async function profileThreads(name, args, scratch) {
  const dir = join(scratch, 'profiles');
  await remove(dir);
  const flags = ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--cpu-prof-interval=250'];
  const said = await run(process.execPath, [...flags, work, ...args], { output: true });
  const { ms } = JSON.parse(said);
  const count = Number(args.at(-1));
  console.log(`\n${name}, ${count} times, ${ms.toFixed(1)} ms each`);
  // Their names end with the number of the thread: the caller's first, which only waits, then the engine's and
  // the helpers'.
  const files = readdirSync(dir).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const profiles = files.slice(1).map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')));
  profiles.forEach((profile, index) => printThread(profile, index + 1));
  return { operation: name, ms, threads: sumThreads(profiles, count) };
}

/** Engines that were opened anew have threads of their own: each run's first, and the helpers together. */
function sumThreads(profiles, count) {
  const times = profiles.map(classTimes);
  return Object.fromEntries(
    CLASSES.map((name) => [name, times.reduce((sum, one) => sum + one[name], 0) / count]),
  );
}

async function countCalls(args, scratch) {
  const why = await missing({ command: 'strace', debian: 'strace' });
  if (why !== undefined) {
    console.log(`\n  system calls: skipped: ${why}`);
    return;
  }
  const file = join(scratch, 'strace');
  await run('strace', ['-c', '-f', '-o', file, process.execPath, work, ...args]);
  console.log(
    '\n  system calls of all threads, with the start of the process, under strace (which slows them);\n  those that wait are left out',
  );
  const waiting = ['futex', 'epoll_pwait', 'epoll_wait', 'wait4', 'poll'];
  const calls = parseSummary(readFileSync(file, 'utf8'));
  for (const one of calls.filter(({ name }) => !waiting.includes(name)).slice(0, SHOWN)) {
    const { name, calls: count, errors, seconds, micros } = one;
    const failed = errors > 0 ? `  ${errors} failed` : '';
    console.log(
      `    ${String(count).padStart(9)} × ${name.padEnd(16)} ${(seconds * 1000).toFixed(0).padStart(7)} ms ${String(micros).padStart(6)} µs each${failed}`,
    );
  }
}

async function profile(name, { folder, place, count, gaps }) {
  const dir = join(place.dir, 'work');
  const fresh = async () => {
    await remove(dir);
    mkdirSync(dir);
    if (name === 'take') return;
    await rest();
    await run(process.execPath, [work, 'prepare', folder, dir, '1']);
  };
  await fresh();
  const found = await profileThreads(name, [name, folder, dir, String(count)], place.dir);
  if (!gaps) {
    await fresh();
    await countCalls([name, folder, dir, '1'], place.dir);
  }
  return found;
}

async function main(args) {
  const { corpus, operations, gaps } = parse(withoutNode(args));
  const built = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  const tests = spawnSync(process.execPath, ['esbuild.mjs', '--tests'], { cwd: root });
  if (built.status !== 0 || tests.status !== 0) throw new Error('the build failed');
  mkdirSync(cache, { recursive: true });
  const place = await makePlace(cache, ROOM[corpus]);
  console.log(`${corpus}, on ${place.what}`);
  const folder = join(place.dir, 'folder');
  await placeCorpus(cache, corpus, folder);
  const found = [];
  for (const name of operations) {
    found.push(await profile(name, { folder, place, count: OPERATIONS[name], gaps }));
  }
  if (gaps && corpus === 'large') await saveProfiles(cache, found);
  if (gaps) console.log(`\n${gapsTable(found)}`);
}

tidyOnSignals();
try {
  const args = process.argv.slice(2);
  const status = await runOnVSCodesNode(args);
  if (status === undefined) await main(args);
  else process.exitCode = status;
} catch (error) {
  if (!interrupted()) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  }
} finally {
  if (!interrupted()) await end();
}
