import type { Stat } from '../disk/fs';
import { bufferOf } from './packedPaths';

const HEX_LENGTH = 64;

/**
 * The columns of a table: shared memory, so that several threads can work on it without messages. Times
 * are nanoseconds.
 */
export interface FileColumns {
  mtimes: BigInt64Array;
  ctimes: BigInt64Array;
  inos: BigUint64Array;
  devs: BigUint64Array;
  sizes: Float64Array;
  modes: Uint32Array;
  flags: Uint8Array;
  /** Lower-case hex as ASCII, 64 bytes a row: text is what manifests need. */
  sums: Uint8Array;
}

/** Rounds up to a multiple of 8. */
export const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Bytes that {@link viewColumns} needs for so many rows. A multiple of 8. */
export function columnBytes(rows: number): number {
  return 5 * 8 * rows + HEX_LENGTH * rows + aligned(4 * rows) + aligned(rows);
}

/** Lays columns over memory, the wide ones first so that each is aligned. `offset`: a multiple of 8. */
export function viewColumns(
  memory: SharedArrayBuffer,
  offset: number,
  rows: number,
): { columns: FileColumns; end: number } {
  let at = offset;
  const next = (bytes: number): number => {
    const start = at;
    at += aligned(bytes);
    return start;
  };
  const columns = {
    mtimes: new BigInt64Array(memory, next(8 * rows), rows),
    ctimes: new BigInt64Array(memory, next(8 * rows), rows),
    inos: new BigUint64Array(memory, next(8 * rows), rows),
    devs: new BigUint64Array(memory, next(8 * rows), rows),
    sizes: new Float64Array(memory, next(8 * rows), rows),
    sums: new Uint8Array(memory, next(HEX_LENGTH * rows), HEX_LENGTH * rows),
    modes: new Uint32Array(memory, next(4 * rows), rows),
    flags: new Uint8Array(memory, next(rows), rows),
  };
  return { columns, end: at };
}

/** Columns for so many rows, all zero. */
export function allocate(rows: number): FileColumns {
  return viewColumns(new SharedArrayBuffer(columnBytes(rows)), 0, rows).columns;
}

/** Copies rows `from`…`to` of one table's columns to another's, beginning at row `at`. */
export function copyColumns(
  source: FileColumns,
  [from, to]: readonly [number, number],
  target: FileColumns,
  at: number,
): void {
  target.mtimes.set(source.mtimes.subarray(from, to), at);
  target.ctimes.set(source.ctimes.subarray(from, to), at);
  target.inos.set(source.inos.subarray(from, to), at);
  target.devs.set(source.devs.subarray(from, to), at);
  target.sizes.set(source.sizes.subarray(from, to), at);
  target.modes.set(source.modes.subarray(from, to), at);
  target.flags.set(source.flags.subarray(from, to), at);
  target.sums.set(source.sums.subarray(from * HEX_LENGTH, to * HEX_LENGTH), at * HEX_LENGTH);
}

/** Writes one row's stat. Shared with the helpers, which see columns only. */
export function setStat(columns: FileColumns, row: number, stat: Stat): void {
  columns.modes[row] = stat.mode;
  columns.sizes[row] = stat.size;
  columns.mtimes[row] = stat.mtimeNs;
  columns.ctimes[row] = stat.ctimeNs;
  columns.inos[row] = stat.ino;
  columns.devs[row] = stat.dev;
}

/** A row's stat, as far as it is kept. */
export function rowStat(columns: FileColumns, row: number): Stat {
  return {
    kind: 'file',
    mode: columns.modes[row]!,
    size: columns.sizes[row]!,
    dev: columns.devs[row]!,
    ino: columns.inos[row]!,
    nlink: 1,
    uid: 0,
    gid: 0,
    mtimeNs: columns.mtimes[row]!,
    ctimeNs: columns.ctimes[row]!,
    blocks: 0,
  };
}

/** Whether a stat is the one in the row, as far as content goes (the key of H16). */
export function sameContentStat(columns: FileColumns, row: number, stat: Stat): boolean {
  return (
    columns.sizes[row] === stat.size &&
    columns.mtimes[row] === stat.mtimeNs &&
    columns.ctimes[row] === stat.ctimeNs &&
    columns.inos[row] === stat.ino &&
    columns.devs[row] === stat.dev
  );
}

/** Whether two rows have the same stat, as far as content goes. */
export function sameRowStat(a: FileColumns, rowA: number, b: FileColumns, rowB: number): boolean {
  return (
    a.sizes[rowA] === b.sizes[rowB] &&
    a.mtimes[rowA] === b.mtimes[rowB] &&
    a.ctimes[rowA] === b.ctimes[rowB] &&
    a.inos[rowA] === b.inos[rowB] &&
    a.devs[rowA] === b.devs[rowB]
  );
}

/** Writes one row's checksum. */
export function setSum(columns: FileColumns, row: number, hex: string): void {
  const at = row * HEX_LENGTH;
  for (let index = 0; index < HEX_LENGTH; index++) {
    columns.sums[at + index] = hex.charCodeAt(index);
  }
}

/** One row's checksum, whatever its flags say. */
export function sumOf(columns: FileColumns, row: number): string {
  return bufferOf(columns.sums).toString('latin1', row * HEX_LENGTH, (row + 1) * HEX_LENGTH);
}
