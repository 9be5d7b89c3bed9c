import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { deleteCheckpoints } from '../../src/engine/methods/edit';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { verify } from '../../src/engine/store/verify';
import { restore } from '../../src/engine/worktree/restore/restore';
import { take } from '../../src/engine/worktree/take';
import type { Call } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { checkListed, viewStore } from './oracle';
import { edit, memoryWith, rules, startProcess, type Process } from './processes';
import { report } from '../reliability/support/figures';

/**
 * T6 in one process: while one operation is at any of its calls, another process does a whole one. The
 * second may be refused (busy), but nothing that anybody acknowledged may be broken afterwards.
 */

const DAY_NS = 24n * 3_600_000_000_000n;

type Work = (process: Process) => string | undefined;

const taking: Work = ({ env, open }) =>
  take(env, open(), { trigger: 'manual', rules }, quietControl).checkpoint.id;

const collecting: Work = ({ env, open }) => {
  collectGarbage(env, open(), { dryRun: false }, quietControl);
  return undefined;
};

function restoring(rev: string): Work {
  return ({ env, open }) =>
    restore(env, open(), { rev, exact: false, rules }, quietControl).safety ?? undefined;
}

function inProcess(fs: MemoryFs, work: Work): string | undefined {
  const process = startProcess(fs);
  try {
    return work(process);
  } finally {
    process.end();
  }
}

/** The folder holds again what only a deleted checkpoint has: a take needs just what gc wants to remove. */
function disputed(): { fs: MemoryFs; kept: string } {
  const files = { a: 'disputed a', b: 'disputed b', 'dir/c': 'disputed c' };
  const fs = memoryWith({ ...files, k: 'kept' });
  const first = inProcess(fs, taking)!;
  edit(fs, { a: null, b: null, dir: null });
  const kept = inProcess(fs, taking)!;
  inProcess(fs, ({ env, open }) => {
    deleteCheckpoints(env, open(), { revs: [first] });
    return undefined;
  });
  edit(fs, files);
  fs.time += 20n * DAY_NS;
  return { fs, kept };
}

/**
 * While a file is copied, this thread's one buffer and hasher are in use. Real processes have their own,
 * so these moments would only test the test.
 */
function isInsideBuffer({ name, path }: Call): boolean {
  return name === 'write' || name === 'chmod' || path.includes('/.snapdir/tmp/');
}

/** The same, but the files were never touched: the stat cache says that their objects are stored. */
function cached(): { fs: MemoryFs; kept: string } {
  const fs = memoryWith({ k: 'kept' });
  const kept = inProcess(fs, taking)!;
  edit(fs, { a: 'disputed a', b: 'disputed b', 'dir/c': 'disputed c' });
  fs.time += DAY_NS;
  const second = inProcess(fs, taking)!;
  inProcess(fs, ({ env, open }) => {
    deleteCheckpoints(env, open(), { revs: [second] });
    return undefined;
  });
  fs.time += 20n * DAY_NS;
  return { fs, kept };
}

interface Outcome {
  acknowledged: string[];
  refused: boolean;
  met: boolean;
}

/** Runs `outer`, and all of `inner` in another process when `outer` is at call `at`. */
function interleave(fs: MemoryFs, at: number, outer: Work, inner: Work): Outcome {
  const outcome: Outcome = { acknowledged: [], refused: false, met: false };
  const note = (id: string | undefined): void => void (id && outcome.acknowledged.push(id));
  const attempt = (work: Work): void => {
    try {
      note(inProcess(fs, work));
    } catch (error) {
      if (!SnapdirError.is(error, 'STORE_BUSY')) {
        throw error;
      }
      outcome.refused = true;
    }
  };
  fs.onCall = (call: Call): void => {
    if (call.n >= at && !outcome.met && !isInsideBuffer(call)) {
      outcome.met = true;
      attempt(inner);
    }
  };
  attempt(outer);
  fs.onCall = undefined;
  return outcome;
}

function check(fs: MemoryFs, expected: string[], where: string): void {
  const view = viewStore(fs.table);
  const listed = checkListed(view);
  assert.deepEqual(view.broken, [], where);
  expected.forEach((id) => assert.ok(listed.has(id), `${where}: a checkpoint is gone`));
}

/** Two collections later, when the trash was emptied, everything is in its place. */
function checkLater(fs: MemoryFs, expected: string[], where: string): void {
  for (let round = 0; round < 2; round++) {
    fs.time += 2n * DAY_NS;
    inProcess(fs, collecting);
  }
  check(fs, expected, `${where}, two collections later`);
  inProcess(fs, ({ env, open }) => {
    assert.deepEqual(verify(env, open(), { full: true }, quietControl).problems, [], where);
    return undefined;
  });
}

suite('T6: two processes at once', () => {
  let all = 0;
  const cases: [string, Work | 'restore', Work | 'restore'][] = [
    ['a collection in the middle of a take', taking, collecting],
    ['a take in the middle of a collection', collecting, taking],
    ['a take in the middle of a take', taking, taking],
    ['a collection in the middle of a restore', 'restore', collecting],
    ['a restore in the middle of a collection', collecting, 'restore'],
    ['a take in the middle of a restore', 'restore', taking],
  ];
  const starts = [
    ['files anew', disputed],
    ['files as they were', cached],
  ] as const;
  const pairs = starts.flatMap(([how, start]) => cases.map((one) => [how, start, ...one] as const));
  for (const [how, start, name, outer, inner] of pairs) {
    test(`${name}, ${how}`, function () {
      this.timeout(300_000);
      let moments = 0;
      let refused = 0;
      for (let at = 1; ; at++) {
        const { fs, kept } = start();
        const work = (one: Work | 'restore'): Work => (one === 'restore' ? restoring(kept) : one);
        edit(fs, { k: 'edited' });
        const from = fs.calls;
        const outcome = interleave(fs, from + at, work(outer), work(inner));
        if (!outcome.met) {
          break;
        }
        const where = `${name}, at call ${at}`;
        check(fs, [kept, ...outcome.acknowledged], where);
        if (at % 3 === 0) {
          checkLater(fs, [kept, ...outcome.acknowledged], where);
        }
        moments++;
        refused += outcome.refused ? 1 : 0;
      }
      all += moments;
      console.log(`      ${moments} moments, ${refused} refused as busy, 0 broken`);
    });
  }

  suiteTeardown(() => {
    report({ test: 'T6', what: 'interleavings in memory', count: all, broken: 0 });
  });
});
