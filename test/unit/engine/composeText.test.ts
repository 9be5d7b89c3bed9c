import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Checksum } from '../../../src/core/ids';
import { encodeManifest } from '../../../src/core/manifest';
import { buildManifest } from '../../../src/core/merkle';
import { compareEntriesByBytes } from '../../../src/core/order';
import type { Tree } from '../../../src/core/tree';
import type { Stat } from '../../../src/engine/disk/fs';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { FileTable, Flag } from '../../../src/engine/hashing/fileTable';
import type { Look } from '../../../src/engine/hashing/look';
import { composeText } from '../../../src/engine/worktree/composeText';
import { tree } from '../core/arbitraries';

const stat = (kind: Stat['kind'], mode: number, size: number): Stat => ({
  ...{ kind, mode, size, dev: 1n, ino: 2n, nlink: 1, uid: 0, gid: 0 },
  ...{ mtimeNs: 3n, ctimeNs: 4n, blocks: 0 },
});

/** A look at a folder that is as `tree`. `lost`: files that could not be captured. */
function lookOf({ entries, links }: Tree, lost: (index: number) => boolean = () => false): Look {
  const files = new FileTable(1);
  const dirs = new FileTable(1, 'dirs');
  for (const { type, path, mode, size, checksum } of entries.toSorted(compareEntriesByBytes)) {
    if (type === 'D') {
      dirs.add(path, stat('dir', mode, 0));
    } else {
      const row = files.add(path, stat('file', mode, size));
      files.setChecksum(row, checksum);
      if (lost(row)) {
        files.set(row, Flag.FAILED);
      }
    }
  }
  return {
    ...{ files, dirs, guards: new FileTable(1), links, linksBefore: [], rulesKey: '', clean: true },
    ...{ snapshot: '', before: new Map() },
  };
}

function expected({ entries }: Tree, lost: (index: number) => boolean = () => false): Uint8Array {
  const sorted = entries.toSorted(compareEntriesByBytes);
  const files = sorted.filter(({ type }) => type === 'F').filter((_, index) => !lost(index));
  const dirs = sorted.filter(({ type }) => type === 'D');
  return encodeManifest(buildManifest(files, dirs, blake3));
}

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

suite('the text of a look', () => {
  test('is that of the manifest over its entries', () => {
    fc.assert(
      fc.property(tree, fc.func(fc.boolean()), (one, lost) => {
        const whole = one.entries.some(({ path }) => path === '');
        fc.pre(whole);
        assert.equal(text(composeText(lookOf(one), blake3)), text(expected(one)));
        const some = (index: number): boolean => lost(index);
        assert.equal(text(composeText(lookOf(one, some), blake3)), text(expected(one, some)));
      }),
      { numRuns: 2000 },
    );
  });

  test('with sizes and modes of every length, and an empty folder', () => {
    const checksum = 'a'.repeat(64) as Checksum;
    const file = (path: string, mode: number, size: number) =>
      ({ type: 'F', path, mode, size, checksum }) as const;
    const dir = (path: string, mode: number) => ({ ...file(path, mode, 0), type: 'D' }) as const;
    const entries = [
      ...[dir('', 0o755), dir('a', 0), dir('a/b', 0o7777), dir('empty', 0o7)],
      ...[file('a/b/1', 0, 0), file('a/b/2', 0o10, 9), file('a/b/3', 0o77, 10)],
      ...[file('a.b', 0o644, 2 ** 53 - 1), file('z', 0o100, 99_999_999_999)],
    ];
    const one = { entries, links: [] };
    assert.equal(text(composeText(lookOf(one), blake3)), text(expected(one)));
  });

  test('is not made of rows that are out of order, or whose folder is not there', () => {
    const one = lookOf({ entries: [], links: [] });
    assert.equal(composeText(one, blake3), undefined, 'no root');
    one.dirs.add('', stat('dir', 0o755, 0));
    one.files.setChecksum(one.files.add('d/f', stat('file', 0o644, 1)), 'b'.repeat(64));
    assert.equal(composeText(one, blake3), undefined, 'no folder');
    one.dirs.add('d', stat('dir', 0o755, 0));
    assert.notEqual(composeText(one, blake3), undefined);
    one.dirs.add('b', stat('dir', 0o755, 0));
    assert.equal(composeText(one, blake3), undefined, 'out of order');
  });

  test('ends when it is cancelled', () => {
    const one = lookOf({ entries: [], links: [] });
    one.dirs.add('', stat('dir', 0o755, 0));
    assert.throws(() => composeText(one, blake3, { aborted: true }), { name: 'AbortError' });
  });
});
