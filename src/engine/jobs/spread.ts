import type { DigestColumns } from '../store/digestTable';

/**
 * Which folders of the layout a set of addresses lies in: their first nine digits as numbers, ascending, each
 * once, in shared memory. With it a count of folders tells whether there can be any others.
 */
export type Spread = Float64Array;

/** No folder is known. */
export const NOWHERE: Spread = new Float64Array(0);

/** Steps from one name of three digits to the next, on the first and on the second level. */
const FIRST = 2 ** 24;
const SECOND = 2 ** 12;

/** The folders of the rows that `has` accepts. */
export function spreadOf(
  { words }: DigestColumns,
  rows: number,
  has: (row: number) => boolean,
): Spread {
  const keys = new Float64Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (has(row)) {
      keys[count++] = words[8 * row]! * 16 + (words[8 * row + 1]! >>> 28);
    }
  }
  const sorted = keys.subarray(0, count).sort();
  const spread = new Float64Array(new SharedArrayBuffer(8 * count));
  let length = 0;
  for (const key of sorted) {
    if (length === 0 || spread[length - 1] !== key) {
      spread[length++] = key;
    }
  }
  return spread.subarray(0, length);
}

/**
 * The folders of the second level in one of the first.
 * @param first its name
 * @returns name → how many of the third level are in it
 */
export function foldersIn(spread: Spread, first: string): Map<string, number> {
  const from = Number.parseInt(first, 16) * FIRST;
  const folders = new Map<string, number>();
  for (let at = lowerBound(spread, from); at < spread.length; at++) {
    const second = Math.floor((spread[at]! - from) / SECOND);
    if (second >= SECOND) {
      break;
    }
    const name = second.toString(16).padStart(3, '0');
    folders.set(name, (folders.get(name) ?? 0) + 1);
  }
  return folders;
}

function lowerBound(spread: Spread, key: number): number {
  let low = 0;
  let high = spread.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spread[middle]! < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
