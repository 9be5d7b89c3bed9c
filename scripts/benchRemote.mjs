// `npm run bench:remote [-- COUNT]`: how fast objects of 2 KB come into a Ceph of our own, by the SDK alone in a bare loop
// and by our store over the same SDK, alternating, in one run. Goal: at least 90 % of the bare loop's rate, below 200 MB.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const BYTES = 2048;
const ROUNDS = 3;
const GOAL = 0.9;
const MEMORY_MB = 200;

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
try {
  const width = 8;
  const each = Math.ceil(count / ROUNDS);
  // The first writes make the pools, and warm the code.
  await bench.bareLoop(server, 200, BYTES, width);
  await bench.storeLoop(server, 200, BYTES, width);
  const rates = { bare: [], store: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bench.bareLoop(server, each, BYTES, width);
    const ours = await bench.storeLoop(server, each, BYTES);
    rates.bare.push((each / bare) * 1000);
    rates.store.push((each / ours.ms) * 1000);
    console.log(
      `round ${round + 1}: bare loop (${width} in flight) ${rates.bare.at(-1).toFixed(0)}/s, ` +
        `store (${ours.width} in flight at the end) ${rates.store.at(-1).toFixed(0)}/s`,
    );
  }
  const mean = (list) => list.reduce((sum, rate) => sum + rate, 0) / list.length;
  const share = mean(rates.store) / mean(rates.bare);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${count} objects of ${BYTES} bytes: ${(share * 100).toFixed(0)} % of the bare loop's rate ` +
      `(goal ${GOAL * 100} %), ${peak.toFixed(0)} MB at most (goal ${MEMORY_MB} MB)`,
  );
  process.exitCode = share >= GOAL && peak < MEMORY_MB ? 0 : 1;
} finally {
  ceph.stdin.end();
  await new Promise((done) => ceph.once('exit', done));
}
