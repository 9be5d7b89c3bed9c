import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { recoverUnclean } from '../../src/engine/store/unclean';
import { verify } from '../../src/engine/store/verify';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import { take } from '../../src/engine/worktree/take';
import type { MemoryFs } from './memoryFs';
import { checkListed, filesOf, viewStore } from './oracle';
import { rules, startProcess, treeOf } from './processes';
import type { Scenario } from './scenarios';

/** Kills the process at every single call that changes something, and looks what is left. */

type Action = 'finish' | 'undo';

let platform = 'linux';

/** Runs a process that may be stopped; nothing it does after that can reach the disk. */
function runUntil(
  fs: MemoryFs,
  stopAt: number,
  work: (process: ReturnType<typeof startProcess>) => void,
): boolean {
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

function recover(fs: MemoryFs, action: Action, stopAt = Infinity): boolean {
  return runUntil(fs, stopAt, ({ env, open }) => {
    recoverRestore(env, open(), { action, rules }, quietControl);
  });
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
  pending = 0;
  /** Calls of the run that change something; each was stopped at. */
  calls = 0;
  readonly scenario: Scenario;
  readonly original: Record<string, string>;
  readonly target: Record<string, string>;

  /** @param on where folders are not held open, but looked at again, is anything but Linux */
  constructor(scenario: Scenario, on = 'linux') {
    platform = on;
    this.scenario = scenario;
    this.original = treeOf(scenario.before.table);
    const fs = scenario.before.fork();
    assert.ok(runUntil(fs, Infinity, (process) => scenario.run(process, () => undefined)));
    this.target = treeOf(fs.table);
    this.calls = fs.calls;
    this.checkStore(fs, 'to its end');
  }

  /** Every call at which the run can be stopped. */
  run(): void {
    for (let stopAt = 1; ; stopAt++) {
      const fs = this.scenario.before.fork();
      const finished = runUntil(fs, stopAt, (process) =>
        this.scenario.run(process, () => undefined),
      );
      const after = fs.fork();
      const where = `${this.scenario.name}, stopped at ${stopAt}`;
      this.checkStore(after.fork(), where);
      if (this.scenario.several === true) {
        this.checkSeveral(after, where);
      } else if (this.scenario.restores) {
        this.checkRestore(after, where, stopAt);
      } else {
        assert.deepEqual(treeOf(after.table), this.original, where);
        this.goOn(after, where);
      }
      this.points++;
      if (finished) {
        assert.equal(stopAt - 1, this.calls, `${where}: some calls were not stopped at`);
        return;
      }
    }
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

  private checkRestore(after: MemoryFs, where: string, stopAt: number): void {
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
      if (stopAt % 5 === 0) {
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
    for (let stopAt = 1; ; stopAt += stride) {
      const fs = from.fork();
      const finished = recover(fs, action, stopAt);
      this.points++;
      if (finished) {
        return;
      }
      const after = fs.fork();
      const again = `${where}, ${action} stopped at ${stopAt}`;
      if (!isPending(after.fork())) {
        const expected = action === 'finish' ? this.target : this.original;
        assert.deepEqual(treeOf(after.table), expected, again);
      } else {
        this.recoverFrom(after, stopAt % 2 === 0 ? 'finish' : 'undo', again);
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

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
