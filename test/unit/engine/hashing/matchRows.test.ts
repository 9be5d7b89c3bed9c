import { strict as assert } from 'node:assert';
import type { Stat } from '../../../../src/engine/disk/fs';
import { FileTable } from '../../../../src/engine/hashing/fileTable';
import { matchRows } from '../../../../src/engine/hashing/matchRows';

const STAT: Stat = {
  ...{ kind: 'file', mode: 0o644, size: 1, dev: 1n, ino: 1n, nlink: 1 },
  ...{ uid: 0, gid: 0 },
  ...{ mtimeNs: 1n, ctimeNs: 1n, blocks: 1 },
};

function tableOf(paths: readonly string[], kind: 'files' | 'dirs'): FileTable {
  const table = new FileTable(paths.length, kind);
  paths.forEach((path) => table.add(path, STAT));
  return table;
}

const number = (index: number): string => String(index).padStart(4, '0');

suite('rows with the same path', () => {
  for (const kind of ['files', 'dirs'] as const) {
    test(`${kind}: a few of many are found as all are`, () => {
      const many = Array.from({ length: 2000 }, (_, index) => `a/${number(2 * index)}/x`);
      const other = tableOf(many, kind);
      // Half of these are there, the others stand between, before and behind them.
      const wanted = ['a', 'a/0000/x', 'a/0001/x', 'a/1998/x', 'a/1999/x', 'a/3998/x', 'b'];
      const few = matchRows(tableOf(wanted, kind), other);
      assert.deepEqual([...few], [-1, 0, -1, 999, -1, 1999, -1]);
      const all = matchRows(tableOf([...new Set([...wanted, ...many])].sort(), kind), other);
      assert.deepEqual(
        [...all].filter((row) => row >= 0),
        many.map((_, row) => row),
      );
    });
  }
});
