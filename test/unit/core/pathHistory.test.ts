import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change, ChangeSide } from '../../../src/core/change';
import { compareTrees } from '../../../src/core/compare';
import { formatManifest, encodeManifest } from '../../../src/core/manifest';
import { findFile, findFolder } from '../../../src/core/manifest/findLine';
import { readLines } from '../../../src/core/manifest/lines';
import { isWithin } from '../../../src/core/paths';
import {
  composeEdges,
  edgeBetween,
  EMPTY_EDGE,
  type Edge,
} from '../../../src/core/pathHistory/edge';
import { fileStep, folderStep, isTouched } from '../../../src/core/pathHistory/steps';
import type { Tree } from '../../../src/core/tree';
import { tree } from './arbitraries';

const same = (
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  length: number,
): boolean =>
  Buffer.compare(
    left.subarray(leftAt, leftAt + length),
    right.subarray(rightAt, rightAt + length),
  ) === 0;

function between(left: Tree, right: Tree): Edge {
  const text = ({ entries, links }: Tree) => ({ bytes: encodeManifest({ entries }), links });
  const edge = edgeBetween(text(left), text(right), same);
  assert.ok(edge);
  return edge;
}

const asTrees = (edge: Edge): [Tree, Tree] => [
  { entries: readLines(edge.left.lines, {}), links: edge.left.links },
  { entries: readLines(edge.right.lines, {}), links: edge.right.links },
];

const pathsOf = (...trees: Tree[]): string[] => [
  ...new Set(trees.flatMap(({ entries, links }) => [...entries, ...links].map(({ path }) => path))),
];

suite('edges between snapshots', () => {
  test('snapshots that are alike share one edge: a history may have thousands', () => {
    fc.assert(
      fc.property(tree, (one) => {
        assert.equal(between(one, one), EMPTY_EDGE);
      }),
    );
  });

  test('a line is found among all lines as by looking at each', () => {
    fc.assert(
      fc.property(tree, tree, ({ entries }, other) => {
        const bytes = encodeManifest({ entries });
        for (const path of pathsOf({ entries, links: [] }, other)) {
          const wanted = entries.find((entry) => entry.type === 'F' && entry.path === path);
          assert.deepEqual(findFile(bytes, path), wanted);
          const below = entries.filter(
            (entry) => isWithin(entry.path, path) && (entry.type === 'D' || entry.path !== path),
          );
          const [from, end] = findFolder(bytes, path);
          assert.equal(
            Buffer.from(bytes.subarray(from, end)).toString(),
            formatManifest({ entries: below }),
          );
        }
      }),
    );
  });

  test('an edge compares as the two trees do', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        assert.deepEqual(compareTrees(...asTrees(between(left, right))), compareTrees(left, right));
      }),
    );
  });

  test('two edges make the one from the first snapshot to the last', () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        const composed = composeEdges(between(a, b), between(b, c));
        assert.deepEqual(compareTrees(...asTrees(composed)), compareTrees(a, c));
      }),
    );
  });

  test('tells of each path what the comparison tells', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const edge = between(left, right);
        const { changes } = compareTrees(left, right);
        for (const path of pathsOf(left, right)) {
          const touched = changes.filter(
            (one) =>
              isWithin(one.path, path) ||
              (one.oldPath !== undefined && isWithin(one.oldPath, path)),
          );
          assert.equal(isTouched(edge, path), touched.length > 0, path);
          const isFolder = [left, right].every(
            ({ entries, links }) =>
              ![...entries.filter(({ type }) => type === 'F'), ...links].some(
                (one) => one.path === path,
              ),
          );
          if (isFolder) {
            const { counts } = compareTrees(left, right, { paths: [path] });
            assert.deepEqual(folderStep(edge, path), touched.length > 0 ? counts : undefined);
          }
        }
      }),
    );
  });

  test('tells of each file what became of it', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const edge = between(left, right);
        const { changes } = compareTrees(left, right);
        for (const path of pathsOf(left, right)) {
          const step = fileStep(edge, path);
          const told = step && [step.status, step.oldPath ?? step.movedTo];
          assert.deepEqual(told, expectedStep(changes, path), path);
        }
      }),
    );
  });
});

/** What the comparison of two whole trees tells of one file. */
function expectedStep(changes: readonly Change[], path: string): unknown {
  const here = changes.find((one) => one.path === path);
  const away = changes.find((one) => one.status === 'R' && one.oldPath === path);
  if (here?.status === 'R') {
    return ['R', here.oldPath];
  }
  const leaf = (side: ChangeSide | undefined): string | undefined =>
    side === undefined || side.kind === 'dir'
      ? undefined
      : JSON.stringify([side.checksum, side.target]);
  const [before, after] = [leaf(here?.left ?? away?.left), leaf(here?.right)];
  if (before === undefined || after === undefined) {
    return after !== undefined
      ? ['A', undefined]
      : before !== undefined
        ? ['D', away?.path]
        : undefined;
  }
  return before === after ? undefined : ['M', undefined];
}
