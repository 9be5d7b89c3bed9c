// `npm run bench:remote [-- COUNT]`: how fast objects of 2 KB come into a Ceph of our own, by the SDK alone in a bare loop
// by our store over the same SDK, and by promotion as a whole (the engine's threads, hashing, the journal), alternating, in
// one run. Goals: at least 90 % of the bare loop's rate, below 200 MB; promoted again with ten files changed: 20 requests.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const BYTES = 2048;
const ROUNDS = 3;
const GOAL = 0.9;
const MEMORY_MB = 200;
const REQUESTS = 20;

if (!process.env.NO_BUILD)
  for (const flags of [[], ['--tests']]) {
    const built = spawnSync(process.execPath, ['esbuild.mjs', ...flags], {
      cwd: root,
      stdio: 'inherit',
    });
    if (built.status !== 0) process.exit(1);
  }
const count = Number(process.argv[2] ?? 50_000);
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
function promotion(count) {
  const entry = join(root, 'out', 'test', 'bench', 'promotion.entry.cjs');
  const options = JSON.stringify({ server, count, bytes: BYTES });
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

try {
  const width = 8;
  const each = Math.ceil(count / ROUNDS);
  // The first writes make the pools, and warm the code.
  await bench.bareLoop(server, 200, BYTES, width);
  await bench.storeLoop(server, 200, BYTES, width);
  const rates = { bare: [], store: [], promotion: [] };
  const promotions = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bench.bareLoop(server, each, BYTES, width);
    const ours = await bench.storeLoop(server, each, BYTES);
    rates.bare.push((each / bare) * 1000);
    rates.store.push((each / ours.ms) * 1000);
    const whole = await promotion(each);
    promotions.push(whole);
    rates.promotion.push((each / whole.ms) * 1000);
    console.log(
      `round ${round + 1}: bare loop (${width} in flight) ${rates.bare.at(-1).toFixed(0)}/s, ` +
        `store (${ours.width} in flight at the end) ${rates.store.at(-1).toFixed(0)}/s, ` +
        `promotion (${whole.width} in flight at the end) ${rates.promotion.at(-1).toFixed(0)}/s; ` +
        `promoted again: ${whole.again.requests} requests, ${whole.again.ms.toFixed(0)} ms; ` +
        `${whole.before.toFixed(0)} MB before, ${whole.peak.toFixed(0)} MB at most; ` +
        `load ${loadavg()[0].toFixed(1)}`,
    );
  }
  const mean = (list) => list.reduce((sum, rate) => sum + rate, 0) / list.length;
  const most = (of) => Math.max(...promotions.map(of));
  const shares = {
    store: mean(rates.store) / mean(rates.bare),
    promotion: mean(rates.promotion) / mean(rates.bare),
  };
  const peak = most((one) => one.peak);
  const requests = most((one) => one.again.requests);
  console.log(
    `${count} objects of ${BYTES} bytes in ${ROUNDS} rounds: the store ${(shares.store * 100).toFixed(0)} %, promotion ` +
      `${(shares.promotion * 100).toFixed(0)} % of the bare loop's rate (goal ${GOAL * 100} %); ${requests} requests ` +
      `to promote again (goal ${REQUESTS}); ${peak.toFixed(0)} MB at most (goal ${MEMORY_MB} MB)`,
  );
  const fast = Math.min(shares.store, shares.promotion) >= GOAL;
  process.exitCode = fast && peak < MEMORY_MB && requests <= REQUESTS ? 0 : 1;
} finally {
  ceph.stdin.end();
  await new Promise((done) => ceph.once('exit', done));
}
