import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change } from '../../../src/core/change';
import { compareTrees, summarize } from '../../../src/core/compare';
import type { Checksum } from '../../../src/core/ids';
import { baseName } from '../../../src/core/paths';
import type { LinkEntry, ManifestEntry, Tree } from '../../../src/core/tree';
import { treePair } from './arbitraries';

const sum = (digit: string): Checksum => digit.repeat(64) as Checksum;
const f = (path: string, content: string, more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  ...{ type: 'F', mode: 0o644, checksum: sum(content), size: 1, path },
  ...more,
});
const d = (path: string, mode = 0o755): ManifestEntry => ({
  ...{ type: 'D', mode, checksum: sum('0'), size: 0, path },
});
const t = (entries: ManifestEntry[], links: LinkEntry[] = []): Tree => ({
  entries: [d(''), ...entries],
  links,
});
const short = (changes: Change[]): string[] =>
  changes.map(({ status, oldPath, path }) =>
    [status, ...(oldPath ? [oldPath] : []), path].join(' '),
  );

type Node = ManifestEntry | LinkEntry;

function nodes(tree: Tree): Map<string, Node> {
  return new Map([...tree.entries, ...tree.links].map((node) => [node.path, node]));
}

function kind(node: Node): string {
  return 'target' in node ? 'link' : node.type === 'D' ? 'dir' : 'file';
}

/** What identifies a node's state; a directory's checksum says nothing. */
function state(node: Node): string {
  if ('target' in node) {
    return `link ${node.target}`;
  }
  return node.type === 'D' ? `dir ${node.mode}` : `file ${node.mode} ${node.checksum}`;
}

/** The plainest comparison there is, without renames. */
function oracle(left: Tree, right: Tree): Map<string, string> {
  const [a, b] = [nodes(left), nodes(right)];
  const result = new Map<string, string>();
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [a.get(path), b.get(path)];
    if (x === undefined || y === undefined) {
      result.set(path, x === undefined ? 'A' : 'D');
    } else if (state(x) !== state(y)) {
      result.set(path, 'M');
    }
  }
  return result;
}

suite('compare', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('added, deleted, modified, mode and kind', () => {
    const left = t([f('gone', 'a'), f('mode', 'b'), f('same', 'c'), f('text', 'd'), d('turns')]);
    const right = t([
      f('mode', 'b', { mode: 0o755 }),
      f('new', 'e'),
      f('same', 'c'),
      f('text', 'f'),
      f('turns', '1'),
    ]);
    const { changes, counts } = compareTrees(left, right);
    assert.deepEqual(short(changes), ['D gone', 'M mode', 'A new', 'M text', 'M turns']);
    assert.deepEqual(counts, { added: 1, deleted: 1, modified: 3, renamed: 0 });
    assert.deepEqual(changes[4], {
      ...{ status: 'M', path: 'turns', left: { kind: 'dir', mode: 0o755 } },
      right: { kind: 'file', mode: 0o644, size: 1, checksum: sum('1') },
    });
  });

  test('a file that becomes a folder', () => {
    const { changes, counts } = compareTrees(t([f('x', 'a')]), t([d('x'), f('x/y', 'b')]));
    assert.deepEqual(short(changes), ['M x', 'A x/y']);
    assert.deepEqual(counts, { added: 1, deleted: 0, modified: 1, renamed: 0 });
  });

  test('folders are listed where they come, go or change mode, and are not counted', () => {
    const left = t([d('a'), d('gone'), d('same')]);
    const right = t([d('a', 0o700), d('new'), d('same')]);
    const { changes, counts } = compareTrees(left, right);
    assert.deepEqual(short(changes), ['M a', 'D gone', 'A new']);
    assert.deepEqual(counts, { added: 0, deleted: 0, modified: 0, renamed: 0 });
  });

  test('links', () => {
    const link = (path: string, target: string): LinkEntry => ({ path, target });
    const left = t([f('to-link', 'a')], [link('l', 'x'), link('gone', 'x'), link('same', 'x')]);
    const right = t([], [link('l', 'y'), link('same', 'x'), link('to-link', 'a'), link('z', 'x')]);
    const { changes, counts } = compareTrees(left, right);
    assert.deepEqual(short(changes), ['D gone', 'M l', 'M to-link', 'A z']);
    assert.deepEqual(counts, { added: 1, deleted: 1, modified: 2, renamed: 0 });
    assert.deepEqual(changes[2]!.right, { kind: 'link', target: 'a' });
  });

  test('renames: equal content, base names first, each file once', () => {
    const left = t([d('old'), f('old/a', 'a'), f('old/b', 'a'), f('x', 'b'), f('y', 'b')]);
    const right = t([
      d('new'),
      f('new/b', 'a', { mode: 0o755 }),
      f('new/c', 'a'),
      f('new/d', 'a'),
      f('z', 'b'),
    ]);
    const { changes, counts } = compareTrees(left, right);
    assert.deepEqual(short(changes), [
      ...['A new', 'R old/b new/b', 'R old/a new/c', 'A new/d', 'D old'],
      ...['D y', 'R x z'],
    ]);
    assert.deepEqual(counts, { added: 1, deleted: 1, modified: 0, renamed: 3 });
    assert.equal(changes[1]!.left?.mode, 0o644);
    assert.equal(changes[1]!.right?.mode, 0o755);
  });

  test('empty files are never renamed', () => {
    const { changes } = compareTrees(t([f('a', 'e', { size: 0 })]), t([f('b', 'e', { size: 0 })]));
    assert.deepEqual(short(changes), ['D a', 'A b']);
  });

  test('swapped contents are found though the folder keeps its checksum (H34)', () => {
    const left = t([d('s'), f('s/a', 'a'), f('s/b', 'b')]);
    const right = t([d('s'), f('s/a', 'b'), f('s/b', 'a')]);
    assert.deepEqual(short(compareTrees(left, right).changes), ['M s/a', 'M s/b']);
  });

  test('only within the given paths', () => {
    const left = t([d('a'), f('a/x', 'a'), f('ab', 'b'), f('b', 'c')]);
    const right = t([d('a'), d('c'), f('c/x', 'a')]);
    assert.deepEqual(short(compareTrees(left, right, { paths: ['a', 'b'] }).changes), [
      'D a/x',
      'D b',
    ]);
    assert.deepEqual(compareTrees(left, right, { paths: [] }).changes, []);
  });

  test('the empty tree, and the mode of the folder itself', () => {
    const empty: Tree = { entries: [], links: [] };
    assert.deepEqual(short(compareTrees(empty, t([f('a', 'a')])).changes), ['A a']);
    assert.deepEqual(short(compareTrees(t([f('a', 'a')]), empty).changes), ['D a']);
    const other: Tree = { entries: [d('', 0o700)], links: [] };
    assert.deepEqual(short(compareTrees(t([]), other).changes), ['M ']);
  });

  test('any two trees, against the plainest comparison', () => {
    fc.assert(
      fc.property(treePair, ([left, right]) => {
        const expected = oracle(left, right);
        const { changes, counts } = compareTrees(left, right);
        const [a, b] = [nodes(left), nodes(right)];
        const found = new Map<string, string>();
        const paths = changes.map((change) => Buffer.from(change.path));
        assert.deepEqual(
          paths,
          [...paths].sort((x, y) => Buffer.compare(x, y)),
        );
        for (const change of changes) {
          assert.ok(!found.has(change.path));
          if (change.status !== 'R') {
            found.set(change.path, change.status);
            continue;
          }
          const [from, to] = [a.get(change.oldPath!)!, b.get(change.path)!];
          assert.ok('checksum' in from && 'checksum' in to && from.size > 0);
          assert.equal(from.checksum, to.checksum);
          assert.deepEqual([kind(from), kind(to)], ['file', 'file']);
          found.set(change.path, 'A');
          assert.ok(!found.has(change.oldPath!), 'each deleted file is used once');
          found.set(change.oldPath!, 'D');
        }
        const without = (map: Map<string, string>): [string, string][] =>
          [...map].filter(([path]) => path !== '').sort(([x], [y]) => (x < y ? -1 : 1));
        assert.deepEqual(without(found), without(expected));
        assert.deepEqual(counts, summarize(changes));
        // Nothing is left that could be a rename.
        const gone = changes.filter(
          (one) => one.status === 'D' && one.left?.kind === 'file' && one.left.size! > 0,
        );
        const came = new Set(
          changes.filter((one) => one.status === 'A').map((one) => one.right?.checksum),
        );
        assert.ok(gone.every((one) => !came.has(one.left?.checksum)));
      }),
      { numRuns: 2000 },
    );
  });

  test('a renamed file keeps its base name where it can', () => {
    fc.assert(
      fc.property(treePair, ([left, right]) => {
        const { changes } = compareTrees(left, right);
        for (const change of changes.filter((one) => one.status === 'R')) {
          const name = baseName(change.path);
          if (baseName(change.oldPath!) === name) {
            continue;
          }
          // Then no file of this content and base name was free.
          const rivals = changes.filter(
            (one) =>
              (one.status === 'D' ||
                (one.status === 'R' && baseName(one.path) !== baseName(one.oldPath!))) &&
              one.left?.checksum === change.left?.checksum &&
              baseName(one.oldPath ?? one.path) === name,
          );
          assert.deepEqual(rivals, []);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a tree does not differ from itself, in whatever order it is given', () => {
    fc.assert(
      fc.property(treePair, ([tree]) => {
        const turned = { entries: [...tree.entries].reverse(), links: [...tree.links].reverse() };
        assert.deepEqual(compareTrees(tree, turned).changes, []);
      }),
    );
  });
});
