import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { lookAfterwards } from './support/afterwards';
import { dropTree } from './support/copyTree';
import { memoryDisk, whyNoMounts, whyNoTracing } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { forget, freshCopy, killables, type Killable } from './support/killable';
import { recoveries } from './support/deeds';
import { HOME } from './support/home';
import { callsOf, command, killingAt, type Ended, type Point } from './support/kills';
import { Random } from './support/random';
import type { Promised } from './support/workload';

/**
 * T3: the real command is killed (SIGKILL) when it is about to make a certain system call, and at random
 * times; so is the command that recovers from it. What was acknowledged stays, nothing that is listed is
 * broken, and a restore can be finished or undone.
 */

/** Two at a time: the machine has two cores. */
const AT_ONCE = 2;

/** What a series of kills came to. */
interface Tally {
  kills: number;
  /** The command ended before it was killed. */
  missed: number;
  recoveries: number;
  /** The recovery was killed as well. */
  again: number;
  broken: string[];
}

let place: string | undefined;
let copies = 0;

function folder(): string {
  return (place ??= whyNoMounts('mount') === undefined ? memoryDisk('size=2g') : tempDir());
}

function start(of: Killable): { root: string; promised: Promised } {
  return freshCopy(of, folder(), ++copies);
}

/** A checkpoint that the command told of before it ended has been acknowledged. */
function acknowledged(promised: Promised, of: Killable, { stdout }: Ended): Promised {
  const id = of.args[0] === 'take' ? /^[0-9a-f]{64}$/m.exec(stdout)?.[0] : undefined;
  return id === undefined
    ? promised
    : { ...promised, durable: new Map([...promised.durable, [id, of.folder[0]!]]) };
}

async function killOnce(
  of: Killable,
  how: { wrap?: readonly string[]; killAfterMs?: number },
  again: { recover: string; point: Point } | undefined,
  random: Random,
): Promise<{ killed: boolean; killedAgain: boolean; recovered: boolean; broken: string[] }> {
  const { root, promised } = start(of);
  try {
    const ended = await command(root, of.args, how);
    const killed = wasKilled(ended);
    const action = random.pick(['finish', 'undo'] as const);
    let killedAgain = false;
    if (again !== undefined) {
      // Kills the recovery as well, where there is one; the next may go in the other direction.
      const second = await command(root, ['recover', again.recover], {
        wrap: killingAt(again.point),
      });
      killedAgain = wasKilled(second);
    }
    const question = {
      ...{ root, promised: acknowledged(promised, of, ended), folder: of.folder },
      ...{ action, home: HOME, rebooted: false },
      ...(killed ? {} : { done: of.end }),
    };
    const mending = of.again === true ? await command(root, of.args) : ended;
    const secrets = of.forgets === undefined ? [] : filesWith(join(root, '.snapdir'), of.forgets);
    const { broken, recovered } = lookAfterwards(question);
    broken.push(...secrets.map((path) => `${path} holds what was forgotten`));
    for (const { code, stderr } of new Set([ended, mending])) {
      if (code !== 0 && code !== null && code !== 137) {
        broken.push(`exit ${code}: ${stderr}`);
      }
    }
    forget(root);
    return { killed, killedAgain, recovered: recovered !== undefined, broken };
  } finally {
    dropTree(root);
  }
}

/** Files below a folder that hold some bytes. */
function filesWith(dir: string, text: string): string[] {
  const names = Object.keys(readTree(dir)).filter((path) => !path.endsWith('/'));
  return names.filter((path) => readFileSync(join(dir, path)).includes(text));
}

const wasKilled = ({ code }: Ended): boolean => code === null || code === 137;

type Job = (random: Random) => Promise<{ where: string } & Awaited<ReturnType<typeof killOnce>>>;

async function all(jobs: readonly Job[]): Promise<Tally> {
  const tally: Tally = { kills: 0, missed: 0, recoveries: 0, again: 0, broken: [] };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < jobs.length) {
      const n = next++;
      const one = await jobs[n]!(new Random(SEED * 7919 + n));
      const { where, killed, killedAgain, recovered, broken } = one;
      tally.again += killedAgain ? 1 : 0;
      tally.kills += killed ? 1 : 0;
      tally.missed += killed ? 0 : 1;
      tally.recoveries += recovered ? 1 : 0;
      tally.broken.push(...broken.map((what) => `${where}: ${what}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return tally;
}

function tell(what: string, { kills, missed, recoveries, broken }: Tally, note = ''): void {
  const more = `${recoveries} restores finished or undone, ${missed} ended before the kill${note}`;
  report({ test: 'T3', what, count: kills, broken: broken.length, note: more });
  assert.deepEqual(broken.slice(0, 20), []);
  assert.ok(kills > missed, 'most commands ended before they were killed');
}

/** Every point of every command, in an order that takes some of each first. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0]!);
}

suite('T3: killed at system calls and at random times', function () {
  this.timeout(3_600_000);
  const why = whyNoTracing();
  const skipped = why === undefined ? '' : ` (skipped: ${why})`;
  let commands: Killable[];
  let points: { of: Killable; point: Point }[];
  suiteSetup(async function () {
    const plain = killables();
    commands = [...plain, ...recoveries(folder(), plain)];
    points = [];
    for (const of of why === undefined ? commands : []) {
      const { root } = start(of);
      const found = await callsOf(root, of.args);
      points.push(...found.map((point) => ({ of, point })));
      dropTree(root);
    }
  });

  test(`at every changing call of every command${skipped}`, async function () {
    if (why !== undefined) {
      this.skip();
    }
    const order = shuffled(points, new Random(SEED));
    const count = scaled(2600, 40);
    const jobs = Array.from({ length: count }, (_, n): Job => {
      const { of, point } = order[n % order.length]!;
      const where = `${of.name}, ${point.call} ${point.when}`;
      return async (random) => ({
        where,
        ...(await killOnce(of, { wrap: killingAt(point) }, undefined, random)),
      });
    });
    const of = `; ${Math.min(count, order.length)} of ${order.length} calls`;
    tell('kills at system calls', await all(jobs), of);
  });

  test(`the recovery is killed as well${skipped}`, async function () {
    if (why !== undefined) {
      this.skip();
    }
    // A restore that may be killed before or after it is pending; a recovery always is.
    const restores = points.filter(({ of }) => /restore|^undo/.test(of.name));
    const changes = restores.filter(({ point }) =>
      /rename|unlink|mkdir|rmdir|chmod/.test(point.call),
    );
    const second = points.filter(({ of }) => of.args[0] === 'recover');
    const random = new Random(SEED + 1);
    const orders = [shuffled(changes, random), shuffled(second, random)];
    const jobs = Array.from({ length: scaled(200, 16) }, (_, n): Job => {
      const order = orders[n % 2]!;
      const { of, point } = order[(n >> 1) % order.length]!;
      return async (own) => {
        const chosen = own.pick(second);
        const again = { recover: chosen.of.args[1]!, point: chosen.point };
        const where = `${of.name}, ${point.call} ${point.when}, then ${again.recover} ${again.point.call} ${again.point.when}`;
        return { where, ...(await killOnce(of, { wrap: killingAt(point) }, again, own)) };
      };
    });
    const tally = await all(jobs);
    const { again, broken } = tally;
    report({ test: 'T3', what: 'kills of a recovery', count: again, broken: broken.length });
    tell('kills, the recovery too', tally);
    assert.ok(again > jobs.length / 5, `only ${again} recoveries were killed`);
  });

  test('at random times', async () => {
    const took = new Map<Killable, number>();
    for (const of of commands) {
      const { root } = start(of);
      const began = performance.now();
      await command(root, of.args);
      took.set(of, performance.now() - began);
      dropTree(root);
    }
    const jobs = Array.from({ length: scaled(320, 20) }, (_, n): Job => {
      const of = commands[n % commands.length]!;
      return async (random) => {
        // The first part is Node's own start.
        const killAfterMs = took.get(of)! * (0.3 + 0.7 * random.next());
        const where = `${of.name}, after ${killAfterMs.toFixed(1)} ms`;
        return { where, ...(await killOnce(of, { killAfterMs }, undefined, random)) };
      };
    });
    tell('kills at random times', await all(jobs));
  });
});
