import type { FileTable } from './fileTable';
import { compareRows } from './packedPaths';

/** So many times larger a table is rather searched for each row than gone through. */
const MUCH_LARGER = 32;

/**
 * For each row of `table` the row of `other` with the same path, −1 where there is none. Both of one
 * kind. A merge where both are ordered, which reads bytes only: no text is made; a few rows of many are
 * searched for.
 */
export function matchRows(table: FileTable, other: FileTable): Int32Array {
  const matches = new Int32Array(table.length).fill(-1);
  const few = table.length * MUCH_LARGER < other.length;
  if (few || !table.ordered || !other.ordered) {
    for (let row = 0; row < table.length; row++) {
      matches[row] = other.row(table.path(row)) ?? -1;
    }
    return matches;
  }
  const isDirs = table.kind === 'dirs';
  let at = 0;
  for (let row = 0; row < table.length && at < other.length;) {
    const order = compareRows(table.paths, row, other.paths, at, isDirs);
    if (order === 0) {
      matches[row] = at;
    }
    row += order <= 0 ? 1 : 0;
    at += order >= 0 ? 1 : 0;
  }
  return matches;
}
