import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanItem } from '../../../src/core/engine';
import type { Checksum } from '../../../src/core/ids';
import { inScope, isWithin, parentOf } from '../../../src/core/paths';
import {
  planFingerprint,
  planRestore,
  type Deletion,
  type PlannedRestore,
} from '../../../src/core/restorePlan';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { treePair } from './arbitraries';

const sum = (digit: string): Checksum => digit.repeat(64) as Checksum;
const f = (path: string, content = 'a', mode = 0o644): ManifestEntry => ({
  ...{ type: 'F', mode, checksum: sum(content), size: 10, path },
});
const d = (path: string, mode = 0o755): ManifestEntry => ({
  ...{ type: 'D', mode, checksum: sum('0'), size: 0, path },
});
const t = (entries: ManifestEntry[], links: LinkEntry[] = []): Tree => ({
  entries: [d(''), ...entries],
  links,
});
const KEEP: Deletion = { kind: 'keep' };
const EXACT: Deletion = { kind: 'exact' };
const plan = (
  live: Tree,
  target: Tree,
  deletion: Deletion = KEEP,
  paths: RelPath[] | null = null,
): PlannedRestore => planRestore(live, target, { paths, deletion });
const short = ({ items }: PlannedRestore): string[] =>
  items.map((item) => `${item.action} ${(item.target ?? item.live)!.kind} ${item.path}`);

type Node = { kind: string; content: string; mode: number };

function nodes(tree: Tree): Map<RelPath, Node> {
  const result = new Map<RelPath, Node>();
  for (const { type, path, mode, checksum } of tree.entries) {
    const kind = type === 'D' ? 'dir' : 'file';
    result.set(path, { kind, content: type === 'D' ? '' : checksum, mode: mode & 0o777 });
  }
  tree.links.forEach(({ path, target }) =>
    result.set(path, { kind: 'link', content: target, mode: 0 }),
  );
  return result;
}

/** A folder that does what a plan says, and objects to whatever a file system would object to. */
class Folder {
  readonly nodes: Map<RelPath, Node>;

  constructor(tree: Tree) {
    this.nodes = nodes(tree);
  }

  run(planned: PlannedRestore): void {
    planned.items.forEach((item) => this.step(item));
    for (const { path, mode } of planned.dirModes) {
      assert.equal(this.nodes.get(path)?.kind, 'dir', path);
      this.nodes.get(path)!.mode = mode & 0o777;
    }
  }

  private step({ action, path, live, target }: PlanItem): void {
    const now = this.nodes.get(path);
    assert.equal(now?.kind, live?.kind, `${action} ${path}`);
    if (action === 'delete') {
      const below = [...this.nodes.keys()].filter((one) => one !== path && isWithin(one, path));
      assert.deepEqual(below, [], `${path} is empty when it is deleted`);
      this.nodes.delete(path);
      return;
    }
    assert.equal(action === 'create', now === undefined);
    assert.equal(this.nodes.get(parentOf(path))?.kind, 'dir', `parent of ${path}`);
    const { kind, mode = 0, checksum, target: link } = target!;
    // A directory's mode is set in the end.
    const keeps = kind === 'dir' ? (now?.mode ?? 0o777) : mode & 0o777;
    this.nodes.set(path, { kind, content: link ?? checksum ?? '', mode: keeps });
  }
}

suite('restorePlan', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('creates, overwrites and leaves', () => {
    const live = t([f('extra'), f('same'), f('text', 'b'), f('exec')]);
    const target = t([f('same'), f('text', 'c'), f('exec', 'a', 0o755), d('n'), f('n/new')]);
    const planned = plan(live, target);
    assert.deepEqual(short(planned), [
      ...['create dir n', 'overwrite file exec', 'create file n/new', 'overwrite file text'],
    ]);
    assert.deepEqual(planned.counts, { create: 1, overwrite: 2, delete: 0, left: 1, unchanged: 1 });
    assert.equal(planned.bytes, 20);
    assert.deepEqual(planned.dirModes, [{ path: 'n', mode: 0o755 }]);
  });

  test('deletes what is extra only where it is asked to, deepest first', () => {
    const live = t([d('a'), d('a/b'), f('a/b/c'), f('a/x'), f('y')]);
    assert.deepEqual(short(plan(live, t([]))), []);
    const planned = plan(live, t([]), EXACT);
    assert.deepEqual(short(planned), [
      ...[
        'delete file a/b/c',
        'delete dir a/b',
        'delete file a/x',
        'delete dir a',
        'delete file y',
      ],
    ]);
    assert.equal(planned.counts.delete, 3);
  });

  test('undo deletes what the restore brought, and nothing else', () => {
    const live = t([d('new'), f('new/restored'), f('new/mine'), d('gone'), f('gone/restored')]);
    const restored = t([d('new'), f('new/restored'), d('gone'), f('gone/restored')]);
    const planned = plan(live, t([]), { kind: 'only', tree: restored });
    assert.deepEqual(short(planned), [
      ...['delete file gone/restored', 'delete file new/restored', 'delete dir gone'],
    ]);
    assert.equal(planned.counts.left, 1);
  });

  test('a file where a folder was: what is in the folder goes, too', () => {
    const live = t([d('x'), d('x/y'), f('x/y/z'), f('x/mine')]);
    const planned = plan(live, t([f('x')]));
    assert.deepEqual(short(planned), [
      ...['delete file x/y/z', 'delete file x/mine', 'delete dir x/y', 'delete dir x'],
      'create file x',
    ]);
    assert.deepEqual(planned.counts, { create: 1, overwrite: 0, delete: 2, left: 0, unchanged: 0 });
  });

  test('a folder where a file or link was', () => {
    const live = t([f('x')], [{ path: 'l', target: '/etc' }]);
    const planned = plan(live, t([d('l'), f('l/a'), d('x'), f('x/a')]));
    assert.deepEqual(short(planned), [
      ...['delete link l', 'delete file x', 'create dir l', 'create dir x'],
      ...['create file l/a', 'create file x/a'],
    ]);
  });

  test('links', () => {
    const link = (path: string, target: string): LinkEntry => ({ path, target });
    const live = t([f('to-link')], [link('l', 'x'), link('same', 'x'), link('to-file', 'x')]);
    const target = t([f('to-file')], [link('l', 'y'), link('same', 'x'), link('to-link', 'z')]);
    const planned = plan(live, target);
    assert.deepEqual(short(planned), [
      ...['overwrite link l', 'overwrite file to-file', 'overwrite link to-link'],
    ]);
    assert.equal(planned.bytes, 10);
  });

  test('within given paths, with the folders they need', () => {
    const live = t([f('a', 'b'), f('p', 'b')]);
    const target = t([f('a'), d('p'), d('p/q', 0o700), f('p/q/r'), f('p/q/s'), d('z'), f('z/z')]);
    const planned = plan(live, target, EXACT, ['p/q/r']);
    assert.deepEqual(short(planned), [
      ...['delete file p', 'create dir p', 'create dir p/q', 'create file p/q/r'],
    ]);
    assert.deepEqual(planned.dirModes, [
      { path: 'p/q', mode: 0o700 },
      { path: 'p', mode: 0o755 },
    ]);
    assert.deepEqual(short(plan(live, target, EXACT, [])), []);
  });

  test('empty folders, and modes of folders', () => {
    const planned = plan(t([d('a', 0o700)]), t([d('a'), d('b')]));
    assert.deepEqual(short(planned), ['overwrite dir a', 'create dir b']);
    assert.deepEqual(planned.counts, { create: 0, overwrite: 0, delete: 0, left: 0, unchanged: 0 });
    assert.equal(planned.dirModes.length, 2);
  });

  test('mode bits that cannot be set are no difference', () => {
    const live = t([f('a', 'a', 0o644), f('b', 'a', 0o644), d('c', 0o2755)]);
    const target = t([f('a', 'a', 0o4644), f('b', 'a', 0o755), d('c', 0o755)]);
    assert.deepEqual(short(plan(live, target)), ['overwrite file b']);
    const none = planRestore(live, target, { paths: null, deletion: KEEP, modeMask: 0 });
    assert.deepEqual(short(none), []);
  });

  test('any folder becomes the target', () => {
    fc.assert(
      fc.property(treePair, fc.boolean(), ([a, b], turn) => {
        const [live, target] = turn ? [a, b] : [b, a];
        const folder = new Folder(live);
        folder.run(plan(live, target, EXACT));
        assert.deepEqual(new Map([...folder.nodes].sort()), new Map([...nodes(target)].sort()));
      }),
      { numRuns: 2000 },
    );
  });

  test('keeping: the target is there, and every extra path that can be', () => {
    fc.assert(
      fc.property(treePair, fc.boolean(), ([a, b], turn) => {
        const [live, target] = turn ? [a, b] : [b, a];
        const folder = new Folder(live);
        const planned = plan(live, target);
        folder.run(planned);
        const [before, wanted] = [nodes(live), nodes(target)];
        wanted.forEach((node, path) => assert.deepEqual(folder.nodes.get(path), node, path));
        for (const [path, node] of before) {
          const inTheWay = [...wanted].some(
            ([one, { kind }]) => kind !== 'dir' && one !== path && isWithin(path, one),
          );
          if (!wanted.has(path) && !inTheWay) {
            assert.deepEqual(folder.nodes.get(path), node, path);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('undo: restoring keeping, then undoing, brings everything back', () => {
    fc.assert(
      fc.property(treePair, fc.boolean(), fc.boolean(), ([a, b], turn, exact) => {
        const [live, target] = turn ? [a, b] : [b, a];
        const folder = new Folder(live);
        folder.run(plan(live, target, exact ? EXACT : KEEP));
        const after = treeOf(folder, [live, target]);
        folder.run(plan(after, live, { kind: 'only', tree: target }));
        assert.deepEqual(new Map([...folder.nodes].sort()), new Map([...nodes(live)].sort()));
      }),
      { numRuns: 1000 },
    );
  });

  test('a scope: nothing outside it changes, but folders that it needs', () => {
    fc.assert(
      fc.property(treePair, fc.nat(), ([live, target], pick) => {
        const all = [...target.entries, ...target.links].map(({ path }) => path);
        const scope = [all[pick % all.length]!];
        const folder = new Folder(live);
        folder.run(plan(live, target, EXACT, scope));
        const [before, wanted] = [nodes(live), nodes(target)];
        for (const path of new Set([...before.keys(), ...wanted.keys(), ...folder.nodes.keys()])) {
          if (inScope(path, scope)) {
            assert.deepEqual(folder.nodes.get(path), wanted.get(path), path);
          } else if (!isWithin(scope[0]!, path)) {
            assert.deepEqual(folder.nodes.get(path), before.get(path), path);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('the fingerprint names the plan', () => {
    const live = t([f('a'), d('d', 0o700)]);
    const target = t([f('a', 'b'), d('d'), f('d/x')]);
    const print = (planned: PlannedRestore): string => planFingerprint(planned, blake3);
    const one = plan(live, target);
    assert.match(print(one), /^[0-9a-f]{64}$/);
    assert.equal(print(plan(live, target)), print(one));
    const others = [
      plan(live, target, KEEP, ['a']),
      plan(t([f('a', 'c'), d('d', 0o700)]), target),
      plan(t([f('a'), d('d', 0o711)]), target),
      plan(live, t([f('a', 'c'), d('d'), f('d/x')])),
      plan(live, t([f('a', 'b', 0o600), d('d'), f('d/x')])),
      plan(live, t([f('a', 'b'), d('d', 0o750), f('d/x')])),
      plan(live, t([f('a', 'b'), d('d')], [{ path: 'd/x', target: 'y' }])),
    ];
    assert.equal(new Set([one, ...others].map(print)).size, others.length + 1);
    // What is left alone is no part of it: a new file elsewhere does not make a plan stale.
    assert.equal(print(plan(t([f('a'), d('d', 0o700), f('z')]), target)), print(one));
  });

  test('nothing to do where the trees are equal', () => {
    fc.assert(
      fc.property(treePair, ([one]) => {
        assert.deepEqual(plan(one, one, EXACT).items, []);
      }),
    );
  });
});

/** A folder as a tree, with the full entries of the trees that it was made of. */
function treeOf(folder: Folder, sources: Tree[]): Tree {
  const tree: Tree = { entries: [], links: [] };
  for (const [path, { kind, content, mode }] of folder.nodes) {
    if (kind === 'link') {
      tree.links.push({ path, target: content });
    } else {
      const type = kind === 'dir' ? 'D' : 'F';
      const known = sources.flatMap((one) => one.entries).find((one) => one.checksum === content);
      const checksum = (content === '' ? '0'.repeat(64) : content) as Checksum;
      tree.entries.push({ type, path, mode, checksum, size: known?.size ?? 0 });
    }
  }
  return tree;
}
