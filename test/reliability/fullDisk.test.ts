import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../src/cli/errorWords';
import { SnapdirError } from '../../src/core/errors';
import { everything } from '../support/directEngine';
import { tempDir } from '../support/tempDir';
import { Agent, type AgentError } from './support/agent';
import { lookAfterwards } from './support/afterwards';
import { filesIn } from './support/diskView';
import { mount, unmount, whyNoMounts } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { forget } from './support/killable';
import { Random } from './support/random';
import { ENOUGH, KINDS, remount, SmallDisk, template, type Kind } from './support/smallDisk';
import type { Files } from './support/workload';

/**
 * T5, second part: disks that are too small, by bytes and by number of files, and disks that become
 * read-only. Nothing is simulated: each is a file system of its own in memory.
 */

const why = whyNoMounts('mount', 'umount');
const skipped = why === undefined ? '' : ` (skipped: ${why})`;

interface Tally {
  done: number;
  full: number;
  told: number;
  broken: string[];
}

/** One disk: the folder fits, what is needed beside it may not. @param limit KB, or how many files */
function tryOn(
  { what, limit, kind }: { what: 'bytes' | 'inodes'; limit: number; kind: Kind },
  from: string,
  tally: Tally,
): void {
  const patient = new SmallDisk(kind, from);
  const { at, root, durable, folder } = patient;
  const broken: string[] = [];
  let done = false;
  try {
    remount(at, what === 'bytes' ? `size=${limit}k` : `nr_inodes=${limit}`);
    try {
      patient.run();
      done = true;
      const other = patient.failed.filter(({ reason }) => reason !== 'ENOSPC');
      broken.push(...other.map(({ path, reason }) => `${path} fails with ${reason}`));
    } catch (error) {
      tally.full++;
      const missing = checkFull(error, broken);
      if (missing !== undefined) {
        tally.told++;
        done = isOfContents(error) && isEnough(patient, limit, missing, broken);
      }
    }
    broken.push(...leftovers(root).map((name) => `leaves ${name}`));
    remount(at, ENOUGH);
    const promised = { durable, folder, edits: 0 };
    const spared = patient.failed.map(({ path }) => path);
    const question = { root, promised, folder, spared, action: 'undo', rebooted: false } as const;
    broken.push(
      ...lookAfterwards({ ...question, ...(done ? { done: folder.at(-1)! } : {}) }).broken,
    );
  } finally {
    patient.end();
  }
  tally.done++;
  tally.broken.push(...broken.map((one) => `${kind}, ${limit} ${what}: ${one}`));
}

/** A manifest, a record and caches: what comes after the contents that the error is about. */
const REST_KB = 160;
/** Two blocks for each of a hundred files, and their bytes. */
const MOST_BYTES = 101 * 8192 + 600_000;

/** Then it tells what all of them need; otherwise, of one file of the store. */
function isOfContents(error: unknown): boolean {
  return SnapdirError.is(error, 'DISK_FULL') && error.data.path.endsWith('/.snapdir');
}

/** Whoever frees as much as was said to be missing can go on; and it is no more than the folder could need. */
function isEnough(patient: SmallDisk, limit: number, missing: number, broken: string[]): boolean {
  remount(patient.at, `size=${limit + Math.ceil(missing / 1024) + REST_KB}k`);
  try {
    patient.run();
    return true;
  } catch (error) {
    broken.push(`${missing} bytes were said to be missing: ${String(error)}`);
    return false;
  }
}

function leftovers(root: string): string[] {
  const tmp = join(root, '.snapdir', 'tmp');
  return existsSync(tmp) ? readdirSync(tmp) : [];
}

/** The error names the path, says that the disk is full, and how much is missing where bytes are. */
function checkFull(error: unknown, broken: string[]): number | undefined {
  if (!SnapdirError.is(error, 'DISK_FULL')) {
    broken.push(`not told as a full disk: ${String(error)}`);
    return undefined;
  }
  const { path, missing } = error.data;
  const words = describeError(error);
  if (!path.startsWith('/') || !words.includes(path) || !/Free some and try again/.test(words)) {
    broken.push(`does not say what to do: ${words}`);
  }
  if (missing !== undefined && (missing <= 0 || missing > MOST_BYTES)) {
    broken.push(`${missing} bytes are said to be missing`);
  }
  return missing;
}

/** How many KB (or files) the folder itself takes, and with everything that comes to it. */
function used(from: string, what: 'bytes' | 'inodes', kind: Kind): [number, number] {
  const patient = new SmallDisk(kind, from);
  const ask = (): number => {
    const format = what === 'bytes' ? '--output=used' : '--output=iused';
    const text = execFileSync('df', ['-k', format, patient.at], { encoding: 'utf8' });
    return Number(text.trim().split('\n').at(-1));
  };
  const before = ask();
  patient.run();
  const after = ask();
  patient.end();
  // A take that follows an edit closely trusts no stat, and writes a large file while it reads it; a restore takes
  // first, and then has its new files beside the old ones.
  const large = { 'first take': 0, 'large take': 0, 'second take': 1, restore: 3 }[kind];
  const beside = large * (what === 'bytes' ? 320 : 10);
  return [before, after + beside];
}

suite('T5: full and read-only disks', function () {
  this.timeout(1_200_000);

  test(`every size of a disk${skipped}`, function () {
    if (why !== undefined) {
      this.skip();
    }
    const tally: Tally = { done: 0, full: 0, told: 0, broken: [] };
    for (const kind of KINDS) {
      const from = template(kind);
      for (const [what, full] of [
        ['bytes', 82],
        ['inodes', 31],
      ] as const) {
        const [before, after] = used(from, what, kind);
        const count = scaled(full, 6);
        const fullBefore = tally.full;
        for (let n = 0; n < count; n++) {
          // From nothing left beside the folder to more than what is needed at any moment.
          const limit = Math.ceil(before + ((after - before) * 1.2 * n) / Math.max(1, count - 1));
          tryOn({ what, limit, kind }, from, tally);
        }
        const met = tally.full - fullBefore;
        assert.ok(met > 0 && met < count, `${kind}, ${what}: ${met} of ${count} were full`);
      }
    }
    const { done, full, told, broken } = tally;
    const note = `${full} ended as full, ${told} of them with how much is missing`;
    report({ test: 'T5', what: 'disk sizes', count: done, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 20), []);
    assert.ok(told > 0);
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
