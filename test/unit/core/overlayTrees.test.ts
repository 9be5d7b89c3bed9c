import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Checksum } from '../../../src/core/ids';
import { overlayTrees, type Layer } from '../../../src/core/overlayTrees';
import { parentOf } from '../../../src/core/paths';
import { sortByPath, sortEntries } from '../../../src/core/order';
import type { ManifestEntry, Tree } from '../../../src/core/tree';

type Files = Record<string, string>;

/** Files as a tree with the folders above them; `->` makes a link. */
function treeOf(files: Files): Tree {
  const entries = new Map<string, ManifestEntry>();
  const entry = (type: 'F' | 'D', path: string, text: string): void => {
    entries.set(path, { type, path, mode: 0o644, checksum: text as Checksum, size: text.length });
  };
  entry('D', '', '');
  const links = [];
  for (const [path, text] of Object.entries(files)) {
    for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) {
      entry('D', folder, '');
    }
    if (text.startsWith('->')) {
      links.push({ path, target: text });
    } else {
      entry('F', path, text);
    }
  }
  return { entries: sortEntries([...entries.values()]), links: sortByPath(links) };
}

function filesOf(tree: Tree): Files {
  const files = tree.entries
    .filter(({ type }) => type === 'F')
    .map((one) => [one.path, one.checksum]);
  const links = tree.links.map(({ path, target }) => [path, target]);
  return Object.fromEntries([...files, ...links]) as Files;
}

/** What undoing one restore after the other leaves, done the plain way. */
function oneByOne(layers: readonly { before: Files; made: Files }[]): Files {
  let now: Files = {};
  for (const { before, made } of layers) {
    const isIn = (tree: Files, path: string): boolean =>
      Object.keys(tree).some((one) => one === path || one.startsWith(`${path}/`));
    const kept = Object.entries(now).filter(([path]) => !isIn(made, path) || isIn(before, path));
    const clear = kept.filter(
      ([path]) =>
        !Object.keys(before).some(
          (one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`),
        ),
    );
    now = { ...Object.fromEntries(clear), ...before };
  }
  return now;
}

suite('several undone restores as one', () => {
  const path = fc.constantFrom('a', 'b', 'a/x', 'a/y', 'a/x/deep', 'c/z');
  const files = fc
    .dictionary(path, fc.constantFrom('1', '2', '-> t'), { maxKeys: 5 })
    .map((all): Files => {
      const paths = Object.keys(all);
      // A file cannot be a folder as well.
      const leaves = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)));
      return Object.fromEntries(leaves.map((one) => [one, all[one]!]));
    });

  test('a folder that something stays in stays', () => {
    const layer = { before: treeOf({}), made: treeOf({ 'd/new': '1' }) };
    const first = { before: treeOf({ 'd/new': '1', 'd/own': '2' }), made: treeOf({}) };
    const { before } = overlayTrees([first, layer]);
    assert.deepEqual(filesOf(before), { 'd/own': '2' });
    assert.ok(before.entries.some(({ path }) => path === 'd'));
  });

  test('come to what they come to one by one', () => {
    const layers = fc.array(fc.record({ before: files, made: files }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(layers, (list) => {
        const trees = list.map(({ before, made }): Layer => ({
          before: treeOf(before),
          made: treeOf(made),
        }));
        const { before } = overlayTrees(trees);
        assert.deepEqual(filesOf(before), oneByOne(list));
        const folders = new Set(
          before.entries.filter((one) => one.type === 'D').map((one) => one.path),
        );
        for (const one of [...before.entries, ...before.links]) {
          assert.ok(one.path === '' || folders.has(parentOf(one.path)), one.path);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('everything that any of them had put there is known', () => {
    const layer = (made: Files): Layer => ({ before: treeOf({}), made: treeOf(made) });
    const { made } = overlayTrees([layer({ a: '1' }), layer({ 'b/c': '2' })]);
    assert.deepEqual(filesOf(made), { a: '1', 'b/c': '2' });
  });
});
