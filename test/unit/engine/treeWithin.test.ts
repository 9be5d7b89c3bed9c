import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import { scopeTree } from '../../../src/core/scopeTree';
import { manifestKey } from '../../../src/core/storeKeys';
import type { RelPath, Tree } from '../../../src/core/tree';
import { quietControl as q } from '../../../src/engine/context';
import { treeOf } from '../../../src/engine/store/checkpointTrees';
import { openStore } from '../../../src/engine/store/storeRoot';
import { treeWithin } from '../../../src/engine/worktree/treeWithin';
import { person, type Person } from '../../support/people';

const files = { 'a.txt': 'a', 'dir/b': 'b', 'dir/deep/c': 'c', 'dir2/d': 'd', z: 'z' };
const fails = (code: ErrorCode, work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

type Of = Omit<Parameters<typeof treeWithin>[2], 'ours'>;

suite('a part of a snapshot’s tree', () => {
  /** Somebody whose snapshot no test has read before, and their manifest's file. */
  const begin = (): { one: Person; of: Of; path: string } => {
    const one = person('one', { ...files, new: oneOfAKind() });
    const { snapshot, id } = one.take();
    const path = join(one.root, '.snapdir', manifestKey(snapshot));
    return { one, of: { snapshot, checkpointId: id }, path };
  };
  let made = 0;
  const oneOfAKind = (): string => `${process.pid} ${++made}`;
  const within = (one: Person, of: Of, scope: RelPath[], ours = false): Tree =>
    treeWithin(one.env, openStore(one.env, { root: one.root }), { ...of, ours }, scope, q);

  test('is the same before and after all of it was read', () => {
    const { one, of } = begin();
    const scopes = [['dir'], ['dir/deep/c', 'z'], ['none'], ['dir/b/below'], []];
    const made = scopes.map((scope) => within(one, of, scope));
    begin(); // The text that was made last is another one now.
    const before = scopes.map((scope) => within(one, of, scope));
    assert.deepEqual(before, made);
    begin();
    assert.deepEqual(
      scopes.map((scope) => within(one, of, scope, true)),
      made,
    );
    const all = treeOf(one.env, openStore(one.env, { root: one.root }), of);
    for (const [n, scope] of scopes.entries()) {
      assert.deepEqual(before[n], scopeTree(all, scope));
      assert.deepEqual(within(one, of, scope), before[n]);
    }
    assert.equal(before[0]!.entries.length, 5);
    assert.deepEqual(within(one, of, ['dir', '']), all);
  });

  test('of a manifest that is damaged or gone is none', () => {
    const { one, of, path } = begin();
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    fails('MANIFEST_NOT_FOUND', () => within(one, of, ['dir']));
    begin(); // The text that was made last is another one now.
    for (const damaged of [text.replace('./dir2/d', './dir2/e'), `${text}F`]) {
      writeFileSync(path, damaged);
      fails('INTEGRITY', () => within(one, of, ['dir']));
      fails('INTEGRITY', () => within(one, of, ['dir'], true));
    }
    rmSync(path);
    fails('MANIFEST_NOT_FOUND', () => within(one, of, ['dir']));
  });

  test('of a text that other programs wrote is found in its canonical form', () => {
    const { one, of, path } = begin();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const expected = (() => {
      const { one: other, of: its } = begin();
      return within(other, its, ['dir/deep']).entries.map(({ path: name }) => name);
    })();
    // Unsorted it has the same id by the other reading of the format.
    writeFileSync(path, `# a comment\n${lines.reverse().join('\n')}\n`);
    assert.deepEqual(
      within(one, of, ['dir/deep']).entries.map(({ path: name }) => name),
      expected,
    );
  });
});
