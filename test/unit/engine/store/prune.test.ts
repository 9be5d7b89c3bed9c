import { strict as assert } from 'node:assert';
import type { GcResult, PruneParams, PruneResult } from '../../../../src/core/engine';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import type { CheckpointId } from '../../../../src/core/ids';
import { quietControl } from '../../../../src/engine/context';
import { deleteCheckpoints, setRef, tag } from '../../../../src/engine/methods/edit';
import { prune } from '../../../../src/engine/methods/prune';
import { undoOperations } from '../../../../src/engine/methods/undoOperations';
import { acquireLease } from '../../../../src/engine/disk/lease';
import { collectGarbage } from '../../../../src/engine/store/collectGarbage';
import { loadHistory } from '../../../../src/engine/store/records';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { take } from '../../../../src/engine/worktree/take';
import type { MemoryFs } from '../../../crash/memoryFs';
import { checkListed, viewStore } from '../../../crash/oracle';
import {
  edit,
  memoryWith,
  rules,
  startProcess,
  treeOf,
  type Process,
} from '../../../crash/processes';

const HOUR_NS = 3_600_000_000_000n;
const none = { last: 0, hourly: 0, daily: 0, weekly: 0 };

function within<T>(fs: MemoryFs, work: (process: Process) => T): T {
  const process = startProcess(fs);
  try {
    return work(process);
  } finally {
    process.end();
  }
}

/** Automatic checkpoints of the folder, each an hour after the one before, oldest first. */
function withAutomatic(count: number): { fs: MemoryFs; ids: CheckpointId[] } {
  const fs = memoryWith({ a: 'first' });
  const ids: CheckpointId[] = [];
  for (let n = 0; n < count; n++) {
    edit(fs, { a: `automatic ${n}` });
    fs.time += HOUR_NS;
    ids.push(
      within(fs, ({ env, open }) => {
        return take(env, open(), { trigger: 'auto', rules }, quietControl).checkpoint.id;
      }),
    );
  }
  return { fs, ids };
}

const run = (fs: MemoryFs, params: Partial<PruneParams> = {}): PruneResult =>
  within(fs, ({ env, open }) =>
    prune(env, open(), { dryRun: false, keep: none, ...params }, quietControl),
  );

function listed(fs: MemoryFs): CheckpointId[] {
  const view = viewStore(fs.table);
  checkListed(view);
  assert.deepEqual(view.broken, []);
  return within(fs, ({ env, open }) =>
    loadHistory(env, open())
      .history.checkpointsNewestFirst()
      .map(({ id }) => id)
      .reverse(),
  );
}

function fails(code: ErrorCode, work: () => unknown): void {
  assert.throws(work, (error) => SnapdirError.is(error, code), code);
}

suite('prune', () => {
  test('a dry run tells and writes nothing; the run does just that, as one record; undo brings it back', () => {
    const { fs, ids } = withAutomatic(6);
    const calls = fs.readdir('/folder/.snapdir/records').length;
    const dry = run(fs, { dryRun: true, keep: { ...none, last: 3 } });
    assert.deepEqual([dry.pruned, dry.kept, dry.operation], [3, { last: 3 }, null]);
    assert.equal(fs.readdir('/folder/.snapdir/records').length, calls);
    const { fingerprint } = dry;
    const done = run(fs, { keep: { ...none, last: 3 }, fingerprint });
    assert.deepEqual(
      done.checkpoints.map(({ id }) => id),
      ids.slice(0, 3).reverse(),
    );
    assert.equal(fs.readdir('/folder/.snapdir/records').length, calls + 1);
    assert.deepEqual(listed(fs), ids.slice(3));
    assert.equal(run(fs, { keep: { ...none, last: 3 } }).operation, null);
    within(fs, ({ env, open }) =>
      undoOperations(
        env,
        open(),
        { what: 'undo', operation: done.operation!, rules },
        quietControl,
      ),
    );
    assert.deepEqual(listed(fs), ids);
  });

  test('after garbage collection undo brings the content back from the trash', () => {
    const { fs, ids } = withAutomatic(5);
    const { operation } = run(fs);
    fs.time += 20n * 24n * HOUR_NS;
    const collected = within(fs, ({ env, open }) =>
      collectGarbage(env, open(), { dryRun: false }, quietControl),
    );
    assert.deepEqual([collected.objects, collected.manifests], [3, 3]);
    within(fs, ({ env, open }) =>
      undoOperations(env, open(), { what: 'undo', operation: operation!, rules }, quietControl),
    );
    assert.deepEqual(listed(fs), ids);
  });

  test('what an undone collection brought back is young again: the next one leaves it alone', () => {
    const { fs } = withAutomatic(5);
    run(fs);
    fs.time += 20n * 24n * HOUR_NS;
    const collect = (): GcResult =>
      within(fs, ({ env, open }) => collectGarbage(env, open(), { dryRun: false }, quietControl));
    assert.equal(collect().objects, 3);
    within(fs, ({ env, open }) =>
      undoOperations(env, open(), { what: 'undo', rules }, quietControl),
    );
    fs.time += 2n * 24n * HOUR_NS;
    const again = collect();
    assert.deepEqual([again.objects, again.purgedObjects, again.tooYoung], [0, 0, 6]);
  });

  test('names, tags and what restores need stay; other people\u2019s plans are not carried out', () => {
    const { fs, ids } = withAutomatic(8);
    within(fs, ({ env, open }) => {
      setRef(env, open(), { name: 'main', rev: ids[0]! }, quietControl);
      tag(env, open(), { rev: ids[1]!, add: ['x'] }, quietControl);
      restore(env, open(), { rev: ids[2]!, exact: false, rules }, quietControl);
    });
    const { fingerprint } = run(fs, { dryRun: true });
    within(fs, ({ env, open }) => tag(env, open(), { rev: ids[3]!, add: ['y'] }, quietControl));
    fails('PLAN_CHANGED', () => run(fs, { fingerprint }));
    run(fs);
    const left = listed(fs).filter((id) => ids.includes(id));
    assert.deepEqual(left, [ids[0], ids[1], ids[2], ids[3], ids[7]]);
  });

  test('a name that moved on keeps what it stood for, through prune and collection; a person may delete it', () => {
    const { fs, ids } = withAutomatic(6);
    const [first, second, third] = ids as [CheckpointId, CheckpointId, CheckpointId];
    within(fs, ({ env, open }) => {
      for (const rev of [first, second, third, null]) {
        setRef(env, open(), { name: 'main', rev }, quietControl);
      }
    });
    const kept = [first, second, third, ...ids.slice(-2)];
    assert.deepEqual(run(fs).kept, { promoted: 3, head: 2 });
    assert.deepEqual(listed(fs), kept);
    const collect = (): GcResult =>
      within(fs, ({ env, open }) => collectGarbage(env, open(), { dryRun: false }, quietControl));
    fs.time += 20n * 24n * HOUR_NS;
    assert.equal(collect().manifests, 1);
    fs.time += 20n * 24n * HOUR_NS;
    collect();
    within(fs, ({ env, open }) =>
      restore(env, open(), { rev: first, exact: false, rules }, quietControl),
    );
    assert.match(treeOf(fs.table)['a']!, /automatic 0/);
    within(fs, ({ env, open }) => deleteCheckpoints(env, open(), { revs: [second] }));
    assert.ok(!listed(fs).includes(second));
  });

  test('refuses wrong counts, a clock that jumped, and while somebody else is at work', () => {
    const { fs } = withAutomatic(3);
    fails('INVALID_ARGUMENT', () => run(fs, { keep: { ...none, daily: -1 } }));
    fails('INVALID_ARGUMENT', () => run(fs, { keep: { ...none, last: 0.5 } }));
    const other = startProcess(fs);
    const lease = acquireLease(other.env, other.open(), 'collect garbage');
    fails('STORE_BUSY', () => run(fs));
    lease.dispose();
    other.end();
    const { time } = fs;
    fs.time += 40n * 24n * HOUR_NS;
    fails('STORE_UNSAFE', () => run(fs));
    fs.time = time - HOUR_NS;
    fails('STORE_UNSAFE', () => run(fs));
  });
});
