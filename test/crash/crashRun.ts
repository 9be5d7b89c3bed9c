import { strict as assert } from 'node:assert';
import { quietControl } from '../../src/engine/context';
import { recoverUnclean } from '../../src/engine/store/unclean';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import { crashStates, type CrashState } from './crashStates';
import type { LogEntry, MemoryFsOptions } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { checkListed, filesOf, viewStore, type StoreView } from './oracle';
import { printOf } from './prints';
import { hostOf, rules, startProcess, treeOf } from './processes';
import { SEED } from '../reliability/support/figures';
import type { Scenario } from './scenarios';

/**
 * T1 of the test plan: each scenario runs once on a file system in memory that logs every change. From
 * the log come the states that a power cut may leave: after every change, with any of the changes that
 * were not synced lost, and their bytes lost, torn or zeroed. Each state is looked at from outside.
 */

/** One state in so many is also recovered by the engine itself. */
const RECOVER_EVERY = 150;
/** And one in so many is started again. */
const REBOOT_EVERY = 23;

/** A run that was logged. */
export interface Recorded {
  scenario: Scenario;
  fs: MemoryFs;
  /** Checkpoint → how many log entries there were when it was acknowledged. */
  acknowledged: Map<string, number>;
  original: Record<string, string>;
  target: Record<string, string>;
}

/** Runs a scenario to its end and keeps the log. */
export function record(scenario: Scenario, options: MemoryFsOptions): Recorded {
  const fs = scenario.before.fork(options);
  const original = treeOf(fs.table);
  const acknowledged = new Map(scenario.acknowledged.map((id) => [id, 0]));
  const running = startProcess(fs);
  scenario.run(running, (id) => acknowledged.set(id, fs.log.length));
  running.end();
  return { scenario, fs, acknowledged, original, target: treeOf(fs.table) };
}

/** Whether a state is like one that was found whole: to who looks from outside, with as much promised. */
function isKnown(known: Set<number>[], recorded: Recorded, state: CrashState): boolean {
  let promised = 0;
  for (const point of recorded.acknowledged.values()) {
    promised += state.point >= point ? 1 : 0;
  }
  const prints = (known[promised] ??= new Set());
  const print = printOf(state.table);
  const isThere = prints.has(print);
  prints.add(print);
  return isThere;
}

/** What is wrong with a state; empty: nothing. */
function check(recorded: Recorded, state: CrashState): string[] {
  const view = viewStore(state.table);
  const listed = checkListed(view);
  for (const [id, point] of recorded.acknowledged) {
    if (state.point >= point && !listed.has(id)) {
      view.broken.push(`acknowledged checkpoint ${id.slice(0, 8)} is gone`);
    }
  }
  checkFolder(recorded, state, view);
  return view.broken;
}

/** No working file is lost or torn: each is as before, or as asked for with its old bytes in the store. */
function checkFolder(recorded: Recorded, state: CrashState, view: StoreView): void {
  const { original, target } = recorded;
  const now = treeOf(state.table);
  let saved: Record<string, string> | undefined;
  const checkPath = (path: string): void => {
    if (path.endsWith('/') || now[path] === original[path]) {
      return;
    }
    if (now[path] !== undefined && now[path] !== target[path]) {
      view.broken.push(`${path} is torn or wrong: ${String(now[path])}`);
    } else if (original[path] !== undefined) {
      saved ??= safetyOf(recorded, view);
      if (saved[path] !== original[path]) {
        view.broken.push(`${path} was replaced and its bytes are nowhere`);
      }
    }
  };
  Object.keys(original).forEach(checkPath);
  Object.keys(now).forEach((path) => !(path in original) && checkPath(path));
}

/** The files that safety checkpoints of this run hold. */
function safetyOf({ scenario }: Recorded, view: StoreView): Record<string, string> {
  const saved: Record<string, string> = {};
  for (const [id, one] of view.records) {
    if (one.kind === 'take' && one.trigger === 'safety' && !scenario.acknowledged.includes(id)) {
      Object.assign(saved, filesOf(view, id));
    }
  }
  return saved;
}

/** Lets the engine recover a state and looks whether it ends where it should. */
function recover(recorded: Recorded, state: CrashState): void {
  const { scenario, original, target } = recorded;
  const where = `${scenario.name}, after change ${state.point}`;
  for (const action of ['finish', 'undo'] as const) {
    const fs = recorded.fs.over(state.table.fork(), {});
    const running = startProcess(fs);
    const store = running.find();
    if (store === undefined) {
      return;
    }
    const pending = pendingRestore(running.env, store) !== null;
    if (pending) {
      recoverRestore(running.env, store, { action, rules }, quietControl);
      assert.equal(pendingRestore(running.env, store), null, where);
    }
    running.end();
    const tree = JSON.stringify(sorted(treeOf(fs.table)));
    const expected = pending ? [action === 'finish' ? target : original] : [original, target];
    const fits = expected.some((one) => JSON.stringify(sorted(one)) === tree);
    assert.ok(fits, `${where}, then ${pending ? action : 'nothing'}: ${tree}`);
    const view = viewStore(fs.table);
    checkListed(view);
    assert.deepEqual(view.broken, [], where);
  }
}

/** The machine starts again: what was torn is set aside, and nothing that was promised is among it. */
function reboot(recorded: Recorded, state: CrashState): string[] {
  const fs = recorded.fs.over(state.table.fork(), {});
  const running = startProcess(fs, { leaseHost: hostOf(0, 'next boot') });
  try {
    const store = running.find();
    if (store !== undefined) {
      recoverUnclean(running.env, store, quietControl);
    }
  } catch (error) {
    return [`after a reboot: ${String(error)}`];
  } finally {
    running.end();
  }
  const view = viewStore(fs.table);
  const listed = checkListed(view);
  if (view.marked) {
    view.broken.push('a mark is left');
  }
  for (const [id, point] of recorded.acknowledged) {
    if (state.point >= point && !listed.has(id)) {
      view.broken.push(`acknowledged checkpoint ${id.slice(0, 8)} is gone`);
    }
  }
  return view.broken.map((what) => `after a reboot: ${what}`);
}

function sorted(tree: Record<string, string>): [string, string][] {
  return Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface Count {
  states: number;
  /** So many of them can be told apart from outside: each was looked at. */
  distinct: number;
  /** So many of them were recovered by the engine, */
  recovered: number;
  /** and so many started again. */
  rebooted: number;
}

/** Adds what one run came to. */
export function addCount(total: Count, one: Count): void {
  total.states += one.states;
  total.distinct += one.distinct;
  total.recovered += one.recovered;
  total.rebooted += one.rebooted;
}

/** How thoroughly states were looked at, in words. */
export function noteOf({ distinct, recovered, rebooted }: Count): string {
  return `${distinct} of them can be told apart, ${recovered} recovered, ${rebooted} started again by the engine`;
}

/** @returns how many states there were until the first broken one, or in all */
export function run(
  recorded: Recorded,
  log: readonly LogEntry[],
  options: { perPoint: number; onBroken: (broken: string[], state: CrashState) => void },
): Count {
  const { scenario, fs } = recorded;
  const count = { states: 0, distinct: 0, recovered: 0, rebooted: 0 };
  const known: Set<number>[] = [];
  const states = crashStates(scenario.before.table, log, fs.table, {
    perPoint: options.perPoint,
    seed: SEED,
  });
  for (const state of states) {
    count.states++;
    if (!isKnown(known, recorded, state)) {
      count.distinct++;
      const broken = check(recorded, state);
      if (broken.length > 0) {
        options.onBroken(broken, state);
        break;
      }
    }
    if (count.states % REBOOT_EVERY === 0) {
      const after = reboot(recorded, state);
      count.rebooted++;
      if (after.length > 0) {
        options.onBroken(after, state);
        break;
      }
    }
    if (scenario.restores && count.states % RECOVER_EVERY === 0) {
      recover(recorded, state);
      count.recovered++;
    }
  }
  return count;
}

/** Every state must be whole. */
export function mustHold(recorded: Recorded, perPoint: number): Count {
  return run(recorded, recorded.fs.log, {
    perPoint,
    onBroken: (broken, state) => {
      assert.fail(
        `${recorded.scenario.name}, seed ${SEED}, after change ${state.point}: ${broken.join('; ')}`,
      );
    },
  });
}
