import { strict as assert } from 'node:assert';
import { isCancelled } from '../../../../src/base/abort';
import type { RecordId } from '../../../../src/core/ids';
import type { OperationPage } from '../../../../src/core/operationData';
import { describeOperation } from '../../../../src/cli/operationWords';
import { quietControl, type Control } from '../../../../src/engine/context';
import { createMethods, type MethodTable } from '../../../../src/engine/engine';
import type { MemoryFs } from '../../../crash/memoryFs';
import { edit, memoryWith, rules, startProcess } from '../../../crash/processes';

const DAY_NS = 24n * 3_600_000_000_000n;

function run<T>(fs: MemoryFs, work: (engine: MethodTable) => T): T {
  const { env, root, end } = startProcess(fs);
  try {
    return work(createMethods(env, { root }));
  } finally {
    end();
  }
}

/** Something lies in the trash since days. */
function withOldTrash(): MemoryFs {
  const fs = memoryWith({ kept: 'in use', a: 'one', b: 'two', c: 'three' });
  const take = (engine: MethodTable): string =>
    engine.take({ trigger: 'manual', rules }, quietControl).checkpoint.id;
  const first = run(fs, take);
  edit(fs, { a: null, b: null, c: null });
  run(fs, take);
  run(fs, (engine) => engine.delete({ revs: [first] }, quietControl));
  fs.time += 20n * DAY_NS;
  assert.equal(collect(fs).objects, 3);
  fs.time += 2n * DAY_NS;
  return fs;
}

const collect = (
  fs: MemoryFs,
  control: Control = quietControl,
): ReturnType<MethodTable['collectGarbage']> =>
  run(fs, (engine) => engine.collectGarbage({ dryRun: false }, control));

const list = (fs: MemoryFs): OperationPage =>
  run(fs, (engine) => engine.operations({}, quietControl));

suite('what a collection deletes for good', () => {
  test('is an operation of its own, which nobody can undo', () => {
    const fs = withOldTrash();
    const before = list(fs).operations.length;
    const { objects, purgedObjects } = collect(fs);
    assert.deepEqual([objects, purgedObjects], [0, 3]);
    const { operations } = list(fs);
    assert.equal(operations.length, before + 1);
    const { kind, offers, obstacle, id } = operations[0]!;
    assert.deepEqual([kind, offers, obstacle], ['gc', null, 'trash-emptied']);
    assert.match(describeOperation(operations[0]!), /deleted for good/);
    assert.throws(
      () =>
        run(fs, (engine) =>
          engine.undoOperations({ what: 'undo', operation: id, rules }, quietControl),
        ),
      /trash-emptied/,
    );
    collect(fs);
    assert.equal(list(fs).operations.length, before + 1, 'nothing was deleted: no record');
  });

  test('ends no redo, and undo passes over it', () => {
    const fs = withOldTrash();
    const tag = (add: string): RecordId =>
      run(fs, (engine) => {
        engine.tag({ rev: 'HEAD', add: [add] }, quietControl);
        return engine.operations({}, quietControl).operations[0]!.id;
      });
    const first = tag('x');
    const second = tag('y');
    run(fs, (engine) => engine.undoOperations({ what: 'undo', rules }, quietControl));
    collect(fs);
    const { undo, redo, operations } = list(fs);
    assert.equal(operations[0]!.kind, 'gc');
    assert.deepEqual([undo, redo], [first, second]);
  });

  test('is told, too, when the collection was cut short', () => {
    const fs = withOldTrash();
    const before = list(fs).operations.length;
    let aborted = false;
    fs.onCall = ({ name, path }) => {
      aborted ||= name === 'unlink' && path.includes('/trash/');
    };
    const control: Control = {
      ...quietControl,
      signal: {
        get aborted() {
          return aborted;
        },
      },
    };
    assert.throws(() => collect(fs, control), isCancelled);
    fs.onCall = () => undefined;
    assert.equal(list(fs).operations.length, before + 1);
  });
});
