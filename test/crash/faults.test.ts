import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import type { Call } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { checkListed, filesOf, shapeOf, viewStore, type StoreView } from './oracle';
import { rules, startProcess, treeOf } from './processes';
import { operationScenarios } from './operationScenarios';
import { scenarios, type Scenario } from './scenarios';
import { report } from '../reliability/support/figures';

/**
 * T5 of the test plan, in memory: every changing call fails, once or from then on. It must end in success
 * or in an error that says what happened, with nothing broken and no way back lost.
 */

const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE', 'EBUSY', 'short'];

interface Result {
  fs: MemoryFs;
  /** The call that was made to fail was reached. */
  failed: boolean;
  error: unknown;
  /** Checkpoints that the run told of. */
  told: string[];
}

function runWithFault(scenario: Scenario, at: number, error: string, sticky: boolean): Result {
  let failed = false;
  const fault = (call: Call): string | undefined => {
    const hit = call.n === at || (sticky && call.n > at);
    if (!hit || (error === 'short' && call.name !== 'write')) {
      failed ||= hit;
      return undefined;
    }
    failed = true;
    return error;
  };
  const fs = scenario.before.fork({ fault });
  const process = startProcess(fs);
  let thrown: unknown;
  const told: string[] = [];
  try {
    scenario.run(process, (id) => void told.push(id));
  } catch (caught) {
    thrown = caught;
  } finally {
    process.end();
  }
  return { fs: fs.fork({}), failed, error: thrown, told };
}

/** What a run in which nothing fails comes to: whoever reports success must have done the same. */
interface Healthy {
  /** Its changing calls. */
  calls: string[];
  end: End;
}

/** What can be told of a run's end whatever ids its records have. */
interface End {
  tree: Record<string, string>;
  /** What each new record says was done. */
  done: string[];
  /** The files of each checkpoint that it told of. */
  told: Record<string, string>[];
  /** Checksums of all content that is to be had. */
  objects: string[];
  /** Paths that a restore named, in its result and its record, as those it could not bring about. */
  named: string[];
  /** The files of each new checkpoint. */
  taken: Record<string, string>[];
}

function healthyRun(scenario: Scenario): Healthy {
  const fs = scenario.before.fork();
  const calls: string[] = [];
  fs.onCall = ({ name }) => void calls.push(name);
  const process = startProcess(fs);
  const told: string[] = [];
  scenario.run(process, (id) => void told.push(id));
  process.end();
  return { calls, end: endOf(scenario, fs.fork({}), told) };
}

function endOf(scenario: Scenario, { table }: MemoryFs, told: readonly string[]): End {
  const view = viewStore(table);
  const before = viewStore(scenario.before.table).records;
  const fresh = [...view.records].filter(([id]) => !before.has(id));
  return {
    tree: treeOf(table),
    done: fresh.map(([, record]) => shapeOf(record)).sort(),
    told: told.map((id) => filesOf(view, id)),
    objects: [...view.objects.keys()].sort(),
    named: fresh.flatMap(([, record]) =>
      record.kind === 'restore' ? record.failed.map(({ path }) => path) : [],
    ),
    taken: fresh.flatMap(([id, { kind }]) => (kind === 'take' ? [filesOf(view, id)] : [])),
  };
}

/** A run that reported success did what it was asked for, except at paths that it named. */
function checkDone(scenario: Scenario, end: End, healthy: End, where: string): void {
  const before = treeOf(scenario.before.table);
  const { named } = end;
  const paths = [...new Set([...Object.keys(end.tree), ...Object.keys(healthy.tree)])];
  const odd = paths.filter((path) => end.tree[path] !== healthy.tree[path]);
  // What is named stayed as it was, or had to give way and is in the safety checkpoint. A folder above it
  // stays as far as it was opened up, or emptied.
  const isKept = (path: string): boolean =>
    end.tree[path] === before[path] ||
    (end.tree[path] === undefined && end.taken.some((files) => files[path] === before[path]));
  const wrong = odd.filter(
    (path) => !isAbove(path, named) && !(isBelow(path, named) && isKept(path)),
  );
  assert.deepEqual(wrong, [], `${where}: told as done, names ${named.join()}, but is not`);
  const rest = ({ done, told, objects }: End): object => ({ done, told, objects });
  assert.deepEqual(rest(end), rest(healthy), `${where}: told as done, but is not`);
}

/** A folder (with a slash at its end) that is named, or above what is. */
const isAbove = (path: string, named: readonly string[]): boolean =>
  path.endsWith('/') && named.some((one) => `${one}/`.startsWith(path));

const isBelow = (path: string, named: readonly string[]): boolean =>
  named.some((one) => path === one || path.startsWith(`${one}/`));

/** Whatever happened, a healthy disk later brings the folder to one of the two ends. */
function checkAfter(scenario: Scenario, result: Result, healthy: End, where: string): void {
  const { fs, error, told } = result;
  assert.ok(error === undefined || SnapdirError.is(error), `${where}: ${String(error)}`);
  const view = viewStore(fs.table);
  const listed = checkListed(view);
  assert.deepEqual(view.broken, [], where);
  const gone = [...scenario.acknowledged, ...told].filter((id) => !listed.has(id));
  assert.deepEqual(gone, [], `${where}: acknowledged, but not listed`);
  if (error === undefined) {
    checkDone(scenario, endOf(scenario, fs, told), healthy, where);
  }
  if (!scenario.restores) {
    return;
  }
  const original = treeOf(scenario.before.table);
  const process = startProcess(fs);
  const store = process.open();
  const pending = pendingRestore(process.env, store) !== null;
  assert.ok(!pending || error !== undefined, `${where}: told as done, but half-way`);
  if (pending) {
    recoverRestore(process.env, store, { action: 'undo', rules }, quietControl);
    assert.deepEqual(treeOf(fs.table), original, `${where}, then undone`);
  } else if (error !== undefined && !isRecorded(scenario, view)) {
    assert.deepEqual(treeOf(fs.table), original, `${where}: not pending, but changed`);
  }
  process.end();
}

/** The record was written and then its sync failed: the restore is done, though it said otherwise. */
function isRecorded(scenario: Scenario, view: StoreView): boolean {
  const before = viewStore(scenario.before.table).records;
  return [...view.records].some(([id, { kind }]) => kind === 'restore' && !before.has(id));
}

suite('T5: every call fails', () => {
  const total = { faults: 0, errors: 0 };
  const all = [...scenarios({}), ...operationScenarios({})];
  for (const scenario of all.filter(({ name }) => !name.startsWith('large'))) {
    test(scenario.name, function () {
      this.timeout(600_000);
      const { calls, end } = healthyRun(scenario);
      let faults = 0;
      let errors = 0;
      for (const sticky of [false, true]) {
        for (const error of ERRORS) {
          for (let at = 1; at <= calls.length; at++) {
            if (error === 'short' && calls[at - 1] !== 'write') {
              continue; // Nothing else can be short.
            }
            const result = runWithFault(scenario, at, error, sticky);
            assert.ok(result.failed, 'the call was not reached');
            const where = `${scenario.name}, ${error} at ${at}${sticky ? ' and later' : ''}`;
            checkAfter(scenario, result, end, where);
            faults++;
            errors += result.error === undefined ? 0 : 1;
          }
        }
      }
      total.faults += faults;
      total.errors += errors;
      console.log(`      ${faults} faults, ${errors} ended in an error, 0 broken`);
    });
  }

  suiteTeardown(() => {
    const note = `${total.errors} ended in an error, all others in success`;
    report({ test: 'T5', what: 'errors in memory', count: total.faults, broken: 0, note });
  });
});
