// Memory is a process's: what other tests left would count, too.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { sharedState } from '../../../src/engine/jobs/sharedJob';
import { HelperThreads } from '../../../src/engine/worker/helperThreads';

const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MiB of what this thread made and some thread still holds. */
function heldMiB(): number {
  collect();
  return process.memoryUsage().arrayBuffers / MIB;
}

/** Hands over a job with so much memory, and waits until it is done. */
async function handOver(helpers: HelperThreads, bytes: number): Promise<void> {
  const ballast = new Uint8Array(new SharedArrayBuffer(bytes));
  const result = new Int32Array(new SharedArrayBuffer(4));
  const work = { kind: 'sync', path: resolve('no such folder'), result };
  helpers.start({ ...sharedState(1), ...work, nested: { ballast } });
  while (Atomics.load(result, 0) === 0) {
    await sleep(1);
  }
}

/** How many there are when there was a job, when there was none for a while, and when there is one again, which is done. */
async function counts(): Promise<number[]> {
  let alive = 0;
  process.on('worker', (worker) => {
    alive++;
    worker.once('exit', () => alive--);
  });
  const helpers = new HelperThreads(resolve('dist', 'helper.cjs'), 2, true, 2000);
  const counted: number[] = [];
  for (let time = 0; time < 2; time++) {
    await handOver(helpers, 1);
    counted.push(alive);
    for (let tries = 0; tries < 600 && alive > 0; tries++) {
      await sleep(50);
    }
    counted.push(alive);
  }
  return counted;
}

/**
 * How many MiB are held by a helper that was handed enough, and by its successor; how many helpers there were after a
 * renewal that is not due, after one that is, and after one more job, and whether the first one is gone then.
 */
async function main(): Promise<
  Record<'held' | 'early' | 'due' | 'gone' | 'renewed' | 'again', number>
> {
  const workers: Worker[] = [];
  process.on('worker', (worker) => workers.push(worker));
  const helpers = new HelperThreads(resolve('dist', 'helper.cjs'), 1, true);
  const before = heldMiB();
  const since = (): number => heldMiB() - before;
  // A helper collects now and then: by its own small objects, and after some seconds of rest, which a busy machine brings.
  for (let tries = 0; tries < 200 && since() < 24; tries++) {
    await handOver(helpers, 8 * MIB);
  }
  const held = since();
  let gone = 0;
  workers[0]!.once('exit', () => gone++);
  helpers.renew(20_000 * MIB);
  await sleep(100);
  const early = workers.length;
  helpers.renew(16 * MIB);
  // Helpers do not keep the process alive.
  for (let tries = 0; tries < 1000 && gone === 0; tries++) {
    await sleep(20);
  }
  const due = workers.length;
  const renewed = since();
  await handOver(helpers, 1);
  return { held, early, due, gone, renewed, again: workers.length };
}

const figures = process.argv[2] === 'rest' ? counts() : main();
void figures.then((found) => {
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
});
