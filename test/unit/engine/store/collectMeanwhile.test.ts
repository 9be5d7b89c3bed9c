import { strict as assert } from 'node:assert';
import type { RecordId } from '../../../../src/core/ids';
import { recordFileName } from '../../../../src/core/recordFormat';
import { quietControl } from '../../../../src/engine/context';
import { join } from '../../../../src/engine/disk/durable';
import { createMethods } from '../../../../src/engine/engine';
import { pendingRestore } from '../../../../src/engine/worktree/restore/pendingRestore';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { edit, memoryWith, rules, startProcess, treeOf } from '../../../crash/processes';
import { collect, DAY_NS, inProcess, remove, snapshot } from './collecting';

suite('garbage collection while a restore is pending', () => {
  test('what a restore that was interrupted needs stays, whatever was deleted meanwhile', () => {
    const fs = memoryWith({ a: 'first', b: 'first b' });
    const first = snapshot(fs);
    edit(fs, { a: 'second', b: 'never taken' });
    const stopped = fs.fork();
    const all = { rev: first, exact: true, rules };
    let stops = 0;
    // Stopped at each of its calls; then the target goes off the list, and garbage is collected twice.
    for (let stop = 1; ; stop++) {
      const one = stopped.fork();
      one.stopAt = stop;
      const process = startProcess(one);
      try {
        restore(process.env, process.open(), all, quietControl);
        break;
      } catch {
        // Here it ended.
      }
      process.end();
      const after = one.fork();
      const open = inProcess(after, (one) => pendingRestore(one.env, one.open()));
      if (open === null) {
        continue;
      }
      stops++;
      remove(after, first);
      for (let round = 0; round < 2; round++) {
        after.time += 20n * DAY_NS;
        collect(after);
      }
      const action = stop % 2 === 0 ? ('finish' as const) : ('undo' as const);
      inProcess(after, ({ env, root }) =>
        createMethods(env, { root }).recoverRestore({ action, rules }, quietControl),
      );
      const ends = {
        finish: { a: '644 first', b: '644 first b' },
        undo: { a: '644 second', b: '644 never taken' },
      };
      assert.deepEqual(treeOf(after.table), ends[action], `stopped at ${stop}`);
    }
    assert.ok(stops > 5, `${stops} stops left it pending`);
  });
});

suite('garbage collection while a record is damaged', () => {
  test('while a record cannot be read, what deleted snapshots need stays', () => {
    const fs = memoryWith({ shared: 'in use', gone: 'nobody needs this' });
    const first = snapshot(fs);
    edit(fs, { gone: null });
    snapshot(fs);
    remove(fs, first);
    fs.time += 15n * DAY_NS;
    const name = recordFileName(1, 'a'.repeat(64) as RecordId);
    inProcess(fs, ({ open }) => fs.close(fs.open(join(open().records, name), 'wx', 0o600)));
    assert.deepEqual([collect(fs, { dryRun: true }).objects, collect(fs).objects], [0, 0]);
    inProcess(fs, ({ open }) => fs.unlink(join(open().records, name)));
    assert.equal(collect(fs).objects, 1);
  });
});
