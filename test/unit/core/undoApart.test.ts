import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LoggedRestore } from '../../../src/core/history/log';
import { reachesMeet } from '../../../src/core/history/reach';
import type { RecordId } from '../../../src/core/ids';
import { OperationLog } from '../../../src/core/operationLog';
import type { RelPath } from '../../../src/core/tree';
import { restore } from './records';
import { Script } from './script';

const PATHS = ['a', 'b', 'dir/c', 'dir/d'];
type Files = Record<string, string>;

/** Files, and restores of them that are undone and redone as the engine does it. */
class Folder {
  readonly script = new Script();
  files: Files = Object.fromEntries(PATHS.map((path) => [path, 'first']));
  readonly roots: { id: RecordId; scope: RelPath[] | null }[] = [];
  private readonly before = new Map<RecordId, Files>();
  private count = 0;

  private touch(
    scope: RelPath[] | null,
    content: (path: string) => string,
    record: Parameters<typeof restore>[0],
  ): RecordId {
    const n = this.count++;
    const safety = this.script.take(`s${n}`, null, { trigger: 'safety', scope });
    const id = this.script.add(`r${n}`, restore({ ...record, scope, safety }));
    this.before.set(id, this.files);
    const touched = PATHS.filter((path) => scope === null || isIn(path, scope));
    this.files = {
      ...this.files,
      ...Object.fromEntries(touched.map((path) => [path, content(path)])),
    };
    return id;
  }

  restore(scope: RelPath[] | null): void {
    const words = `restored ${this.count}`;
    this.roots.push({ id: this.touch(scope, () => words, {}), scope });
  }

  /** Whatever is offered about a restore. @returns whether anything was */
  turn(root: RecordId): boolean {
    const log = new OperationLog(this.script.history);
    const step = log.stepOf(root)!;
    if (log.obstacleTo(step) !== null) {
      return false;
    }
    const decider = step.decider as LoggedRestore;
    const then = this.before.get(decider.id)!;
    const record = { purpose: step.what, reverses: decider.id };
    this.touch(decider.scope, (path) => then[path]!, record);
    return true;
  }

  /** As if only those restores had ever been that are in effect. */
  get expected(): Files {
    const { reversals } = this.script.history;
    const files = Object.fromEntries(PATHS.map((path) => [path, 'first']));
    for (const { id, scope } of this.roots.filter((one) => reversals.isDone(one.id))) {
      const words = this.wordsOf.get(id)!;
      PATHS.filter((path) => scope === null || isIn(path, scope)).forEach(
        (path) => (files[path] = words),
      );
    }
    return files;
  }

  private get wordsOf(): Map<RecordId, string> {
    return new Map(
      this.roots.map(({ id }) => [
        id,
        `restored ${Buffer.from(id, 'hex').toString().replace(/\0/g, '').slice(1)}`,
      ]),
    );
  }
}

const isIn = (path: string, scope: RelPath[]): boolean =>
  scope.some((one) => path === one || path.startsWith(`${one}/`));

suite('undo of a restore below others', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('whatever is offered leaves what the restores in effect alone would have left', () => {
    const scope = fc.constantFrom<RelPath[] | null>(
      ...[['a'], ['b'], ['dir'], ['dir/c'], ['dir/d'], ['a', 'dir/c'], null],
    );
    const step = fc.record({
      kind: fc.constantFrom('restore', 'turn', 'turn', 'take'),
      scope,
      at: fc.nat(),
    });
    let below = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const folder = new Folder();
        for (const [n, { kind, scope: of, at }] of steps.entries()) {
          if (kind === 'restore') {
            folder.restore(of);
          } else if (kind === 'take') {
            folder.script.take(`t${n}`);
          } else if (folder.roots.length > 0) {
            const { id } = folder.roots[at % folder.roots.length]!;
            const last = folder.script.history.undoable()?.id;
            const turned = folder.turn(id);
            below += turned && last !== id ? 1 : 0;
          }
          assert.deepEqual(folder.files, folder.expected);
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(below > 100, `${below} of them below others`);
  });

  test('a take in between is no obstacle, and the order of redo stays', () => {
    const folder = new Folder();
    folder.restore(['a']);
    folder.script.take('between');
    folder.restore(['b']);
    const [first, second] = folder.roots.map(({ id }) => id);
    assert.ok(folder.turn(first!));
    assert.ok(folder.turn(second!));
    const log = new OperationLog(folder.script.history);
    assert.deepEqual(
      log.inOrder('redo').map(({ root }) => root.id),
      [second, first],
    );
    // The first is below the second now, and may go forth alone as well.
    assert.equal(log.obstacleTo(log.stepOf(first!)!), null);
    folder.turn(first!);
    assert.equal(new OperationLog(folder.script.history).next('redo'), second);
  });

  test('of restores that were undone later, the same files come first', () => {
    const folder = new Folder();
    folder.restore(['dir']);
    folder.restore(['dir/c']);
    const [first, second] = folder.roots.map(({ id }) => id);
    assert.ok(!folder.turn(first!));
    assert.ok(folder.turn(second!));
    assert.ok(folder.turn(first!));
    const log = new OperationLog(folder.script.history);
    assert.equal(log.obstacleTo(log.stepOf(second!)!), 'undone-later');
  });

  test('paths meet by the folders that they are in, and by how a file system may fold names', () => {
    assert.ok(!reachesMeet(['a', 'dir/b'], ['dir/c', 'ab', 'd']));
    assert.ok(reachesMeet(['dir/b'], ['dir']));
    assert.ok(reachesMeet(['dir'], ['x', 'dir/sub/b']));
    assert.ok(reachesMeet(['Dir/B'], ['dir/b']));
    assert.ok(reachesMeet(['\u00e9'], ['E\u0301']));
    assert.ok(reachesMeet(['a'], ['']));
    assert.ok(reachesMeet(null, ['a']));
    assert.ok(!reachesMeet(null, []));
  });
});
