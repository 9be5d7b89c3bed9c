// `npm run bench:remote [-- COUNT [ROUNDS]]`: how fast objects of 2 KB come into a Ceph of our own, by the SDK alone in a
// bare loop, by our store over the same SDK, and by promotion as a whole (the engine's threads, hashing, the journal). A
// round is loop, store, loop, promotion, loop: what this machine does meanwhile meets all three alike, and the medians of
// the rounds' shares count. Then a promotion to a folder and one to Git, for how long they hold up their thread.
// Goals: 90 % of the bare loop's rate, below 200 MB over a process of Node that does nothing while it promotes, never over
// 50 ms; promoted again with ten files changed: 20 requests.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const BYTES = 2048;
const ROUNDS = 3;
const GOALS = { share: 0.9, memoryMb: 200, requests: 20, blockedMs: 50 };
/** In flight in the bare loop: what our store begins with, and twice that. The better of the two counts. */
const WIDTHS = [8, 16];
/** Objects for the stores that are not on the network. */
const LOCAL = 20_000;

if (!process.env.NO_BUILD)
  // As people get it: smaller bundles take less memory.
  for (const flags of [['--production'], ['--tests']]) {
    const built = spawnSync(process.execPath, ['esbuild.mjs', ...flags], {
      cwd: root,
      stdio: 'inherit',
    });
    if (built.status !== 0) process.exit(1);
  }
const count = Number(process.argv[2] ?? 50_000);
const rounds = Number(process.argv[3] ?? ROUNDS);
const bench = createRequire(import.meta.url)('../out/test/bench/remote.entry.cjs');
const script = join(root, 'scripts', 'servers', 'ceph.mjs');
const ceph = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
const line = await new Promise((resolve) =>
  createInterface({ input: ceph.stdout }).once('line', resolve),
);
const server = JSON.parse(line);
if (server.skipped ?? server.failed) {
  console.log(`bench:remote: ${server.skipped ?? server.failed}`);
  process.exit(1);
}

/** A process of its own, so that its memory is nobody else's. */
async function promotion(count, kind) {
  const entry = join(root, 'out', 'test', 'bench', 'promotion.entry.cjs');
  const bucket = await bench.makeBucket(server);
  const options = JSON.stringify({ server, bucket, count, bytes: BYTES, kind });
  const child = spawn(process.execPath, [entry, options], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.once('close', () => {
      if (out === '') reject(new Error('the promotion failed'));
      else resolve(JSON.parse(out));
    });
  });
}

/** MB of a process of Node that does nothing, which every process of the editor's has anyway. */
const idle = Number(
  spawnSync(process.execPath, ['-p', 'process.resourceUsage().maxRSS / 1024'], {
    encoding: 'utf8',
  }).stdout,
);

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const words = ({ beforeMs, afterMs, taking, promoting, promotingAgain, blocked, working, again }) =>
  `${seconds(beforeMs)} until the first object, ${seconds(afterMs)} after the last; promoted again: ${again.requests} requests, ${again.ms.toFixed(0)} ms; at most ` +
  `${taking.toFixed(0)} MB while the snapshot was taken, ${promoting.toFixed(0)} while it was promoted, ${promotingAgain.toFixed(0)} then; its thread held up for ${blocked.toFixed(0)} ms at most (${working.toFixed(0)} without waiting for a core)`;

/** One round of `each` objects each way. @returns rates, objects a second */
async function round(each) {
  const third = Math.ceil(each / (WIDTHS.length * 3));
  const ms = WIDTHS.map(() => 0);
  const bare = async () => {
    for (const [at, width] of WIDTHS.entries())
      ms[at] += await bench.bareLoop(server, third, BYTES, width);
  };
  await bare();
  const store = await bench.storeLoop(server, each, BYTES);
  await bare();
  const whole = await promotion(each, 's3');
  await bare();
  return {
    bare: ms.map((one) => (third * 3000) / one),
    store: (each / store.ms) * 1000,
    promotion: (each / whole.ms) * 1000,
    whole,
  };
}

try {
  // The first writes make the pools, and warm the code.
  await bench.bareLoop(server, 200, BYTES, WIDTHS[0]);
  await bench.storeLoop(server, 200, BYTES, WIDTHS[0]);
  const shares = { store: [], promotion: [] };
  const promotions = [];
  for (let n = 1; n <= rounds; n++) {
    const { bare, store, promotion, whole } = await round(Math.ceil(count / rounds));
    const best = Math.max(...bare);
    shares.store.push(store / best);
    shares.promotion.push(promotion / best);
    promotions.push(whole);
    const loops = bare.map((rate, at) => `${rate.toFixed(0)}/s (${WIDTHS[at]} in flight)`);
    console.log(
      `round ${n}: bare loop ${loops.join(', ')}, store ${store.toFixed(0)}/s, promotion ` +
        `${promotion.toFixed(0)}/s (${whole.width} in flight at the end); ${words(whole)}; load ${loadavg()[0].toFixed(1)}`,
    );
  }
  for (const kind of ['file', 'git']) {
    const whole = await promotion(Math.min(count, LOCAL), kind);
    promotions.push({ ...whole, promoting: 0, promotingAgain: 0 });
    console.log(`${Math.min(count, LOCAL)} objects to ${kind}: ${words(whole)}`);
  }
  const most = (of) => Math.max(...promotions.map(of));
  const [store, whole] = [median(shares.store), median(shares.promotion)];
  const [peak, requests, blocked] = [
    most((one) => Math.max(one.promoting, one.promotingAgain)) - idle,
    most((one) => one.again.requests),
    most((one) => one.blocked),
  ];
  const working = most((one) => one.working);
  console.log(
    `${count} objects of ${BYTES} bytes in ${rounds} rounds: the store ${percent(store)}, promotion ${percent(whole)} ` +
      `of the bare loop's rate (goal ${percent(GOALS.share)}); ${requests} requests to promote again (goal ` +
      `${GOALS.requests}); ${peak.toFixed(0)} MB over the ${idle.toFixed(0)} of an idle process at most (goal ${GOALS.memoryMb}); held up for ${blocked.toFixed(0)} ms at most, ${working.toFixed(0)} without waiting for a core (goal ${GOALS.blockedMs})`,
  );
  const reached =
    Math.min(store, whole) >= GOALS.share &&
    peak < GOALS.memoryMb &&
    requests <= GOALS.requests &&
    blocked <= GOALS.blockedMs;
  process.exitCode = reached ? 0 : 1;
} finally {
  ceph.stdin.end();
  await new Promise((done) => ceph.once('exit', done));
}
