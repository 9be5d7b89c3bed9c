import assert from 'node:assert/strict';
import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { FileTable } from '../../../src/engine/hashing/fileTable';
import { requireSpace } from '../../../src/engine/worktree/spaceForTake';
import { directEngine, everything as rules, quietControl } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { makeRepo } from '../../support/restoreRepo';
import { tempDir } from '../../support/tempDir';

const MB = 1024 * 1024;

function disk(free: number | undefined, clones = false): Fs {
  return { ...nodeFs, freeBytes: () => free, clone: () => clones };
}

/** What an error says of the space: bytes that are missing; undefined: none. */
function missing(work: () => unknown): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(SnapdirError.is(error, 'DISK_FULL'), String(error));
    return error.data.missing;
  }
}

/** Asks for the space of files of these sizes, in MB. */
function ask(
  free: number | undefined,
  sizes: number[],
  of: { clones?: boolean } = {},
): number | undefined {
  const repo = makeRepo({ a: '' }, { fs: disk(free, of.clones) });
  const stat = nodeFs.lstat(join(repo.root, 'a'))!;
  const table = new FileTable();
  const rows = sizes.map((size, n) => table.add(`f${n}`, { ...stat, size: size * MB }));
  const told = missing(() => requireSpace(repo.env, repo.store, { table, rows }));
  assert.deepEqual(readdirSync(repo.store.tmp), []);
  return told;
}

suite('space for a first snapshot', () => {
  test('is asked for before anything is read or written, and what is missing is told', () => {
    const root = fileTree(tempDir(), { 'large.bin': '', 'small.txt': 'x' });
    // Sparse: it takes no space here.
    truncateSync(join(root, 'large.bin'), 70 * MB);
    let read = 0;
    const fs: Fs = {
      ...disk(20 * MB),
      open: (path, how, mode) => {
        read += path.startsWith(join(root, 'large')) ? 1 : 0;
        return nodeFs.open(path, how, mode);
      },
    };
    const engine = directEngine(root, { fs });
    const told = missing(() => engine.take({ trigger: 'manual', rules }, quietControl));
    assert.ok(told !== undefined && told >= 50 * MB && told < 51 * MB, String(told));
    assert.equal(read, 0);
    assert.deepEqual(readdirSync(join(root, '.snapdir', '.objects')), []);
    assert.ok(!existsSync(join(root, '.snapdir/unsynced')));
    assert.equal(directEngine(root).timeline({}, quietControl).total, 0);
  });

  test('suffices where it may suffice', () => {
    assert.equal(ask(undefined, [1000]), undefined);
    assert.equal(ask(100 * MB, [60, 30]), undefined);
    assert.equal(ask(10 * MB, [40, 23]), undefined, 'too little to ask about');
    assert.equal(ask(50 * MB, [40, 40, 40]), undefined, 'they may be one content');
    assert.equal(ask(50 * MB, [40, 50], { clones: true }), undefined, 'clones take no space');
  });

  test('is missing where even the least that is needed does not fit', () => {
    const told = ask(50 * MB, [40, 40, 30])!;
    assert.ok(told >= 60 * MB && told < 61 * MB, String(told));
    assert.ok(ask(50 * MB, [40, 40, 30], { clones: false }) !== undefined);
  });

  test('is not asked for by a store that has content: nobody knows what it lacks', () => {
    const repo = makeRepo({ a: 'one' }, { fs: disk(MB) });
    repo.take();
    const stat = nodeFs.lstat(join(repo.root, 'a'))!;
    const table = new FileTable();
    const rows = [table.add('f', { ...stat, size: 900 * MB })];
    requireSpace(repo.env, repo.store, { table, rows });
  });
});
