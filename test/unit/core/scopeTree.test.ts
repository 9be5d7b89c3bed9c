import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Checksum } from '../../../src/core/ids';
import { encodeManifest } from '../../../src/core/manifest';
import { readLines } from '../../../src/core/manifest/lines';
import { linesWithin } from '../../../src/core/manifest/linesWithin';
import { compareEntries } from '../../../src/core/order';
import { inScope, isWithin } from '../../../src/core/paths';
import { sameTree, scopeTree } from '../../../src/core/scopeTree';
import type { ManifestEntry, Tree } from '../../../src/core/tree';
import { tree as anyTree } from './arbitraries';

const sum = (digit: string): Checksum => digit.repeat(64) as Checksum;

function entry(path: string, digit = '1'): ManifestEntry {
  const folder = path === '' || path.endsWith('/');
  const clean = path.endsWith('/') ? path.slice(0, -1) : path;
  return { type: folder ? 'D' : 'F', mode: 0o644, checksum: sum(digit), size: 1, path: clean };
}

function tree(paths: readonly string[], links: readonly string[] = []): Tree {
  const entries = paths.map((path) => entry(path));
  return {
    entries: entries.sort(compareEntries(entries)),
    links: links.map((path) => ({ path, target: 'x' })),
  };
}

/** Names around `/` in byte order, beyond ASCII, and beyond U+FFFF. */
const PATHS = [
  ...['', 'a/', 'a/b/', 'a/b/c', 'a/b-c', 'a/b.c', 'a/b0', 'a/ba/', 'a/ba/x', 'a-b', 'a.b/'],
  ...['a.b/y', 'a0', 'z/', 'z/\u{1F600}/', 'z/\u{1F600}/q', 'z/\uFFFD', 'z/é', 'zz'],
];

suite('a part of a tree', () => {
  const whole = tree(PATHS, ['a/b/l', 'zz-link']);
  const scopes = [
    ...PATHS.map((path) => [path.replace(/\/$/, '')]),
    ...[['a/b', 'zz'], ['a/b', 'a/b/c'], ['none/at/all', 'a0'], ['a/b/l'], ['zz-link/x'], []],
  ];

  for (const scope of scopes) {
    test(`[${scope.join()}]: what lies in it, and the folders above`, () => {
      const isIn = (path: string): boolean =>
        inScope(path, scope) || scope.some((one) => isWithin(one, path));
      const part = scopeTree(whole, scope);
      assert.deepEqual(
        part.entries,
        whole.entries.filter(({ path }) => isIn(path)),
      );
      assert.deepEqual(
        part.links,
        whole.links.filter(({ path }) => isIn(path)),
      );
    });
  }

  test('out of the text of a manifest it is the same', () => {
    const some = fc.tuple(anyTree, fc.array(fc.nat(), { maxLength: 4 }), fc.constantFrom('', '/x'));
    fc.assert(
      fc.property(some, (of) => {
        const [{ entries: unsorted }, picks, below] = of;
        const text = encodeManifest({ entries: unsorted });
        const entries = readLines(text, {});
        const paths = entries.map(({ path }) => path).filter((path) => path !== '');
        const scope = picks.map((pick) => (paths[pick % (paths.length + 1)] ?? 'none') + below);
        const lines = readLines(linesWithin(text, scope), {});
        const links: Tree['links'] = [];
        assert.deepEqual(lines, scopeTree({ entries, links }, scope).entries);
      }),
      { numRuns: 500 },
    );
  });

  test('no scope, or the folder itself: all of it', () => {
    assert.equal(scopeTree(whole, null), whole);
    assert.equal(scopeTree(whole, ['a', '']), whole);
  });

  test('the same tree: files by content, folders by name and mode', () => {
    const changed = (change: (copy: Tree) => void): Tree => {
      const copy = structuredClone(whole);
      change(copy);
      return copy;
    };
    const at = (copy: Tree, path: string): ManifestEntry =>
      copy.entries.find((one) => one.path === path)!;
    assert.ok(
      sameTree(
        whole,
        changed(() => undefined),
      ),
    );
    assert.ok(
      sameTree(
        whole,
        changed((copy) => (at(copy, 'a').checksum = sum('2'))),
      ),
    );
    for (const change of [
      (copy: Tree): void => void (at(copy, 'a0').checksum = sum('2')),
      (copy: Tree): void => void (at(copy, 'a0').mode = 0o755),
      (copy: Tree): void => void (at(copy, 'a').mode = 0o700),
      (copy: Tree): void => void (at(copy, 'a0').type = 'D'),
      (copy: Tree): void => void copy.entries.pop(),
      (copy: Tree): void => void copy.links.pop(),
      (copy: Tree): void => void (copy.links[0]!.target = 'y'),
    ]) {
      assert.ok(!sameTree(whole, changed(change)));
    }
  });
});
