// What a promotion to a real Ceph takes of the extension host, by clicks in a real window.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../bench/ours.mjs';
import { run } from '../bench/run.mjs';
import { inWindow, PROBE } from './window.mjs';

const BYTES = 2048;
const CHANGED = 10;
const LONGEST_MS = 600_000;
const MB = 1024 * 1024;

/** Of the server: it has a machine of its own wherever it is used, and here it shares the window's cores. */
const NICE = 10;

/** The processes that one has started, and those that they have. */
function processesOf(pid) {
  const children = spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' }).stdout ?? '';
  return [pid, ...children.split('\n').filter(Boolean).flatMap(processesOf)];
}

/** To Linux's scheduler each session may be a group, in which priorities count, and which has one of its own. */
function giveWay(pid) {
  for (const one of processesOf(pid)) {
    try {
      writeFileSync(`/proc/${one}/autogroup`, `${NICE}`);
    } catch {
      // No groups, or it has just ended.
    }
  }
}

/** @returns the server, or why there is none */
async function startCeph() {
  const script = join(root, 'scripts', 'servers', 'ceph.mjs');
  const ceph = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  setPriority(ceph.pid, NICE);
  const line = await new Promise((resolve) =>
    createInterface({ input: ceph.stdout }).once('line', resolve),
  );
  giveWay(ceph.pid);
  const stop = async () => {
    ceph.stdin.end();
    await new Promise((done) => ceph.once('exit', done));
  };
  return { server: JSON.parse(line), stop };
}

/** Promotes the snapshot that is called `title`, as a person does. Milliseconds from the last key to the notification. */
async function promote({ workbench }, title) {
  await workbench.runCommandFromPalette('Snapdir: Promote…');
  await workbench.quickInputPick(title);
  await workbench.quickInputPick('team');
  if (title === 'first') await workbench.quickInputType('main');
  else await workbench.quickInputPick('main');
  const began = Date.now();
  await workbench.waitForNotification('is now "main" in "team"', { timeout: LONGEST_MS });
  const ms = Date.now() - began;
  await workbench.closeNotifications();
  return ms;
}

/** Makes a folder of `count` files, promotes it in a window, then once more with ten of them changed; prints what it took. */
export async function measurePromotion(scratch, folder, count) {
  const bench = createRequire(import.meta.url)(join(root, 'out/test/bench/remote.entry.cjs'));
  const { server, stop } = await startCeph();
  try {
    if (server.skipped ?? server.failed) throw new Error(server.skipped ?? server.failed);
    const seed = bench.newSeed();
    const write = (from, to, as = from) => {
      for (let i = from; i < to; i++) {
        const dir = join(folder, `d${i % 100}`);
        mkdirSync(dir, { recursive: true });
        writeFileSync(join(dir, `${i}.bin`), bench.contentOf(as + i, BYTES, seed));
      }
    };
    // By the same person as in the window: else the snapshots came with the folder.
    const own = { env: { ...process.env, SNAPDIR_HOME: join(scratch, 'home') } };
    const cli = join(root, 'dist/cli.cjs');
    const take = (message) =>
      run(process.execPath, [cli, 'take', folder, '--yes', '-m', message], own);
    write(0, count);
    await take('first');
    write(0, CHANGED, count);
    await take('second');
    const { endpoint, region } = server;
    const bucket = await bench.makeBucket(server);
    const remote = { url: `s3://${bucket}/x`, endpoint, region, auth: 'chain' };
    const env = {
      ...{ AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
      ...{ AWS_PROFILE: '', AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/none' },
    };
    const machineSettings = { 'snapdir.remotes': { team: remote } };
    const window = { scratch, folder, extensions: [root, PROBE], env, machineSettings };
    const figures = await inWindow(window, async (session) => {
      await session.workbench.clickActivityBar('Snapdir');
      return { first: await promote(session, 'first'), again: await promote(session, 'second') };
    });
    process.stdout.write(
      `${count} files of ${BYTES} bytes promoted in ${(figures.first / 1000).toFixed(1)} s ` +
        `(${((count / figures.first) * 1000).toFixed(0)}/s), again with ${CHANGED} changed: ${figures.again} ms.\n` +
        `The extension host's loop was blocked for ${figures.block[0].toFixed(1)} ms at most, ` +
        `${figures.own[0].toFixed(1)} ms without waiting for a core (goal 50), ${figures.over} times over 50.\n` +
        `Memory of the extension host: ${(figures.before / MB).toFixed(0)} MB before, ` +
        `${(figures.rss / MB).toFixed(0)} MB at most while it promoted.\n`,
    );
  } finally {
    await stop();
  }
}
