import type { EngineEnv } from '../context';
import { discard, join, readFile, writeFileRelaxed } from '../disk/durable';
import type { Store } from '../store/storeRoot';
import { blake3 } from './blake3';
import { FileTable, type FileColumns } from './fileTable';

/**
 * The last look at the folder, kept in `cache/`: which file had which checksum under which stat.
 * Every entry is checked against the file's stat before it is used, so a lost, old or foreign cache
 * costs time, never truth. A checksum over the whole file guards against torn writes.
 */
const MAGIC = 'snapdir-stat-cache 2\n';
const HEADER = /^snapdir-stat-cache 2\n([0-9a-f]*) (.*)\n(\d+) (\d+)\n/;
const MAX_CACHE_BYTES = 1024 * 1024 * 1024;

/** A store that was deleted and made anew is another one: its id is part of the key. */
const keyOf = (store: Store): string => `${store.id} ${store.path}`;

const cachePath = (store: Store): string => join(store.cache, 'stat');

/** The columns that are kept, in file order. */
function parts(columns: FileColumns, rows: number): Uint8Array[] {
  const bytes = (view: { buffer: ArrayBufferLike }, width: number): Uint8Array =>
    new Uint8Array(view.buffer, 0, rows * width);
  return [
    bytes(columns.modes, 4),
    bytes(columns.sizes, 8),
    bytes(columns.mtimes, 8),
    bytes(columns.ctimes, 8),
    bytes(columns.inos, 8),
    bytes(columns.devs, 8),
    bytes(columns.flags, 1),
    bytes(columns.sums, 64),
  ];
}

/** In memory, so that a running engine never reads the file. */
const tables = new Map<string, FileTable>();

/** Loads the table of the last look, or undefined. Never fails: a damaged cache is no cache. */
export function loadStatCache(env: EngineEnv, store: Store): FileTable | undefined {
  const known = tables.get(keyOf(store));
  if (known !== undefined) {
    return known;
  }
  try {
    const bytes = readFile(env.fs, cachePath(store), MAX_CACHE_BYTES);
    const table = bytes === undefined ? undefined : decode(bytes, store.id);
    if (table !== undefined) {
      tables.set(keyOf(store), table);
    }
    return table;
  } catch {
    return undefined;
  }
}

/** Keeps the table for the next look. Rows that cannot be trusted are kept out by their flags. */
export function saveStatCache(
  env: EngineEnv,
  store: Store,
  table: FileTable,
  persist: boolean,
): void {
  tables.set(keyOf(store), table);
  if (persist && store.readOnly === null) {
    writeFileRelaxed(env, store.tmp, cachePath(store), encode(table, store.id));
  }
}

/** Forgets everything: after damage was found, what the cache says is stored has to be looked at again. */
export function forgetStatCache(env: EngineEnv, store: Store): void {
  tables.delete(keyOf(store));
  discard(env.fs, cachePath(store));
}

function encode(table: FileTable, storeId: string): Uint8Array {
  const encoder = new TextEncoder();
  const paths = encoder.encode(table.paths.join('\0'));
  const header = encoder.encode(
    `${MAGIC}${storeId} ${table.epoch}\n${table.length} ${paths.length}\n`,
  );
  const columns = parts(table.columns, table.length);
  const size = header.length + paths.length + columns.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(size + 64);
  let offset = 0;
  for (const part of [header, paths, ...columns]) {
    bytes.set(part, offset);
    offset += part.length;
  }
  bytes.set(encoder.encode(blake3(bytes.subarray(0, size))), size);
  return bytes;
}

function decode(bytes: Uint8Array, storeId: string): FileTable | undefined {
  const decoder = new TextDecoder();
  const body = bytes.subarray(0, bytes.length - 64);
  if (decoder.decode(bytes.subarray(bytes.length - 64)) !== blake3(body)) {
    return undefined;
  }
  const head = HEADER.exec(decoder.decode(body.subarray(0, 256)));
  if (head === null || head[1] !== storeId) {
    return undefined;
  }
  const [rows, pathBytes] = [Number(head[3]), Number(head[4])];
  let offset = head[0].length;
  const table = new FileTable(rows);
  table.epoch = head[2]!;
  const text = decoder.decode(body.subarray(offset, offset + pathBytes));
  offset += pathBytes;
  for (const path of rows === 0 ? [] : text.split('\0')) {
    table.paths.push(path);
  }
  for (const part of parts(table.columns, rows)) {
    part.set(body.subarray(offset, offset + part.length));
    offset += part.length;
  }
  return table.paths.length === rows ? table : undefined;
}

/**
 * Whether a stat is too young to be trusted next time (H16, Git's "racy clean"): a write in the same
 * clock tick as the look would leave no trace in it.
 * @param now the file system's own time at the start of the look, in nanoseconds
 */
export function isRacy(columns: FileColumns, row: number, now: bigint): boolean {
  const limit = now - RACY_WINDOW_NS;
  return columns.mtimes[row]! >= limit || columns.ctimes[row]! >= limit;
}

const RACY_WINDOW_NS = 2_000_000_000n;
