import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { readFile } from '../../src/engine/disk/durable';
import { recoverUnclean } from '../../src/engine/store/unclean';
import { verify } from '../../src/engine/store/verify';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import { take } from '../../src/engine/worktree/take';
import type { MemoryFs } from './memoryFs';
import { checkListed, filesOf, viewStore } from './oracle';
import { printOf } from './prints';
import { rules, startProcess, treeOf, type Process } from './processes';
import type { Scenario } from './scenarios';

/**
 * Kills the process at every single call that changes something, and looks what is left. What is left is what the disk
 * held before that call: one run shows all of it. Now and then the process is really stopped, which must leave the same.
 */

type Action = 'finish' | 'undo';

let platform = 'linux';

/** One stop in so many is made by really stopping the process. */
const REALLY = 20;

/** Runs a process that may be stopped; nothing it does after that can reach the disk. */
function runUntil(fs: MemoryFs, stopAt: number, work: (process: Process) => void): boolean {
  const process = startProcess(fs, { platform });
  fs.stopAt = stopAt;
  try {
    work(process);
    // What is done as well as may be (caches, cleaning up) swallows a stop.
    return fs.alive;
  } catch (error) {
    if (fs.alive) {
      throw error;
    }
    return false;
  } finally {
    process.end();
  }
}

/** What the disk holds when the process is stopped at any of the calls from `first` to `last`. */
interface Stop {
  first: number;
  last: number;
  fs: MemoryFs;
}

/** These change nothing but what a power cut would leave (T1). */
const SYNCS = new Set(['fsync', 'fsyncDir', 'sync']);

/** Runs something to its end. @returns every state in which it could have been stopped, the end among them */
function stopsOf(fs: MemoryFs, work: (process: Process) => void): Stop[] {
  const stops: Stop[] = [];
  let known = 0;
  const note = (n: number): void => {
    const last = stops.at(-1);
    if (last !== undefined && fs.log.slice(known).every(({ op }) => SYNCS.has(op))) {
      last.last = n;
    } else {
      stops.push({ first: n, last: n, fs: fs.fork() });
    }
    known = fs.log.length;
  };
  fs.onCall = ({ n }) => note(n);
  assert.ok(runUntil(fs, Infinity, work));
  fs.onCall = undefined;
  note(fs.calls + 1);
  return stops;
}

const recovering =
  (action: Action) =>
  ({ env, open }: Process): void =>
    void recoverRestore(env, open(), { action, rules }, quietControl);

function recover(fs: MemoryFs, action: Action): boolean {
  return runUntil(fs, Infinity, recovering(action));
}

function isPending(fs: MemoryFs): boolean {
  let pending = false;
  runUntil(fs, Infinity, ({ env, find }) => {
    const store = find();
    pending = store !== undefined && pendingRestore(env, store) !== null;
  });
  return pending;
}

export class Sweep {
  points = 0;
  /** Points whose disk differs from that of the point before: each was looked at. */
  distinct = 0;
  pending = 0;
  /** Calls of the run that change something; each was stopped at. */
  calls = 0;
  readonly scenario: Scenario;
  readonly original: Record<string, string>;
  readonly target: Record<string, string>;
  private readonly stops: Stop[];

  /** @param on where folders are not held open, but looked at again, is anything but Linux */
  constructor(scenario: Scenario, on = 'linux') {
    platform = on;
    this.scenario = scenario;
    this.original = treeOf(scenario.before.table);
    const fs = scenario.before.fork();
    this.stops = stopsOf(fs, (process) => scenario.run(process, () => undefined));
    this.target = treeOf(fs.table);
    this.calls = fs.calls;
    assert.equal(this.stops.at(-1)!.last, this.calls + 1);
    this.checkStore(fs, 'to its end');
  }

  /** Every call at which the run can be stopped. */
  run(): void {
    for (const [index, stop] of this.stops.entries()) {
      const { first, last } = stop;
      const after = stop.fs;
      const where = `${this.scenario.name}, stopped at ${first}`;
      if (index % REALLY === 1) {
        this.stopReally(stop, where);
      }
      this.checkStore(after.fork(), where);
      if (this.scenario.several === true) {
        this.checkSeveral(after, where);
      } else if (this.scenario.restores) {
        this.checkRestore(after, where, index);
      } else {
        assert.deepEqual(treeOf(after.table), this.original, where);
        this.goOn(after, where);
        this.checkForgotten(after, where);
      }
      this.points += last - first + 1;
      this.distinct++;
    }
  }

  /** A process that is stopped at the last of these calls leaves the same. */
  private stopReally({ fs, last }: Stop, where: string): void {
    const stopped = this.scenario.before.fork();
    const finished = runUntil(stopped, last, (process) =>
      this.scenario.run(process, () => undefined),
    );
    assert.equal(finished, last > this.calls, where);
    assert.equal(printOf(stopped.table), printOf(fs.table), `${where}: stopped, it left another`);
  }

  private checkStore(fs: MemoryFs, where: string): void {
    const view = viewStore(fs.table);
    const listed = checkListed(view);
    assert.deepEqual(view.broken, [], where);
    for (const id of this.scenario.acknowledged) {
      assert.ok(listed.has(id), `${where}: an acknowledged checkpoint is gone`);
    }
    runUntil(fs, Infinity, ({ env, find }) => {
      const store = find();
      if (store !== undefined) {
        recoverUnclean(env, store, quietControl);
      }
      const problems =
        store === undefined ? [] : verify(env, store, { full: true }, quietControl).problems;
      const real = problems.filter(({ detail }) => !detail.includes('set aside'));
      assert.deepEqual(real, [], where);
    });
  }

  /** The same once more finishes what was cut off. */
  private checkForgotten(from: MemoryFs, where: string): void {
    const { scenario } = this;
    const { forgets } = scenario;
    if (forgets === undefined) {
      return;
    }
    const fs = from.fork();
    runUntil(fs, Infinity, (process) => scenario.run(process, () => undefined));
    const found = filesBelow(fs, '/folder/.snapdir').filter((path) =>
      Buffer.from(readFile(fs, path, 1e6)!).includes(forgets),
    );
    assert.deepEqual(found, [], where);
    this.checkStore(fs, `${where}, then again`);
  }

  private checkRestore(after: MemoryFs, where: string, index: number): void {
    if (!isPending(after.fork())) {
      const tree = treeOf(after.table);
      const begun = [...viewStore(after.table).records.values()].some(
        (record) => record.kind === 'restore' && record.purpose !== undefined,
      );
      const isOriginal = same(tree, this.original);
      assert.ok(isOriginal || same(tree, this.target), `${where}: nothing pending, half restored`);
      assert.ok(isOriginal || begun, `${where}: restored, but not recorded`);
      this.goOn(after, where);
      return;
    }
    this.pending++;
    for (const action of ['finish', 'undo'] as const) {
      this.recoverFrom(after, action, where);
      if (index % 3 === 0) {
        this.recoverStopped(after, action, where);
      }
    }
  }

  /** Whatever was done of several restores, recovered either way, the rest can be done from there. */
  private checkSeveral(after: MemoryFs, where: string): void {
    const actions = isPending(after.fork()) ? (['finish', 'undo'] as const) : [undefined];
    this.pending += actions.length - 1;
    for (const action of actions) {
      const fs = after.fork();
      assert.ok(action === undefined || recover(fs, action));
      runUntil(fs, Infinity, (process) => {
        try {
          this.scenario.run(process, () => undefined);
        } catch (error) {
          assert.ok(SnapdirError.is(error, 'NOTHING_TO_UNDO'), `${where}: ${String(error)}`);
        }
      });
      assert.deepEqual(treeOf(fs.table), this.target, `${where}, ${String(action)}, then the rest`);
      this.checkStore(fs, `${where}, ${String(action)}, then the rest`);
    }
  }

  private recoverFrom(from: MemoryFs, action: Action, where: string): void {
    const fs = from.fork();
    assert.ok(recover(fs, action));
    const expected = action === 'finish' ? this.target : this.original;
    assert.deepEqual(treeOf(fs.table), expected, `${where}, then ${action}`);
    assert.ok(!isPending(fs.fork()), `${where}, then ${action}: still pending`);
    this.checkStore(fs.fork(), `${where}, then ${action}`);
  }

  /** The recovery is stopped as well, at some of its calls, and then recovered in either direction. */
  private recoverStopped(from: MemoryFs, action: Action, where: string): void {
    const stride = this.scenario.name.startsWith('large') ? 97 : 7;
    for (const { first, last, fs: after } of stopsOf(from.fork(), recovering(action))) {
      // How many of these calls are among those that are stopped at: the first, and one in so many.
      const chosen = Math.ceil(last / stride) - Math.ceil((first - 1) / stride);
      if (chosen === 0) {
        continue;
      }
      this.points += chosen;
      this.distinct++;
      const again = `${where}, ${action} stopped at ${first}`;
      if (!isPending(after.fork())) {
        const expected = action === 'finish' ? this.target : this.original;
        assert.deepEqual(treeOf(after.table), expected, again);
      } else {
        this.recoverFrom(after, first % 2 === 0 ? 'finish' : 'undo', again);
      }
    }
  }

  /** After any stop, the next snapshot works and holds the folder as it is; so does the next collection. */
  private goOn(from: MemoryFs, where: string): void {
    const fs = from.fork();
    runUntil(fs, Infinity, ({ env, open }) => {
      const store = open();
      const { checkpoint } = take(env, store, { trigger: 'manual', rules }, quietControl);
      collectGarbage(env, store, { dryRun: false, graceMs: 0 }, quietControl);
      const captured = filesOf(viewStore(fs.table), checkpoint.id);
      const tree = treeOf(fs.table);
      for (const [path, content] of Object.entries(captured)) {
        assert.equal(tree[path], content, `${where}: the next snapshot is wrong`);
      }
      assert.ok(Object.keys(captured).length > 5, where);
    });
    this.checkStore(fs, `${where}, then a snapshot and a collection`);
  }
}

function filesBelow(fs: MemoryFs, dir: string): string[] {
  return fs
    .readdir(dir)
    .flatMap(({ name, kind }) =>
      kind === 'dir' ? filesBelow(fs, `${dir}/${name}`) : [`${dir}/${name}`],
    );
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
