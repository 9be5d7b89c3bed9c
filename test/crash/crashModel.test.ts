import { strict as assert } from 'node:assert';
import { quietControl } from '../../src/engine/context';
import { recoverUnclean } from '../../src/engine/store/unclean';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import { crashStates, type CrashState } from './crashStates';
import type { LogEntry, MemoryFsOptions } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { checkListed, filesOf, viewStore, type StoreView } from './oracle';
import { hostOf, rules, startProcess, treeOf } from './processes';
import { scenarios, type Scenario } from './scenarios';

/**
 * T1 of the test plan: each scenario runs once on a file system in memory that logs every change. From
 * the log come the states that a power cut may leave: after every change, with any of the changes that
 * were not synced lost, and their bytes lost, torn or zeroed. Each state is looked at from outside.
 */

/** States after each change; SNAPDIR_CRASH_STATES=10000 for a long run. */
const PER_POINT = Number(process.env['SNAPDIR_CRASH_STATES'] ?? 100);
const SEED = Number(process.env['SNAPDIR_CRASH_SEED'] ?? 1);
/** One state in so many is also recovered by the engine itself. */
const RECOVER_EVERY = 150;
/** And one in so many is started again. */
const REBOOT_EVERY = 23;

/** A run that was logged. */
interface Recorded {
  scenario: Scenario;
  fs: MemoryFs;
  /** Checkpoint → how many log entries there were when it was acknowledged. */
  acknowledged: Map<string, number>;
  original: Record<string, string>;
  target: Record<string, string>;
}

function record(scenario: Scenario, options: MemoryFsOptions): Recorded {
  const fs = scenario.before.fork(options);
  const original = treeOf(fs.table);
  const acknowledged = new Map(scenario.acknowledged.map((id) => [id, 0]));
  const running = startProcess(fs);
  scenario.run(running, (id) => acknowledged.set(id, fs.log.length));
  running.end();
  return { scenario, fs, acknowledged, original, target: treeOf(fs.table) };
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
  const { original, target, scenario } = recorded;
  const now = treeOf(state.table);
  const saved: Record<string, string> = {};
  for (const [id, one] of view.records) {
    if (one.kind === 'take' && one.trigger === 'safety' && !scenario.acknowledged.includes(id)) {
      Object.assign(saved, filesOf(view, id));
    }
  }
  for (const path of new Set([...Object.keys(original), ...Object.keys(now)])) {
    if (path.endsWith('/') || now[path] === original[path]) {
      continue;
    }
    if (now[path] !== undefined && now[path] !== target[path]) {
      view.broken.push(`${path} is torn or wrong: ${String(now[path])}`);
    } else if (original[path] !== undefined && saved[path] !== original[path]) {
      view.broken.push(`${path} was replaced and its bytes are nowhere`);
    }
  }
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

interface Count {
  states: number;
  recovered: number;
}

/** @returns how many states there were until the first broken one, or in all */
function run(
  recorded: Recorded,
  log: readonly LogEntry[],
  options: { perPoint: number; onBroken: (broken: string[], state: CrashState) => void },
): Count {
  const { scenario, fs } = recorded;
  const count = { states: 0, recovered: 0 };
  const states = crashStates(scenario.before.table, log, fs.table, {
    perPoint: options.perPoint,
    seed: SEED,
  });
  for (const state of states) {
    count.states++;
    const broken = check(recorded, state);
    if (broken.length > 0) {
      options.onBroken(broken, state);
      break;
    }
    const after = count.states % REBOOT_EVERY === 0 ? reboot(recorded, state) : [];
    if (after.length > 0) {
      options.onBroken(after, state);
      break;
    }
    if (scenario.restores && count.states % RECOVER_EVERY === 0) {
      recover(recorded, state);
      count.recovered++;
    }
  }
  return count;
}

function mustHold(recorded: Recorded): Count {
  return run(recorded, recorded.fs.log, {
    perPoint: PER_POINT,
    onBroken: (broken, state) => {
      assert.fail(
        `${recorded.scenario.name}, seed ${SEED}, after change ${state.point}: ${broken.join('; ')}`,
      );
    },
  });
}

/** @returns after how many states the oracle noticed */
function mustBreak(recorded: Recorded, log: readonly LogEntry[]): number {
  let noticed = false;
  const { states } = run(recorded, log, { perPoint: 50, onBroken: () => (noticed = true) });
  assert.ok(noticed, `${recorded.scenario.name}: ${states} states, and nobody noticed`);
  return states;
}

suite('crash model', () => {
  const variants: { name: string; options: MemoryFsOptions }[] = [
    { name: 'every file synced by itself', options: {} },
    { name: 'the file system synced as a whole', options: { syncFs: true } },
  ];
  let total = 0;

  for (const { name, options } of variants) {
    for (const scenario of scenarios(options)) {
      test(`${scenario.name}, ${name}`, function () {
        this.timeout(3_600_000);
        const { states, recovered } = mustHold(record(scenario, options));
        total += states;
        console.log(`      ${states} states (${recovered} recovered), 0 broken`);
      });
    }
  }

  suiteTeardown(() => console.log(`      ${total} states in all, seed ${SEED}`));
});

suite('the crash model notices', () => {
  const find = (name: string, options: MemoryFsOptions): Scenario =>
    scenarios(options).find((scenario) => scenario.name === name)!;

  for (const name of ['first take', 'second take', 'exact restore', 'undo']) {
    for (const lie of ['all', 'files', 'folders'] as const) {
      test(`${name}: syncs of ${lie === 'all' ? 'everything' : lie} that do nothing`, function () {
        this.timeout(120_000);
        const recorded = record(find(name, {}), { syncsLie: lie });
        const states = mustBreak(recorded, recorded.fs.log);
        console.log(`      noticed after ${states} states`);
      });
    }
  }

  for (const name of ['large take', 'relaxed takes']) {
    test(`${name}: no mark of what is not synced`, function () {
      this.timeout(120_000);
      const recorded = record(find(name, { syncFs: true }), { syncFs: true });
      console.log(`      noticed after ${mustBreak(recorded, withoutMarks(recorded))} states`);
    });
  }

  for (const name of ['large take', 'durable take after relaxed ones']) {
    test(`${name}: a sync of everything that does nothing`, function () {
      this.timeout(120_000);
      const options = { syncFs: true, syncsLie: 'all' } as const;
      const recorded = record(find(name, { syncFs: true }), options);
      console.log(`      noticed after ${mustBreak(recorded, recorded.fs.log)} states`);
    });
  }

  test('a manifest that is there before its objects', function () {
    this.timeout(120_000);
    const recorded = record(find('second take', {}), {});
    console.log(`      noticed after ${mustBreak(recorded, objectsLast(recorded))} states`);
  });
});

/** The same changes, but the marks of unsynced content are never on disk. */
function withoutMarks({ fs }: Recorded): LogEntry[] {
  const folder = fs.table.get(1).entries!.get('folder')!;
  const snapdir = fs.table.get(fs.table.get(folder).entries!.get('.snapdir')!);
  const marks = snapdir.entries!.get('unsynced')!;
  return fs.log.filter(
    (entry) => entry.op !== 'names' || !entry.names.some(({ dir }) => dir === marks),
  );
}

/** The same changes, but whatever happens below `.objects` happens at the end. */
function objectsLast({ fs, scenario }: Recorded): LogEntry[] {
  const store = scenario.before.table.get(1).entries!.get('folder')!;
  const snapdir = scenario.before.table.get(store).entries!.get('.snapdir')!;
  const folders = new Set<number>();
  const collect = (ino: number): void => {
    folders.add(ino);
    fs.table.get(ino).entries?.forEach((child) => collect(child));
  };
  collect(fs.table.get(snapdir).entries!.get('.objects')!);
  const isObjects = (entry: LogEntry): boolean =>
    (entry.op === 'names' && entry.names.some(({ dir }) => folders.has(dir))) ||
    (entry.op === 'fsyncDir' && folders.has(entry.ino));
  return [
    ...fs.log.filter((entry) => !isObjects(entry)),
    ...fs.log.filter((entry) => isObjects(entry)),
  ];
}
