import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeManifest } from '../../../src/core/manifest';
import { patchManifest } from '../../../src/core/manifest/patch';
import type { PathChange } from '../../../src/core/manifest/patchPlan';
import { buildManifest } from '../../../src/core/merkle';
import type { Checksum } from '../../../src/core/ids';
import type { ManifestEntry, RelPath, Tree } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { tree } from './arbitraries';

const textOf = ({ entries }: Pick<Tree, 'entries'>): Uint8Array => {
  const files = entries.filter((entry) => entry.type === 'F');
  const dirs = entries.filter((entry) => entry.type === 'D');
  return encodeManifest(buildManifest(files, dirs, blake3));
};

const byPath = ({ entries }: Pick<Tree, 'entries'>): Map<RelPath, ManifestEntry> =>
  new Map(entries.map((entry) => [entry.path, entry]));

function differs(a: ManifestEntry | undefined, b: ManifestEntry | undefined): boolean {
  if (a === undefined || b === undefined || a.type !== b.type || a.mode !== b.mode) {
    return a !== b;
  }
  return a.type === 'F' && (a.checksum !== b.checksum || a.size !== b.size);
}

/** The paths that differ, and some (by `also`) that do not. */
function changesBetween(from: Tree, to: Tree, also: (index: number) => boolean): PathChange[] {
  const [before, now] = [byPath(from), byPath(to)];
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((path, index) => differs(before.get(path), now.get(path)) || also(index))
    .map((path) => ({ path, now: now.get(path) ?? null }));
}

/** A tree and the same one after some edits: most of it stays. */
const edited = fc
  .tuple(tree, tree, fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }))
  .map(([from, other, choice]): [Tree, Tree] => {
    const merged = byPath(from);
    other.entries.forEach((entry, index) => {
      if (choice[index % choice.length] === 0) {
        merged.set(entry.path, entry);
      }
    });
    from.entries.forEach((entry, index) => {
      if (entry.path !== '' && choice[(index + 1) % choice.length] === 3) {
        merged.delete(entry.path);
      }
    });
    return [from, { entries: sound(merged), links: [] }];
  });

/** Only what lies in folders. */
function sound(entries: Map<RelPath, ManifestEntry>): ManifestEntry[] {
  const isIn = (path: RelPath): boolean => {
    if (path === '') {
      return true;
    }
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    return entries.get(parent)?.type === 'D' && isIn(parent);
  };
  return [...entries.values()].filter(({ path }) => isIn(path));
}

suite('patchManifest', function () {
  this.timeout(60_000);

  test('is byte for byte what the whole would be made to, whatever changed', () => {
    const pairs = fc.oneof(fc.tuple(tree, tree), edited);
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 9 }), ([from, to], nth) => {
        const changes = changesBetween(from, to, (index) => index % nth === 0);
        const patched = patchManifest(textOf(from), changes, blake3);
        assert.ok(patched !== undefined);
        assert.equal(Buffer.from(patched).toString(), Buffer.from(textOf(to)).toString());
      }),
      { numRuns: 3000 },
    );
  });

  test('a large tree, edits everywhere', () => {
    const sum = (n: number): Checksum => blake3(Buffer.from(String(n))) as Checksum;
    const entries: ManifestEntry[] = [];
    const dir = (path: RelPath): void => {
      entries.push({ type: 'D', mode: 0o755, checksum: sum(0), size: 0, path });
    };
    dir('');
    for (let a = 0; a < 20; a++) {
      dir(`folder ${a}`);
      for (let b = 0; b < 20; b++) {
        dir(`folder ${a}/x${b}`);
        for (let c = 0; c < 10; c++) {
          const path = `folder ${a}/x${b}/${c}.txt`;
          entries.push({ type: 'F', mode: 0o644, checksum: sum(c * b), size: c * a, path });
        }
      }
    }
    const from = { entries, links: [] };
    for (let round = 0; round < 60; round++) {
      const to = entries.flatMap((entry, index) => {
        const dice = (index * 7919 + round * 104729) % 1009;
        if (entry.type === 'D' || dice > 4) {
          return [entry];
        }
        return dice === 0 ? [] : [{ ...entry, checksum: sum(round), size: 10 ** dice }];
      });
      const changes = changesBetween(from, { entries: to, links: [] }, () => false);
      const patched = patchManifest(textOf(from), changes, blake3);
      assert.ok(Buffer.from(textOf({ entries: to })).equals(patched!), `round ${round}`);
    }
  });

  test('refuses what does not fit: a path whose folder is not there', () => {
    const text = textOf({
      entries: [{ type: 'D', mode: 0o755, checksum: '' as Checksum, size: 0, path: '' }],
    });
    const file = (path: RelPath): ManifestEntry => ({
      ...{ type: 'F', mode: 0o644, checksum: 'a'.repeat(64) as Checksum, size: 1 },
      path,
    });
    assert.equal(patchManifest(text, [{ path: 'd/a', now: file('d/a') }], blake3), undefined);
    const gone = [
      { path: 'd', now: null },
      { path: 'd/e/a', now: file('d/e/a') },
    ];
    assert.equal(patchManifest(text, gone, blake3), undefined);
    assert.ok(patchManifest(text, [{ path: 'd/e', now: null }], blake3)); // nothing was, nothing is
  });
});
