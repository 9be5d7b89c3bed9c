import { CancelledError } from '../../base/abort';
import { utf8Length } from '../../base/utf8';
import { SnapdirError, type SerializedError } from '../../core/errors';
import { errnoOf } from '../disk/fsErrors';
import { sumOf as rowSum } from '../hashing/fileColumns';
import type { FileColumns, FileTable } from '../hashing/fileTable';
import { type PackedPaths, pathReader } from '../hashing/packedPaths';

/**
 * Work that several threads share through memory: each takes the next run of items by one atomic
 * counter, so there is no message per file. Every thread, the coordinator included, runs the same code.
 */
export interface SharedState {
  /** See {@link Slot}. */
  state: Int32Array;
  /** How many items. */
  count: number;
  /** The items are large: worth sharing however few they are, and taken one at a time. */
  heavy?: boolean;
  /** JSON of the first error that stops the whole job (a full disk). */
  fatal: Uint8Array;
}

/** Shared work on files that have paths and rows. */
export interface SharedWork extends SharedState {
  /** Paths below `root`: of each row where they are a table's own, else of each item. */
  paths: PackedPaths;
  pathsByRow: boolean;
  /** Item → row of `columns`. Empty: each item is the row of its number. */
  rows: Uint32Array;
  columns: FileColumns;
  root: string;
}

/** Places in `SharedWork.state`. */
export const Slot = { NEXT: 0, DONE: 1, STOP: 2, RUNNING: 3, BEAT: 4, CLOSED: 5 } as const;

/** Room for the longest path, escaped. */
const FATAL_BYTES = 32 * 1024;

/** A job that nobody began. */
export function sharedState(count: number): SharedState {
  return {
    state: new Int32Array(new SharedArrayBuffer(4 * 8)),
    count,
    fatal: new Uint8Array(new SharedArrayBuffer(FATAL_BYTES)),
  };
}

/** Packs paths and rows for {@link SharedWork}. */
export function sharedWork(
  root: string,
  columns: FileColumns,
  items: { rows: readonly number[]; paths: readonly string[] },
): SharedWork {
  const text = items.paths.join('');
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(new SharedArrayBuffer(encoded.length));
  bytes.set(encoded);
  const count = items.rows.length;
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * (count + 1)));
  let offset = 0;
  for (const [index, path] of items.paths.entries()) {
    offsets[index] = offset;
    offset += utf8Length(path);
  }
  offsets[count] = offset;
  const paths = { bytes, offsets, ascii: encoded.length === text.length };
  return { ...blank(root, columns, count), paths, pathsByRow: false, rows: packRows(items.rows) };
}

/**
 * Work on rows of a table, whose own memory is shared as it is.
 * @param rows absent: all rows
 */
export function tableWork(root: string, table: FileTable, rows?: readonly number[]): SharedWork {
  return {
    ...blank(root, table.columns, rows?.length ?? table.length),
    paths: table.paths,
    pathsByRow: true,
    rows: packRows(rows ?? []),
  };
}

function packRows(from: readonly number[]): Uint32Array {
  const rows = new Uint32Array(new SharedArrayBuffer(4 * from.length));
  rows.set(from);
  return rows;
}

function blank(
  root: string,
  columns: FileColumns,
  count: number,
): Omit<SharedWork, 'paths' | 'pathsByRow' | 'rows'> {
  return {
    ...sharedState(count),
    columns,
    root,
  };
}

/** The row of an item. */
export function itemRow(job: SharedWork, item: number): number {
  return job.rows.length === 0 ? item : job.rows[item]!;
}

/** The job whose paths were read last on this thread: jobs run one after the other. */
let reader: { paths: PackedPaths; read: (row: number) => string } | undefined;

/** Absolute path of an item. */
export function itemPath(job: SharedWork, item: number): string {
  if (reader?.paths !== job.paths) {
    reader = { paths: job.paths, read: pathReader(job.paths) };
  }
  return `${job.root}/${reader.read(job.pathsByRow ? itemRow(job, item) : item)}`;
}

/** The checksum in an item's row. */
export function sumOf(job: SharedWork, item: number): string {
  return rowSum(job.columns, itemRow(job, item));
}

/** What the coordinator has to know of an error that another thread met. */
interface Fatal {
  known?: SerializedError;
  code: string;
  message: string;
  /** The item at which it happened, where that was noted. */
  item?: number;
}

const decoder = new TextDecoder();

/** Stops every thread of the job; the coordinator throws `error`. The first one wins. */
export function stopJob(job: SharedState, error?: unknown): void {
  if (Atomics.compareExchange(job.state, Slot.STOP, 0, 1) !== 0 || error === undefined) {
    return;
  }
  const { message: words, item } = error as Error & { item?: number };
  const known = SnapdirError.is(error) ? { ...error.toJSON(), message: '', stack: '' } : undefined;
  const message = known === undefined ? words : '';
  const text = JSON.stringify({ known, code: errnoOf(error) ?? '', message, item });
  const bytes = new TextEncoder().encode(text).subarray(0, FATAL_BYTES - 1);
  job.fatal.set(bytes);
}

/** @throws the error that stopped the job, with its errno as `code`, and its `item` */
export function throwIfStopped(job: SharedState): void {
  if (Atomics.load(job.state, Slot.STOP) === 0) {
    return;
  }
  const end = job.fatal.indexOf(0);
  if (end === 0) {
    throw new CancelledError();
  }
  const { known, code, message, item } = JSON.parse(
    decoder.decode(job.fatal.slice(0, end)),
  ) as Fatal;
  if (known !== undefined) {
    throw Object.assign(SnapdirError.fromJSON(known), { item });
  }
  throw Object.assign(new Error(message), { item }, code === '' ? {} : { code });
}
