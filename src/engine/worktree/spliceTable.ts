import { compareUtf8 } from '../../core/order';
import type { RelPath } from '../../core/tree';
import { FileTable } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import type { Scan } from './walk';

/** A change of a table: at a row, so many are left out, and before it another table's rows come in. */
export interface Splice {
  at: number;
  remove: number;
  insert?: FileTable;
}

/**
 * A table with rows left out and put in, everything else copied in runs. Always another table: should
 * the look be cut short, the old one must not have learned anything.
 */
export function spliceTable(table: FileTable, splices: readonly Splice[]): FileTable {
  const more = splices.reduce((sum, { insert }) => sum + (insert?.length ?? 0), 0);
  const result = new FileTable(table.length + more, table.kind);
  result.epoch = table.epoch;
  let row = 0;
  // A stable sort: what comes in at the same row keeps its order.
  for (const { at, remove, insert } of [...splices].sort((a, b) => a.at - b.at)) {
    result.addRows(table, row, at);
    if (insert !== undefined) {
      result.addRows(insert, 0, insert.length);
    }
    row = Math.max(row, at + remove);
  }
  result.addRows(table, row, table.length);
  return result;
}

/** Where the tables of newly found files and folders come in. */
export function addedSplices(
  look: Look,
  added: readonly { path: RelPath; found: Scan }[],
): { files: Splice[]; dirs: Splice[]; guards: Splice[] } {
  const key = ({ path, found }: (typeof added)[number]): string =>
    found.dirs.length > 0 ? `${path}/` : path;
  const sorted = [...added].sort((a, b) => compareUtf8(key(a), key(b)));
  const result = { files: [] as Splice[], dirs: [] as Splice[], guards: [] as Splice[] };
  const put = (into: Splice[], at: number, insert: FileTable): void => {
    if (insert.length > 0) {
      into.push({ at, remove: 0, insert });
    }
  };
  for (const { path, found } of sorted) {
    const isDir = found.dirs.length > 0;
    put(result.files, isDir ? look.files.below(path)[0] : look.files.position(path), found.files);
    put(result.dirs, look.dirs.below(path)[0], found.dirs);
    put(result.guards, look.guards.length, found.guards);
  }
  return result;
}
