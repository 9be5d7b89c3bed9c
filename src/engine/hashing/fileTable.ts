import type { Stat } from '../disk/fs';

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

const HEX_LENGTH = 64;
const ascii = new TextDecoder('latin1');

/** The columns of a table: shared memory, so that several threads can work on it without messages. */
export interface FileColumns {
  modes: Uint32Array;
  sizes: Float64Array;
  mtimes: BigInt64Array;
  ctimes: BigInt64Array;
  inos: BigUint64Array;
  devs: BigUint64Array;
  flags: Uint8Array;
  /** Lower-case hex as ASCII, 64 bytes a row: text is what manifests need. */
  sums: Uint8Array;
}

/** Columns for so many rows, all zero. */
export function allocate(rows: number): FileColumns {
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(rows * bytes);
  return {
    modes: new Uint32Array(shared(4)),
    sizes: new Float64Array(shared(8)),
    mtimes: new BigInt64Array(shared(8)),
    ctimes: new BigInt64Array(shared(8)),
    inos: new BigUint64Array(shared(8)),
    devs: new BigUint64Array(shared(8)),
    flags: new Uint8Array(shared(1)),
    sums: new Uint8Array(shared(HEX_LENGTH)),
  };
}

function grow(from: FileColumns, rows: number): FileColumns {
  const to = allocate(rows);
  to.modes.set(from.modes);
  to.sizes.set(from.sizes);
  to.mtimes.set(from.mtimes);
  to.ctimes.set(from.ctimes);
  to.inos.set(from.inos);
  to.devs.set(from.devs);
  to.flags.set(from.flags);
  to.sums.set(from.sums);
  return to;
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

/** Writes one row's checksum. */
export function setSum(columns: FileColumns, row: number, hex: string): void {
  const at = row * HEX_LENGTH;
  for (let index = 0; index < HEX_LENGTH; index++) {
    columns.sums[at + index] = hex.charCodeAt(index);
  }
}

/** Files (or folders) with their stats and checksums, as columns; rows keep the order of `add`. */
export class FileTable {
  readonly paths: string[] = [];
  columns: FileColumns;
  /** The garbage collection after which `STORED` was true; see `engine/worktree/ingest.ts`. */
  epoch = '';
  private capacity: number;
  private byPath: Map<string, number> | undefined;

  constructor(capacity = 1024) {
    this.capacity = Math.max(1, capacity);
    this.columns = allocate(this.capacity);
  }

  get length(): number {
    return this.paths.length;
  }

  /** Adds a row; returns its number. */
  add(path: string, stat: Stat): number {
    const row = this.paths.push(path) - 1;
    if (row >= this.capacity) {
      this.capacity *= 2;
      this.columns = grow(this.columns, this.capacity);
    }
    setStat(this.columns, row, stat);
    this.byPath = undefined;
    return row;
  }

  /** The row of a path, or undefined. */
  row(path: string): number | undefined {
    if (this.byPath === undefined) {
      this.byPath = new Map();
      for (let row = 0; row < this.paths.length; row++) {
        this.byPath.set(this.paths[row]!, row);
      }
    }
    return this.byPath.get(path);
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
    if (!this.has(row, Flag.HASHED)) {
      return '';
    }
    const at = row * HEX_LENGTH;
    // TextDecoder refuses shared memory, so the 64 bytes are copied first.
    return ascii.decode(this.columns.sums.slice(at, at + HEX_LENGTH));
  }

  setChecksum(row: number, hex: string): void {
    setSum(this.columns, row, hex);
    this.set(row, Flag.HASHED);
  }

  /** Takes over what `other` knows about a row whose stat is the same. Returns whether it did. */
  adopt(row: number, other: FileTable, otherRow: number): boolean {
    const [mine, theirs] = [this.columns, other.columns];
    const usable =
      (theirs.flags[otherRow]! & (Flag.HASHED | Flag.RACY | Flag.UNSTABLE)) === Flag.HASHED &&
      mine.sizes[row] === theirs.sizes[otherRow] &&
      mine.mtimes[row] === theirs.mtimes[otherRow] &&
      mine.ctimes[row] === theirs.ctimes[otherRow] &&
      mine.inos[row] === theirs.inos[otherRow] &&
      mine.devs[row] === theirs.devs[otherRow];
    if (usable) {
      const at = otherRow * HEX_LENGTH;
      mine.sums.set(theirs.sums.subarray(at, at + HEX_LENGTH), row * HEX_LENGTH);
      this.set(row, theirs.flags[otherRow]! & (Flag.HASHED | Flag.STORED));
    }
    return usable;
  }
}
