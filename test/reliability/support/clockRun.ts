import { SnapdirError } from '../../../src/core/errors';
import { shard } from '../../../src/core/storeLayout';
import type { Retention } from '../../../src/core/records';
import { quietControl } from '../../../src/engine/context';
import { createMethods, type MethodTable } from '../../../src/engine/engine';
import { checkListed, filesOf, viewStore } from '../../crash/oracle';
import { edit, rules, startProcess, type Process } from '../../crash/processes';
import { ClockFs } from './clockFs';
import { ContentAges, DAY_NS, HOUR_NS, type Moment } from './contentAges';
import type { Random } from './random';

const SECOND_NS = 1_000_000_000n;
const YEAR_NS = 365n * DAY_NS;

/** Jumps ahead below this are believed: nobody can tell them from a folder that was left alone. */
const BELIEVED_NS = 30n * DAY_NS;
const JUMPS = [
  ...[60n * SECOND_NS, 2n * HOUR_NS, 25n * HOUR_NS, 20n * DAY_NS],
  ...[40n * DAY_NS, YEAR_NS, 10n * YEAR_NS],
];
const KEEP: Retention = { last: 3, hourly: 2, daily: 2, weekly: 2 };
/** What the engine may answer when it does not believe the clock, or there is nothing to do. */
const EXPECTED = new Set(['STORE_UNSAFE', 'NOTHING_TO_UNDO', 'REV_NOT_FOUND', 'CANNOT_UNDO']);

export interface ClockCounts {
  takes: number;
  jumps: number;
  inTheMiddle: number;
  collections: number;
  refused: number;
  purged: number;
}

/** One folder whose machine's clock is set back and ahead, between operations and in the middle of them. */
export class ClockRun {
  readonly broken: string[] = [];
  readonly counts: ClockCounts = {
    ...{ takes: 0, jumps: 0, inTheMiddle: 0, collections: 0, refused: 0, purged: 0 },
  };
  private readonly fs = new ClockFs({ syncFs: true });
  private readonly random: Random;
  /** Time that really passed, and what must count as such. */
  private passed = 0n;
  private skew = 0n;
  private process: Process | undefined;
  private engine!: MethodTable;
  private readonly taken: string[] = [];
  private readonly deleted = new Set<string>();
  /** What was in each checkpoint. */
  private readonly states = new Map<string, Record<string, string>>();
  private readonly ages = new ContentAges();
  private leapt: bigint | undefined;
  /** Both as they were when the last deed began: the clock may be set in its middle. */
  private begun: Moment = { passed: 0n, leapt: undefined };
  private readonly skewed: boolean;

  constructor(random: Random) {
    this.random = random;
    this.skewed = random.chance(0.4);
    this.fs.grainNs = random.pick([1n, 4_000_000n, SECOND_NS, 2n * SECOND_NS]);
    this.fs.mkdir('/folder', 0o755);
    edit(this.fs, { f0: 'aaaa', f1: 'bbbb', 'd/f2': 'cccc' });
    this.restart();
  }

  /** @param steps operations; the clock jumps about once in five */
  work(steps: number): void {
    this.take();
    this.look();
    for (let step = 0; step < steps && this.broken.length === 0; step++) {
      const busy = this.busy;
      this.step();
      if (this.busy > busy || step === steps - 1) {
        this.look();
      }
    }
    this.process?.end();
  }

  /** Deeds that bring content into the store or out of it. */
  private get busy(): number {
    return this.taken.length + this.counts.collections;
  }

  private step(): void {
    if (this.random.chance(0.15)) {
      this.restart();
    }
    if (this.random.chance(0.2)) {
      this.jump();
    } else {
      this.pass(this.random.pick([1n, SECOND_NS, HOUR_NS, 2n * DAY_NS, 9n * DAY_NS]));
    }
    if (this.random.chance(0.15)) {
      // The clock is set in the middle of what comes next.
      let left = this.random.below(40);
      this.fs.onCall = () => {
        if (left-- === 0) {
          this.jump();
          this.counts.inTheMiddle++;
        }
      };
    }
    this.begun = { passed: this.passed, leapt: this.leapt };
    try {
      this.act();
    } catch (error) {
      if (!SnapdirError.is(error) || !EXPECTED.has(error.code)) {
        this.broken.push(String((error as Error).stack));
      }
      this.counts.refused++;
    } finally {
      this.fs.onCall = undefined;
    }
  }

  private act(): void {
    const dice = this.random.next();
    if (dice < 0.45) {
      this.take();
    } else if (dice < 0.75) {
      this.collect();
    } else if (dice < 0.85) {
      this.delete();
    } else if (dice < 0.92) {
      this.prune();
    } else {
      this.restore();
    }
  }

  private restart(): void {
    this.process?.end();
    // Each process may have a clock that differs from the file system's.
    this.skew = this.skewed ? this.amount() : 0n;
    const now = (): number => Math.max(0, Number((this.fs.time + this.skew) / 1_000_000n));
    this.process = startProcess(this.fs, { clock: { now } });
    this.engine = createMethods(this.process.env, { root: this.process.root });
  }

  private amount(): bigint {
    const by = this.random.pick(JUMPS) + BigInt(this.random.below(1e9));
    return this.random.chance(0.5) ? by : -by;
  }

  private jump(): void {
    const by = this.amount();
    // Not before 1970: no file system here can say that.
    const to = this.fs.time + by < DAY_NS ? DAY_NS : this.fs.time + by;
    if (by > 0n && by < BELIEVED_NS) {
      this.passed += by;
    } else if (by > 0n || -by >= BELIEVED_NS) {
      this.leapt = this.passed;
    }
    this.fs.time = to;
    this.counts.jumps++;
  }

  private pass(by: bigint): void {
    this.fs.time += by;
    this.passed += by;
  }

  private take(): void {
    for (let n = this.random.below(3); n > 0; n--) {
      const path = this.random.pick(['f0', 'f1', 'd/f2']);
      const text = this.random.below(5e3).toString(36).padStart(4, 'x');
      if (this.random.chance(0.5)) {
        this.fs.overwrite(`/folder/${path}`, text);
      } else {
        edit(this.fs, { [path]: text });
      }
    }
    const trigger = this.random.pick(['manual', 'auto'] as const);
    const { checkpoint } = this.engine.take({ trigger, rules }, quietControl);
    this.counts.takes++;
    this.acknowledge(checkpoint.id, this.files());
  }

  private acknowledge(id: string, files: Record<string, string>): void {
    this.taken.push(id);
    this.states.set(id, files);
  }

  private files(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const path of ['f0', 'f1', 'd/f2']) {
      const fd = this.fs.open(`/folder/${path}`, 'r');
      const bytes = new Uint8Array(16);
      const length = this.fs.read(fd, bytes, 0, 16);
      this.fs.close(fd);
      found[path] = new TextDecoder().decode(bytes.subarray(0, length));
    }
    return found;
  }

  private collect(): void {
    this.counts.collections++;
    const { purgedObjects } = this.engine.collectGarbage({ dryRun: false }, quietControl);
    this.counts.purged += purgedObjects;
  }

  private delete(): void {
    const living = this.taken.filter((id) => !this.deleted.has(id));
    if (living.length > 1) {
      const id = this.random.pick(living);
      this.engine.delete({ revs: [id] }, quietControl);
      this.deleted.add(id);
    }
  }

  private prune(): void {
    const result = this.engine.prune({ keep: KEEP, dryRun: false }, quietControl);
    const autos = this.taken.filter((id) => !this.deleted.has(id));
    for (const { id } of result.checkpoints) {
      this.deleted.add(id);
      // Whatever the clock says, the newest stay.
      if (autos.slice(-1)[0] === id) {
        this.broken.push('prune took the newest');
      }
    }
  }

  private restore(): void {
    const living = this.taken.filter((id) => !this.deleted.has(id));
    if (living.length > 0) {
      const before = this.files();
      const rev = this.random.pick(living);
      const { safety } = this.engine.restore({ rev, exact: false, rules }, quietControl);
      if (safety !== null) {
        this.acknowledge(safety, before);
      }
      if (JSON.stringify(this.files()) !== JSON.stringify(this.states.get(rev))) {
        this.broken.push('a restore did not bring back what was taken');
      }
    }
  }

  /** From outside: what is listed, in which order, and what is there of what nobody needs any more. */
  private look(): void {
    const view = viewStore(this.fs.table);
    const listed = checkListed(view);
    this.broken.push(...view.broken);
    const expected = this.taken.filter((id) => !this.deleted.has(id));
    const { checkpoints } = this.engine.timeline({ limit: 5000 }, quietControl);
    const order = checkpoints.map(({ id }) => id as string).reverse();
    if (JSON.stringify(order) !== JSON.stringify(expected)) {
      this.broken.push(
        `order: ${order.map(short).join()} instead of ${expected.map(short).join()}`,
      );
    }
    const needed = new Set<string>();
    for (const id of expected) {
      const texts = mapValues(filesOf(view, id), (text) => text.slice(text.indexOf(' ') + 1));
      if (!listed.has(id) || !sameFiles(texts, this.states.get(id)!)) {
        this.broken.push(`${short(id)} holds ${JSON.stringify(texts)}`);
      }
      Object.values(texts).forEach((text) => needed.add(text));
    }
    const places = new Map(
      [...view.objects].map(([hex, bytes]) => {
        const inPlace = this.fs.lstat(`/folder/.snapdir/.objects/${shard(hex)}`) !== undefined;
        return [decoder.decode(bytes), inPlace];
      }),
    );
    const now = { passed: this.passed, leapt: this.leapt };
    this.ages.checkGone(needed, places, now);
    this.ages.checkPlaces(places, now, this.begun);
    this.broken.push(...this.ages.broken);
  }
}

const decoder = new TextDecoder();
const short = (id: string): string => id.slice(0, 6);

function mapValues<T, U>(from: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]));
}

function sameFiles(a: Record<string, string>, b: Record<string, string>): boolean {
  const text = (one: Record<string, string>): string => JSON.stringify(Object.entries(one).sort());
  return text(a) === text(b);
}
