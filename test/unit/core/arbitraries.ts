import fc from 'fast-check';
import type { Checksum } from '../../../src/core/ids';
import { representableName } from '../../../src/core/paths';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../../src/core/tree';

/** Names that have gone wrong somewhere: sorting, quoting, Unicode, look-alikes. */
const ODD_NAMES = [
  ...[
    'a',
    'a b',
    'a!b',
    'a-b',
    'a.b',
    'a0',
    'aB',
    'ab',
    'A',
    '-rf',
    '...',
    '..two',
    ' lead',
    'trail ',
  ],
  ...[
    '\uff5e',
    '\u{1f600}',
    '\ue000',
    '\ud7ff',
    'é',
    'e\u0301',
    'line\u2028sep',
    '#c',
    'k\\l',
    '"q"',
  ],
  ...['CON', 'a:b', '%s', '__proto__', 'constructor'],
];

export const name: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ODD_NAMES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }) },
  )
  .filter(representableName);

export const checksum: fc.Arbitrary<Checksum> = fc
  // Few values, so that equal contents and renames are common.
  .integer({ min: 1, max: 6 })
  .map((n) => n.toString(16).repeat(64) as Checksum);

const mode = fc.constantFrom(0o644, 0o755, 0o600, 0, 0o7777);

type Node =
  | { kind: 'file'; entry: Omit<ManifestEntry, 'path'> }
  | { kind: 'link'; target: string }
  | { kind: 'dir'; mode: number; children: [string, Node][] };

const file: fc.Arbitrary<Node> = fc.record({ mode, checksum }).map(({ mode, checksum }): Node => ({
  kind: 'file',
  // The first content stands for the empty one.
  entry: { type: 'F', mode, checksum, size: parseInt(checksum[0]!, 16) - 1 },
}));
const link: fc.Arbitrary<Node> = fc
  .constantFrom('a', '../x', '/etc')
  .map((target): Node => ({ kind: 'link', target }));

const { dir } = fc.letrec<{ dir: Node; node: Node }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, file, link, tie('dir')),
  dir: fc
    .record({
      mode,
      children: fc.uniqueArray(fc.tuple(name, tie('node')), {
        maxLength: 5,
        selector: ([one]) => one,
      }),
    })
    .map(({ mode, children }): Node => ({ kind: 'dir', mode, children })),
}));

function flatten(
  node: Node,
  path: RelPath,
  tree: { entries: ManifestEntry[]; links: LinkEntry[] },
): void {
  if (node.kind === 'file') {
    tree.entries.push({ ...node.entry, path });
  } else if (node.kind === 'link') {
    tree.links.push({ path, target: node.target });
  } else {
    const checksum = '0'.repeat(64) as Checksum;
    tree.entries.push({ type: 'D', mode: node.mode, checksum, size: 0, path });
    for (const [child, below] of node.children) {
      flatten(below, path === '' ? child : `${path}/${child}`, tree);
    }
  }
}

const sum = (digit: string): Checksum => digit.repeat(64) as Checksum;

/** Random trees, in no order; directories carry a made-up checksum. */
export const tree: fc.Arbitrary<Tree> = dir.map((root) => {
  const result: Tree = { entries: [], links: [] };
  flatten(root, '', result);
  return result;
});

/** A tree and a variation of it, so that most paths are shared. */
export const treePair: fc.Arbitrary<[Tree, Tree]> = fc
  .tuple(tree, tree, fc.infiniteStream(fc.nat(5)))
  .map(([left, other, dice]): [Tree, Tree] => [left, graft(left, other, dice)]);

/** `left` with some entries changed, some dropped, and `other` put below a folder of its own. */
function graft(left: Tree, other: Tree, dice: Iterator<number>): Tree {
  const dropped: RelPath[] = [];
  const gone = (path: RelPath): boolean => dropped.some((one) => path.startsWith(`${one}/`));
  const result: Tree = { entries: [], links: [] };
  for (const entry of [...left.entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const roll = dice.next().value as number;
    if (gone(entry.path) || (roll === 0 && entry.path !== '')) {
      dropped.push(entry.path);
    } else if (roll === 1 && entry.type === 'F') {
      result.entries.push({ ...entry, mode: 0o711 });
    } else if (roll === 2 && entry.path !== '') {
      // The other kind at the same path.
      dropped.push(entry.path);
      const type = entry.type === 'F' ? 'D' : 'F';
      result.entries.push({
        ...entry,
        type,
        size: type === 'F' ? 15 : 0,
        checksum: sum(type === 'F' ? 'f' : '0'),
      });
    } else {
      result.entries.push(entry);
    }
  }
  result.links.push(...left.links.filter(({ path }) => !gone(path) && dice.next().value !== 0));
  const taken = new Set([...result.entries, ...result.links].map(({ path }) => path));
  if (!taken.has('zz')) {
    const below = (path: RelPath): RelPath => (path === '' ? 'zz' : `zz/${path}`);
    result.entries.push(...other.entries.map((one) => ({ ...one, path: below(one.path) })));
    result.links.push(...other.links.map((one) => ({ ...one, path: below(one.path) })));
  }
  return result;
}
