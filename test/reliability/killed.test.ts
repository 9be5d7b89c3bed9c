import { strict as assert } from 'node:assert';
import { tempDir } from '../support/tempDir';
import { lookAfterwards } from './support/afterwards';
import { dropTree } from './support/copyTree';
import { memoryDisk, whyNoMounts, whyNoTracing } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { forget, freshCopy, killables, type Killable } from './support/killable';
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
  broken: string[];
}

let place: string | undefined;
let copies = 0;

function start(of: Killable): { root: string; promised: Promised } {
  place ??= whyNoMounts('mount') === undefined ? memoryDisk('size=2g') : tempDir();
  return freshCopy(of, place, ++copies);
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
  again: { point: Point } | undefined,
  random: Random,
): Promise<{ killed: boolean; recovered: boolean; broken: string[] }> {
  const { root, promised } = start(of);
  try {
    const ended = await command(root, of.args, how);
    const killed = ended.code === null || ended.code === 137;
    const action = random.pick(['finish', 'undo'] as const);
    if (again !== undefined) {
      // Kills the recovery as well, where there is one; the next may go in the other direction.
      const recovery = ['recover', `--${random.pick(['finish', 'undo'])}`];
      await command(root, recovery, { wrap: killingAt(again.point) });
    }
    const question = {
      root,
      promised: acknowledged(promised, of, ended),
      action,
      home: HOME,
      rebooted: false,
    };
    const { broken, recovered } = lookAfterwards({ ...question, folder: of.folder });
    if (!killed && ended.code !== 0) {
      broken.push(`exit ${String(ended.code)}: ${ended.stderr}`);
    }
    forget(root);
    return { killed, recovered: recovered !== undefined, broken };
  } finally {
    dropTree(root);
  }
}

type Job = (random: Random) => Promise<{ where: string } & Awaited<ReturnType<typeof killOnce>>>;

async function all(jobs: readonly Job[]): Promise<Tally> {
  const tally: Tally = { kills: 0, missed: 0, recoveries: 0, broken: [] };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < jobs.length) {
      const n = next++;
      const { where, killed, recovered, broken } = await jobs[n]!(new Random(SEED * 7919 + n));
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
    commands = killables();
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
    const count = scaled(2200, 40);
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
    const restores = points.filter(({ of }) => /restore|undo/.test(of.name));
    const changes = restores.filter(({ point }) =>
      /rename|unlink|mkdir|rmdir|chmod/.test(point.call),
    );
    const order = shuffled(changes, new Random(SEED + 1));
    const jobs = Array.from({ length: scaled(450, 15) }, (_, n): Job => {
      const { of, point } = order[n % order.length]!;
      return async (random) => {
        const again = { point: random.pick(order).point };
        const where = `${of.name}, ${point.call} ${point.when}, then ${again.point.call} ${again.point.when}`;
        return { where, ...(await killOnce(of, { wrap: killingAt(point) }, again, random)) };
      };
    });
    tell('kills, the recovery too', await all(jobs));
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
    const jobs = Array.from({ length: scaled(500, 20) }, (_, n): Job => {
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
