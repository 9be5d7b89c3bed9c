import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareTrees } from '../../../src/core/compare';
import type { CheckpointInfo } from '../../../src/core/engine';
import { encodeManifest, parseManifest } from '../../../src/core/manifest';
import { buildManifest } from '../../../src/core/merkle';
import { inScope, parentOf } from '../../../src/core/paths';
import type { RelPath, Tree } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { readManifest, writeManifest } from '../../../src/engine/store/manifests';
import { openOrCreateStore } from '../../../src/engine/store/storeRoot';
import { carryOver, type Whole } from '../../../src/engine/worktree/carryOver';
import { scopedState } from '../../../src/engine/worktree/scopedState';
import { tempDir } from '../../support/tempDir';
import { testEnv } from '../../support/directEngine';
import { tree } from '../core/arbitraries';

/** What a scan of the scope, and of the forced paths by themselves, finds in a folder that is as `live`. */
function scanOf(live: Tree, scope: readonly RelPath[], force: readonly RelPath[]): Whole {
  const above = new Set<RelPath>(['']);
  const wanted = (path: RelPath): boolean => inScope(path, [...scope]) || force.includes(path);
  const there = [...live.entries, ...live.links].map(({ path }) => path);
  for (const path of [...scope, ...force].filter((one) => there.includes(one))) {
    for (let folder = path; folder !== '';) {
      folder = parentOf(folder);
      above.add(folder);
    }
  }
  return {
    files: live.entries.filter(({ type, path }) => type === 'F' && wanted(path)),
    dirs: live.entries.filter(
      ({ type, path }) => type === 'D' && (wanted(path) || above.has(path)),
    ),
    links: live.links.filter(({ path }) => wanted(path)),
  };
}

function manifestOf(whole: Pick<Whole, 'files' | 'dirs'>): Uint8Array {
  return encodeManifest(buildManifest(whole.files, whole.dirs, blake3));
}

const wholeOf = ({ entries, links }: Tree): Whole => ({
  files: entries.filter(({ type }) => type === 'F'),
  dirs: entries.filter(({ type }) => type === 'D'),
  links,
});

function statsOf({ files }: Whole): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

suite('a take of a part', () => {
  const env = testEnv();
  const store = openOrCreateStore(env, { root: tempDir() });

  test('is the same out of the parent as made anew', function () {
    this.timeout(120_000);
    let patched = 0;
    const check = (from: Tree, live: Tree, picks: number[], forced: number[]): void => {
      const before = wholeOf(from);
      const text = manifestOf(before);
      const parentTree = {
        entries: parseManifest(text, { hash: blake3 }).entries,
        links: from.links,
      };
      const all = [...from.entries, ...live.entries, ...live.links].map(({ path }) => path);
      const choose = (list: number[]): RelPath[] =>
        [...new Set(list.map((n) => all[n % all.length]!))].filter((path) => path !== '');
      const scope = choose(picks);
      const force = choose(forced);
      const found = scanOf(live, scope, force);
      const expected = carryOver(parentTree, found, scope, force);
      const wanted = manifestOf(expected);
      const snapshot = writeManifest(env, store, text, { durable: false });
      const parent = { snapshot, stats: statsOf(before) } as CheckpointInfo;
      const part = { parent, links: from.links, scope, force, found };
      const state = scopedState(env, store, part, false);
      if (state === undefined) {
        return;
      }
      patched++;
      assert.equal(state.snapshot, blake3(wanted));
      const { entries } = readManifest(env, store, state.snapshot);
      assert.deepEqual(entries, parseManifest(wanted, { hash: blake3 }).entries);
      assert.deepEqual(state.links, expected.links);
      const after = { entries, links: expected.links };
      const { counts } = compareTrees(parentTree, after);
      assert.deepEqual(state.stats, { ...statsOf(expected), ...counts });
    };
    const numbers = fc.array(fc.nat(200), { maxLength: 3 });
    fc.assert(fc.property(tree, tree, numbers, numbers, check), { numRuns: 1_500 });
    assert.ok(patched > 1_000, `${patched} of them out of the parent`);
  });
});
