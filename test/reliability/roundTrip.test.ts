import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ChangeCounts } from '../../src/core/records';
import { directEngine, everything, quietControl } from '../support/directEngine';
import { readTree } from '../support/fileTree';
import { report, scaled, SEED } from './support/figures';
import { ramDir } from './support/ram';
import { diskTree, writeTree, type DiskTree } from './support/trees';

type Seen = Record<string, string>;

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
  readonly root = join(ramDir(), 'work');
  readonly engine = directEngine(this.root);

  constructor() {
    mkdirSync(this.root);
  }

  see(): Seen {
    // A link's own mode means nothing.
    const seen = readTree(this.root, { modes: true });
    const plain = Object.entries(seen).map(([path, text]) => [
      path,
      text.replace(/^\d+ (?=-> )/, ''),
    ]);
    return Object.fromEntries(plain) as Seen;
  }

  take(): { id: string; snapshot: string } {
    return this.engine.take({ trigger: 'manual', rules: everything }, quietControl).checkpoint;
  }

  run(first: DiskTree, second: DiskTree): void {
    writeTree(this.root, first);
    const before = this.see();
    const one = this.take();
    writeTree(this.root, second);
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

  test('a take, a restore and a take give the same id; undo and redo give the same folders', () => {
    const numRuns = Math.ceil(scaled(20_000) / 2);
    let place: RoundTrip | undefined;
    let inPlace = 0;
    const property = fc.property(diskTree, diskTree, (first, second) => {
      // A store that grows makes every run slower; a failing run is repeated in a fresh one.
      place = place === undefined || ++inPlace % 20 === 0 ? new RoundTrip() : place;
      try {
        place.run(first, second);
      } catch (error) {
        place = undefined;
        throw error;
      }
    });
    fc.assert(property, { numRuns, seed: SEED, endOnFailure: numRuns > 2_000 });
    const note = 'taken, compared, restored, undone, redone';
    report({ test: 'T9', what: 'random trees', count: 2 * numRuns, broken: 0, note });
  });
});
