import { encodeUtf8 } from '../../base/utf8';
import { compareUnits, compareUtf8, hasSurrogates } from '../../core/order';
import type { Stat } from '../disk/fs';
import {
  copyColumns,
  type FileColumns,
  allocate,
  sameRowStat,
  setStat,
  setSum,
  sumOf,
} from './fileColumns';
import { comparePath, type PackedPaths, pathReader, writePath } from './packedPaths';

// What works on tables works on their columns, too: one import for both.
export {
  allocate,
  type FileColumns,
  rowStat,
  sameContentStat,
  setStat,
  setSum,
} from './fileColumns';

/** What is known about one file of a {@link FileTable}. */
export const Flag = {
  /** The checksum column is set. */
  HASHED: 1,
  /** The object with that checksum is durably in the store. */
  STORED: 2,
  /** The stat is too young to prove that later writes would show (H16): never trust it next time. */
  RACY: 4,
  /** The file changed while it was read, three times over (H14). */
  UNSTABLE: 8,
  /** Could not be captured; see the job's failure for the reason. */
  FAILED: 16,
  /** `recheck` found another stat than the table has. */
  CHANGED: 32,
  /** The object was not in the store before: it waits in the job's folder to be published. */
  NEW: 64,
} as const;

const SLASH = 0x2f;
const BYTES_PER_UNIT = 3;
/** A first guess; the block grows. */
const BYTES_PER_PATH = 64;

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

type TableKind = 'files' | 'dirs';

/** What a table is, as the cache keeps it. */
export interface TableParts {
  length: number;
  columns: FileColumns;
  paths: PackedPaths;
  ordered: boolean;
}

function empty(rows: number): TableParts {
  const capacity = Math.max(1, rows);
  return {
    length: 0,
    columns: allocate(capacity),
    paths: {
      bytes: new Uint8Array(shared(capacity * BYTES_PER_PATH)),
      offsets: new Uint32Array(shared(4 * (capacity + 1))),
      ascii: true,
    },
    ordered: true,
  };
}

/** Files or folders with their stats and checksums, as columns; rows keep the order of `add`. */
export class FileTable {
  columns: FileColumns;
  /** The garbage collection after which `STORED` was true; see `engine/worktree/ingest.ts`. */
  epoch = '';
  /**
   * The rows are in the order of a manifest (bytes of the path, a folder's with a `/` at its end): then a
   * folder's files, and its folders, stand together.
   */
  ordered: boolean;
  readonly kind: TableKind;
  private packed: PackedPaths;
  private rows: number;
  private last: string;
  private read: (row: number) => string;
  private byPath: Map<string, number> | undefined;

  constructor(from: number | TableParts = 1024, kind: TableKind = 'files') {
    this.kind = kind;
    const { columns, paths, length, ordered } = typeof from === 'number' ? empty(from) : from;
    this.columns = columns;
    this.packed = paths;
    this.rows = length;
    this.ordered = ordered;
    this.read = pathReader(this.packed);
    this.last = this.rows === 0 ? '' : this.read(this.rows - 1);
  }

  get length(): number {
    return this.rows;
  }

  get paths(): PackedPaths {
    return this.packed;
  }

  /** A row's path. */
  path(row: number): string {
    return this.read(row);
  }

  /** Adds a row; returns its number. */
  add(path: string, stat: Stat): number {
    const row = this.rows;
    this.reserve(1, path.length * BYTES_PER_UNIT);
    const { bytes, offsets } = this.packed;
    const start = offsets[row]!;
    const length = writePath(bytes, path, start);
    offsets[row + 1] = start + length;
    if (length !== path.length && this.packed.ascii) {
      this.packed = { ...this.packed, ascii: false };
      this.read = pathReader(this.packed);
    }
    this.ordered &&= row === 0 || this.isAfterLast(path);
    this.last = path;
    setStat(this.columns, row, stat);
    this.rows = row + 1;
    this.byPath = undefined;
    return row;
  }

  /** Adds rows `from`…`to` of another table of the same kind, with all that is known of them. */
  addRows(other: FileTable, from: number, to: number): void {
    if (from >= to) {
      return;
    }
    const theirs = other.packed;
    const start = theirs.offsets[from]!;
    const bytes = theirs.offsets[to]! - start;
    this.reserve(to - from, bytes);
    const { offsets } = this.packed;
    const at = offsets[this.rows]!;
    this.packed.bytes.set(theirs.bytes.subarray(start, start + bytes), at);
    for (let row = from; row < to; row++) {
      offsets[this.rows + row - from + 1] = at + theirs.offsets[row + 1]! - start;
    }
    copyColumns(other.columns, [from, to], this.columns, this.rows);
    if (!theirs.ascii && this.packed.ascii) {
      this.packed = { ...this.packed, ascii: false };
      this.read = pathReader(this.packed);
    }
    const first = other.path(from);
    this.ordered &&= other.ordered && (this.rows === 0 || this.isAfterLast(first));
    this.rows += to - from;
    this.last = other.path(to - 1);
    this.byPath = undefined;
  }

  /** The row of a path, or undefined. */
  row(path: string): number | undefined {
    if (this.ordered) {
      const row = this.position(path);
      return row < this.rows && this.path(row) === path ? row : undefined;
    }
    if (this.byPath === undefined) {
      this.byPath = new Map();
      for (let row = 0; row < this.rows; row++) {
        this.byPath.set(this.path(row), row);
      }
    }
    return this.byPath.get(path);
  }

  /** The row before which a path stands, or would stand. Only where `ordered`. */
  position(path: string): number {
    return this.firstNotBefore(encodeUtf8(this.ended(path)));
  }

  /** The rows of what lies below a folder, first and one after the last. Only where `ordered`. */
  below(folder: string): [number, number] {
    if (folder === '') {
      return [this.kind === 'dirs' ? Math.min(1, this.rows) : 0, this.rows];
    }
    const text = encodeUtf8(`${folder}/`);
    let from = this.firstNotBefore(text);
    if (this.kind === 'dirs' && from < this.rows && this.path(from) === folder) {
      from++;
    }
    text[text.length - 1] = SLASH + 1;
    return [from, this.firstNotBefore(text)];
  }

  has(row: number, flag: number): boolean {
    return (this.columns.flags[row]! & flag) !== 0;
  }

  set(row: number, flag: number): void {
    this.columns.flags[row]! |= flag;
  }

  clear(row: number, flag: number): void {
    this.columns.flags[row]! &= ~flag;
  }

  /** '' when it is not known. */
  checksum(row: number): string {
    return this.has(row, Flag.HASHED) ? sumOf(this.columns, row) : '';
  }

  setChecksum(row: number, hex: string): void {
    setSum(this.columns, row, hex);
    this.set(row, Flag.HASHED);
  }

  /** Takes over what `other` knows about a row whose stat is the same. Returns whether it did. */
  adopt(row: number, other: FileTable, otherRow: number): boolean {
    const theirs = other.columns;
    const flags = theirs.flags[otherRow]!;
    const usable =
      (flags & (Flag.HASHED | Flag.RACY | Flag.UNSTABLE)) === Flag.HASHED &&
      sameRowStat(this.columns, row, theirs, otherRow);
    if (usable) {
      this.columns.sums.set(theirs.sums.subarray(otherRow * 64, otherRow * 64 + 64), row * 64);
      this.set(row, flags & (Flag.HASHED | Flag.STORED));
    }
    return usable;
  }

  private ended(path: string): string {
    return this.kind === 'dirs' && path !== '' ? `${path}/` : path;
  }

  private isAfterLast(path: string): boolean {
    const [a, b] = [this.ended(this.last), this.ended(path)];
    return (hasSurrogates(a) || hasSurrogates(b) ? compareUtf8(a, b) : compareUnits(a, b)) < 0;
  }

  private firstNotBefore(text: Uint8Array): number {
    let low = 0;
    let high = this.rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const root = this.packed.offsets[middle] === this.packed.offsets[middle + 1];
      const ending = this.kind === 'dirs' && !root ? SLASH : undefined;
      if (comparePath(this.packed, middle, text, ending) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Makes room for more rows and bytes of paths. */
  private reserve(rows: number, pathBytes: number): void {
    const needed = this.rows + rows;
    if (needed > this.columns.modes.length) {
      const columns = allocate(Math.max(needed, 2 * this.columns.modes.length));
      copyColumns(this.columns, [0, this.rows], columns, 0);
      this.columns = columns;
    }
    const { bytes, offsets, ascii } = this.packed;
    const used = offsets[this.rows]!;
    if (needed < offsets.length && used + pathBytes <= bytes.length) {
      return;
    }
    const moreBytes = larger(bytes, used + pathBytes, (size) => new Uint8Array(shared(size)));
    const moreOffsets = larger(offsets, needed + 1, (size) => new Uint32Array(shared(4 * size)));
    this.packed = { bytes: moreBytes, offsets: moreOffsets, ascii };
    this.read = pathReader(this.packed);
  }
}

function larger<T extends Uint8Array | Uint32Array>(
  from: T,
  needed: number,
  make: (length: number) => T,
): T {
  if (needed <= from.length) {
    return from;
  }
  const to = make(Math.max(needed, 2 * from.length));
  to.set(from);
  return to;
}
