import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { pendingRestore } from '../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../src/engine/worktree/restore/recoverRestore';
import type { Call } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { checkListed, viewStore, type StoreView } from './oracle';
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
  try {
    scenario.run(process, () => undefined);
  } catch (caught) {
    thrown = caught;
  } finally {
    process.end();
  }
  return { fs: fs.fork({}), failed, error: thrown };
}

/** The changing calls of a run in which nothing fails. */
function callsOf(scenario: Scenario): string[] {
  const fs = scenario.before.fork();
  const calls: string[] = [];
  fs.onCall = ({ name }) => void calls.push(name);
  const process = startProcess(fs);
  scenario.run(process, () => undefined);
  process.end();
  return calls;
}

/** Whatever happened, a healthy disk later brings the folder to one of the two ends. */
function checkAfter(scenario: Scenario, { fs, error }: Result, where: string): void {
  assert.ok(error === undefined || SnapdirError.is(error), `${where}: ${String(error)}`);
  const view = viewStore(fs.table);
  checkListed(view);
  assert.deepEqual(view.broken, [], where);
  if (!scenario.restores) {
    return;
  }
  const original = treeOf(scenario.before.table);
  const process = startProcess(fs);
  const store = process.open();
  const pending = pendingRestore(process.env, store) !== null;
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
      const calls = callsOf(scenario);
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
            checkAfter(scenario, result, where);
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
