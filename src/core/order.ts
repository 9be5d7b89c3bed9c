import type { RelPath } from './tree';

const SURROGATE = /[\ud800-\udfff]/;
const SLASH = 0x2f;

/** Whether the text holds characters beyond U+FFFF, where UTF-16 and UTF-8 order differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** Moves surrogates above U+E000–U+FFFF, as UTF-8 orders the characters they stand for. */
function rank(unit: number): number {
  if (unit < 0xd800) {
    return unit;
  }
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Orders two texts by their UTF-8 bytes (store-format §1: plain byte order, never UTF-16 units). */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      return rank(x) - rank(y);
    }
  }
  return a.length - b.length;
}

/** Orders texts that hold no surrogates: the engine's own comparison does it, several times faster. */
export function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What has a place in a manifest's order: a directory counts with the `/` that ends its path. */
export interface Ordered {
  type: 'F' | 'D';
  path: RelPath;
}

/** Orders entries as a manifest does, without building the paths with their trailing `/`. */
export type CompareEntries = (a: Ordered, b: Ordered) => number;

function entryOrder(compare: (a: string, b: string) => number): CompareEntries {
  return (a, b) => {
    if (a.path === b.path) {
      return a.type === b.type ? 0 : rootOrFileFirst(a);
    }
    // Only where one path begins the other does the directory's trailing `/` decide.
    if (a.type === 'D' && a.path.length < b.path.length && b.path.startsWith(a.path)) {
      return a.path === '' || b.path.charCodeAt(a.path.length) >= SLASH ? -1 : 1;
    }
    if (b.type === 'D' && b.path.length < a.path.length && a.path.startsWith(b.path)) {
      return b.path === '' || a.path.charCodeAt(b.path.length) >= SLASH ? 1 : -1;
    }
    return compare(a.path, b.path);
  };
}

function rootOrFileFirst(a: Ordered): number {
  return a.type === 'F' ? -1 : 1;
}

const bytesOrder = entryOrder(compareUtf8);
/** The order of manifest lines, right for every path. */
export const compareEntriesByBytes: CompareEntries = bytesOrder;
const unitsOrder = entryOrder(compareUnits);

/** The order of manifest lines (store-format §1), the fast one where no path holds a surrogate. */
export function compareEntries(...lists: readonly (readonly Ordered[])[]): CompareEntries {
  return lists.some((list) => list.some((entry) => hasSurrogates(entry.path)))
    ? bytesOrder
    : unitsOrder;
}

/** Whether a list is strictly ascending: in order and without duplicates. */
export function isAscending<T>(list: readonly T[], compare: (a: T, b: T) => number): boolean {
  for (let i = 1; i < list.length; i++) {
    if (compare(list[i - 1]!, list[i]!) >= 0) {
      return false;
    }
  }
  return true;
}

/** Sorts anything with a path by the path's UTF-8 bytes. Returns a new array. */
export function sortByPath<T extends { path: RelPath }>(list: readonly T[]): T[] {
  const compare = list.some((item) => hasSurrogates(item.path)) ? compareUtf8 : compareUnits;
  return [...list].sort((a, b) => compare(a.path, b.path));
}

/** Puts entries in the canonical order of a manifest (store-format §1). Returns a new array. */
export function sortEntries<T extends Ordered>(
  entries: readonly T[],
  compare: CompareEntries = compareEntries(entries),
): T[] {
  const copy = [...entries];
  return isAscending(copy, compare) ? copy : copy.sort(compare);
}
