import { CancelledError } from '../../base/abort';
import { utf8Length } from '../../base/utf8';
import { SnapdirError, type SerializedError } from '../../core/errors';
import { errnoOf } from '../disk/fsErrors';
import type { FileColumns } from '../hashing/fileTable';

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
  /** Item → path below `root`: all paths as UTF-8 in one buffer, item i from offsets[i] to offsets[i+1]. */
  pathBytes: Uint8Array;
  pathOffsets: Uint32Array;
  /** Item → row of `columns`. */
  rows: Uint32Array;
  columns: FileColumns;
  root: string;
}

/** Places in `SharedWork.state`. */
export const Slot = { NEXT: 0, DONE: 1, STOP: 2, RUNNING: 3, BEAT: 4, CLOSED: 5 } as const;

const FATAL_BYTES = 8192;

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
  const encoded = new TextEncoder().encode(items.paths.join(''));
  const pathBytes = new Uint8Array(new SharedArrayBuffer(encoded.length));
  pathBytes.set(encoded);
  const count = items.rows.length;
  const pathOffsets = new Uint32Array(new SharedArrayBuffer(4 * (count + 1)));
  let offset = 0;
  for (const [index, path] of items.paths.entries()) {
    pathOffsets[index] = offset;
    offset += utf8Length(path);
  }
  pathOffsets[count] = offset;
  const rows = new Uint32Array(new SharedArrayBuffer(4 * count));
  rows.set(items.rows);
  return {
    ...sharedState(count),
    pathBytes,
    pathOffsets,
    rows,
    columns,
    root,
  };
}

const decoder = new TextDecoder();
const ascii = new TextDecoder('latin1');

/** Absolute path of an item. */
export function itemPath(job: SharedWork, item: number): string {
  const bytes = job.pathBytes.slice(job.pathOffsets[item], job.pathOffsets[item + 1]);
  return `${job.root}/${decoder.decode(bytes)}`;
}

/** The checksum in an item's row. */
export function sumOf(job: SharedWork, item: number): string {
  const at = job.rows[item]! * 64;
  return ascii.decode(job.columns.sums.slice(at, at + 64));
}

/** What the coordinator has to know of an error that another thread met. */
interface Fatal {
  known?: SerializedError;
  code: string;
  message: string;
  /** The item at which it happened, where that was noted. */
  item?: number;
}

/** Stops every thread of the job; the coordinator throws `error`. The first one wins. */
export function stopJob(job: SharedState, error?: unknown): void {
  if (Atomics.compareExchange(job.state, Slot.STOP, 0, 1) !== 0 || error === undefined) {
    return;
  }
  const { message, item } = error as Error & { item?: number };
  const known = SnapdirError.is(error) ? { ...error.toJSON(), stack: '' } : undefined;
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
