import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareTrees } from '../../../src/core/compare';
import { compareManifests } from '../../../src/core/compareManifests';
import { encodeManifest } from '../../../src/core/manifest';
import { differingLines, type SameBytes } from '../../../src/core/manifest/differingLines';
import type { Tree } from '../../../src/core/tree';
import { treePair } from './arbitraries';

const same: SameBytes = (a, aAt, b, bAt, length) =>
  Buffer.compare(a.subarray(aAt, aAt + length), b.subarray(bAt, bAt + length)) === 0;

const textOf = ({ entries, links }: Tree): { bytes: Uint8Array; links: Tree['links'] } => ({
  bytes: encodeManifest({ entries }),
  links,
});

const line = (path: string, digit: string): string => `F 644 ${digit.repeat(64)} 1 ./${path}\n`;
const many = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => line(`f${String(from + i).padStart(6, '0')}`, 'a')).join(
    '',
  );

function differ(left: string, right: string): [string, string] | undefined {
  const lines = differingLines(Buffer.from(left), Buffer.from(right), same);
  return lines && [Buffer.from(lines.left).toString(), Buffer.from(lines.right).toString()];
}

suite('compare manifests', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('any two trees: as comparing their entries', () => {
    const paths = fc.option(fc.array(fc.constantFrom('a', 'zz', 'zz/a', 'A', 'é', 'a!b')), {
      nil: undefined,
    });
    fc.assert(
      fc.property(treePair, paths, ([left, right], scope) => {
        const options = scope === undefined ? {} : { paths: scope };
        const found = compareManifests(textOf(left), textOf(right), same, options);
        assert.deepEqual(found, compareTrees(left, right, options));
      }),
      { numRuns: 5000 },
    );
  });

  test('long equal stretches of all lengths are left out', () => {
    for (const count of [0, 1, 2, 3, 5, 17, 100, 700, 1500, 5000]) {
      const middle = many(0, count);
      const left = `${line('a', 'b')}${middle}${line('z', '1')}`;
      const right = `${line('a', 'c')}${middle}${line('zz', '1')}`;
      const expected = [line('a', 'b') + line('z', '1'), line('a', 'c') + line('zz', '1')];
      assert.deepEqual(differ(left, right), expected, String(count));
      assert.deepEqual(differ(left, left), ['', '']);
      assert.deepEqual(differ(left, ''), [left, '']);
      assert.deepEqual(differ('', right), ['', right]);
      assert.deepEqual(differ(left, left + line('zz', '1')), ['', line('zz', '1')]);
    }
  });

  test('lines that come and go between equal ones', () => {
    const all = many(0, 3000).split(/(?<=\n)/);
    const [gone, came] = [new Set([5, 6, 900, 2999]), new Set([0, 7, 901, 1500])];
    const left = all.filter((_, index) => !came.has(index)).join('');
    const right = all.filter((_, index) => !gone.has(index)).join('');
    const pick = (set: Set<number>): string => all.filter((_, index) => set.has(index)).join('');
    assert.deepEqual(differ(left, right), [pick(gone), pick(came)]);
  });

  test('texts that are not sorted give the same comparison', () => {
    fc.assert(
      fc.property(treePair, fc.nat(), fc.nat(), ([left, right], from, to) => {
        const text = textOf(right);
        const lines = Buffer.from(text.bytes)
          .toString('latin1')
          .split(/(?<=\n)/);
        lines.splice(to % lines.length, 0, ...lines.splice(from % lines.length, 1));
        const turned = { ...text, bytes: Buffer.from(lines.join(''), 'latin1') };
        assert.deepEqual(compareManifests(textOf(left), turned, same), compareTrees(left, right));
      }),
      { numRuns: 2000 },
    );
  });

  test('a line that differs is checked', () => {
    const good = Buffer.from(line('a', 'a'));
    for (const bad of [line('../a', 'b'), line('a\tb', 'b'), 'F 644 x 1 ./a\n', line('a', 'B')]) {
      const other = { bytes: Buffer.from(bad), links: [] };
      assert.throws(() => compareManifests({ bytes: good, links: [] }, other, same), bad);
    }
    assert.equal(differ(good.toString(), 'F 0644 '), undefined);
  });
});
