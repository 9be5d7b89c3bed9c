import fc from 'fast-check';
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ChangeCounts } from '../../src/core/records';
import type { MethodTable } from '../../src/engine/engine';
import { everything, quietControl } from '../support/directEngine';
import { report, scaled, SEED } from './support/figures';
import { inMemory, onDisk, type Seen, type TreePlace } from './support/treePlaces';
import { diskTree, type DiskTree } from './support/trees';

/** What must differ between two folders, from what a plain reading of both shows. */
function expectedCounts(left: Seen, right: Seen): Omit<ChangeCounts, 'renamed'> {
  const [a, b] = [left, right].map(
    (seen) => new Map(Object.entries(seen).map(([path, text]) => [path.replace(/\/$/, ''), text])),
  );
  const all = [...new Set([...a!.keys(), ...b!.keys()])];
  const count = (fits: (a: string | undefined, b: string | undefined) => boolean): number =>
    all.filter((path) => fits(a!.get(path), b!.get(path))).length;
  return {
    added: count((one) => one === undefined),
    deleted: count((_, other) => other === undefined),
    modified: count((one, other) => one !== undefined && other !== undefined && one !== other),
  };
}

class RoundTrip {
  private readonly place: TreePlace;
  private readonly engine: MethodTable;

  constructor(place: TreePlace) {
    this.place = place;
    this.engine = place.engine;
  }

  private see(): Seen {
    return this.place.see();
  }

  private take(): { id: string; snapshot: string } {
    return this.engine.take({ trigger: 'manual', rules: everything }, quietControl).checkpoint;
  }

  run(first: DiskTree, second: DiskTree): void {
    this.place.write(first);
    const before = this.see();
    const one = this.take();
    this.place.write(second);
    const between = this.see();
    const two = this.take();
    this.compare(one.id, two.id, expectedCounts(before, between));
    this.restore(one.id);
    assert.deepEqual(this.see(), before, 'restored');
    assert.equal(this.take().snapshot, one.snapshot, 'taken again');
    this.restore(two.id);
    assert.deepEqual(this.see(), between, 'and back');
    // Where both are the same nothing was restored.
    if (!isDeepStrictEqual(before, between)) {
      this.undo('undo', before);
      this.undo('redo', between);
    }
  }

  private restore(rev: string): void {
    const request = { rev, exact: true, rules: everything };
    const result = this.engine.restore(request, quietControl);
    assert.deepEqual([result.failed, result.conflicts], [[], []]);
  }

  private undo(what: 'undo' | 'redo', expected: Seen): void {
    this.engine.undo({ what, rules: everything }, quietControl);
    assert.deepEqual(this.see(), expected, what);
  }

  private compare(left: string, right: string, expected: Omit<ChangeCounts, 'renamed'>): void {
    const request = { left, right, rules: everything };
    const changes = this.engine
      .compare(request, quietControl)
      .changes.filter(({ path }) => path !== '');
    const count = (...some: string[]): number =>
      changes.filter(({ status }) => some.includes(status)).length;
    // A rename stands for one that went and one that came.
    const plain = { added: count('A', 'R'), deleted: count('D', 'R'), modified: count('M') };
    assert.deepEqual(plain, expected);
  }
}

suite('T9: properties', function () {
  this.timeout(3_600_000);

  for (const [where, make] of [
    ['on a disk', onDisk],
    ['in memory', inMemory],
  ] as const) {
    test(`a take, a restore and a take give the same id; undo and redo give the same folders, ${where}`, () => {
      const numRuns = Math.ceil(scaled(10_000) / 2);
      let place: TreePlace | undefined;
      let inPlace = 0;
      const property = fc.property(diskTree, diskTree, (first, second) => {
        // A store that grows makes every run slower; a failing run is repeated in a fresh one.
        if (place === undefined || ++inPlace % 20 === 0) {
          place?.end();
          place = make();
        }
        try {
          new RoundTrip(place).run(first, second);
        } catch (error) {
          place = undefined;
          throw error;
        }
      });
      const seed = SEED * 2 + (where === 'on a disk' ? 0 : 1);
      fc.assert(property, { numRuns, seed, endOnFailure: numRuns > 2_000 });
      const note = 'taken, compared, restored, undone, redone';
      const what = `random trees ${where}`;
      report({ test: 'T9', what, count: 2 * numRuns, broken: 0, note });
    });
  }
});
