import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../src/cli/errorWords';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { directEngine, everything } from '../support/directEngine';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { Agent, type AgentError } from './support/agent';
import { lookAfterwards } from './support/afterwards';
import { filesIn } from './support/diskView';
import { mount, unmount, whyNoMounts } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { forget } from './support/killable';
import { Random } from './support/random';
import type { Files } from './support/workload';

/**
 * T5, second part: disks that are too small, by bytes and by number of files, and disks that become
 * read-only. Nothing is simulated: each is a file system of its own in memory.
 */

/** Larger than any of what is tried: on it everything works again. */
const ENOUGH = 'size=200m,nr_inodes=100000';

const why = whyNoMounts('mount', 'umount');
const skipped = why === undefined ? '' : ` (skipped: ${why})`;

/** About 450 KB in 60 files. */
function template(): string {
  const small = Array.from({ length: 56 }, (_, n): [string, string] => [
    `d${n % 4}/f${n}`,
    `file ${n} `.repeat(n * 5),
  ]);
  return fileTree(tempDir(), { ...Object.fromEntries(small), 'large.bin': 'x'.repeat(300_000) });
}

interface Tally {
  done: number;
  full: number;
  told: number;
  broken: string[];
}

/** One disk: the folder fits, what a take needs beside it may not. */
function takeOn(options: string, from: string, second: boolean, tally: Tally): void {
  const at = mount(join(tempDir(), 'disk'), '-t', 'tmpfs', '-o', ENOUGH, 'none');
  const root = join(at, 'folder');
  const durable = new Map<string, Files>();
  const broken: string[] = [];
  const engine = directEngine(root);
  const take = (): string =>
    engine.take({ trigger: 'manual', rules: everything }, quietControl).checkpoint.id;
  try {
    mkdirSync(root);
    cpSync(from, root, { recursive: true });
    if (second) {
      durable.set(take(), filesIn(root));
      fileTree(root, { 'd0/f0': 'edited', 'more.bin': 'y'.repeat(150_000) });
    }
    const files = filesIn(root);
    remount(at, options);
    try {
      durable.set(take(), files);
    } catch (error) {
      tally.full++;
      checkFull(error, tally, broken);
    }
    const left = leftovers(root);
    broken.push(...left.map((name) => `leaves ${name}`));
    remount(at, ENOUGH);
    const promised = { durable, folder: [files], edits: 0 };
    const question = { root, promised, folder: [files], action: 'undo', rebooted: false } as const;
    broken.push(...lookAfterwards(question).broken);
    forget(root);
  } finally {
    unmount(at);
  }
  tally.done++;
  tally.broken.push(...broken.map((what) => `${options}${second ? ', second take' : ''}: ${what}`));
}

function remount(at: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, at], { stdio: 'ignore' });
}

function leftovers(root: string): string[] {
  const tmp = join(root, '.snapdir', 'tmp');
  return existsSync(tmp) ? readdirSync(tmp) : [];
}

/** The error names the path, says that the disk is full, and how much is missing where bytes are. */
function checkFull(error: unknown, tally: Tally, broken: string[]): void {
  if (!SnapdirError.is(error, 'DISK_FULL')) {
    broken.push(`not told as a full disk: ${String(error)}`);
    return;
  }
  const { path, missing } = error.data;
  const words = describeError(error);
  if (!path.startsWith('/') || !words.includes(path) || !/Free some and try again/.test(words)) {
    broken.push(`does not say what to do: ${words}`);
  }
  tally.told += missing !== undefined && missing > 0 ? 1 : 0;
}

/** How many KB (or files) the folder itself takes, and with everything in its store. */
function used(from: string, what: 'bytes' | 'inodes', second: boolean): [number, number] {
  const at = mount(join(tempDir(), 'disk'), '-t', 'tmpfs', '-o', ENOUGH, 'none');
  const ask = (): number => {
    const format = what === 'bytes' ? '--output=used' : '--output=iused';
    const text = execFileSync('df', ['-k', format, at], { encoding: 'utf8' });
    return Number(text.trim().split('\n').at(-1));
  };
  const root = join(at, 'folder');
  mkdirSync(root);
  cpSync(from, root, { recursive: true });
  const take = (): unknown =>
    directEngine(root).take({ trigger: 'manual', rules: everything }, quietControl);
  if (second) {
    take();
    fileTree(root, { 'd0/f0': 'edited', 'more.bin': 'y'.repeat(150_000) });
  }
  const before = ask();
  take();
  const after = ask();
  forget(root);
  unmount(at);
  return [before, after];
}

suite('T5: full and read-only disks', function () {
  this.timeout(1_200_000);

  test(`every size of a disk${skipped}`, function () {
    if (why !== undefined) {
      this.skip();
    }
    const from = template();
    const tally: Tally = { done: 0, full: 0, told: 0, broken: [] };
    for (const [what, second, full] of [
      ['bytes', false, 170],
      ['bytes', true, 130],
      ['inodes', false, 80],
      ['inodes', true, 70],
    ] as const) {
      const [before, after] = used(from, what, second);
      const count = scaled(full, 6);
      for (let n = 0; n < count; n++) {
        // From nothing left beside the folder to a little more than a take needs.
        const limit = Math.ceil(before + ((after - before) * 1.15 * n) / Math.max(1, count - 1));
        takeOn(what === 'bytes' ? `size=${limit}k` : `nr_inodes=${limit}`, from, second, tally);
      }
    }
    const { done, full, told, broken } = tally;
    const note = `${full} ended as full, ${told} of them with how much is missing`;
    report({ test: 'T5', what: 'disk sizes', count: done, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 20), []);
    assert.ok(full > 0 && full < done && told > 0);
  });

  test(`a disk that becomes read-only in the middle${skipped}`, async function () {
    if (why !== undefined) {
      this.skip();
    }
    const from = template();
    const random = new Random(SEED);
    const broken: string[] = [];
    const count = scaled(50, 5);
    let refused = 0;
    for (let n = 0; n < count; n++) {
      const at = mount(join(tempDir(), 'disk'), '-t', 'tmpfs', '-o', ENOUGH, 'none');
      const root = join(at, 'folder');
      cpSync(from, root, { recursive: true });
      const files = filesIn(root);
      const durable = new Map<string, Files>();
      const agent = new Agent({ root });
      try {
        await agent.call('status', {});
        const taking = agent.call('take', { trigger: 'manual', rules: everything });
        const outcome = taking.then(
          ({ checkpoint }) => void durable.set(checkpoint.id, files),
          (error: unknown) => error as AgentError,
        );
        await sleep(random.below(25));
        await makeReadOnly(at);
        const error = await outcome;
        if (error !== undefined) {
          refused++;
          if (error.code !== 'READ_ONLY') {
            broken.push(`told as ${error.message}`);
          }
        }
        await agent.close();
        remount(at, 'rw');
        const promised = { durable, folder: [files], edits: 0 };
        const question = { root, promised, folder: [files], action: 'undo' } as const;
        broken.push(...lookAfterwards({ ...question, rebooted: false }).broken);
        forget(root);
      } finally {
        await agent.kill();
        unmount(at);
      }
    }
    const note = `${refused} refused as read-only, the others were done`;
    report({ test: 'T5', what: 'disks made read-only', count, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 20), []);
  });
});

/** Not while a file is open for writing: then a moment later. */
async function makeReadOnly(at: string): Promise<void> {
  for (;;) {
    try {
      remount(at, 'ro');
      return;
    } catch {
      await sleep(1);
    }
  }
}
