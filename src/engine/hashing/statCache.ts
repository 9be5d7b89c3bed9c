import type { LinkEntry } from '../../core/tree';
import type { EngineEnv } from '../context';
import { discard, join, readFile, writeFileRelaxed } from '../disk/durable';
import type { Store } from '../store/storeRoot';
import { blake3 } from './blake3';
import { FileTable, type FileColumns } from './fileTable';
import type { Look } from './look';

/**
 * The last look at the folder, kept in `cache/`: which file had which checksum under which stat.
 * Every entry is checked against the file's stat before it is used, so a lost, old or foreign cache
 * costs time, never truth. A checksum over the whole file guards against torn writes.
 */
const MAGIC = 'snapdir-stat-cache 3';
const MAX_CACHE_BYTES = 1024 * 1024 * 1024;
const DIGEST_BYTES = 64;

/** The first line of the file, after the magic. */
interface Header {
  magic: string;
  storeId: string;
  epoch: string;
  rulesKey: string;
  clean: boolean;
  snapshot: string;
  links: LinkEntry[];
  /** Rows and bytes of paths of files, dirs and guards. */
  tables: { rows: number; pathBytes: number }[];
}

/** A store that was deleted and made anew is another one: its id is part of the key. */
const keyOf = (store: Store): string => `${store.id} ${store.path}`;
const cachePath = (store: Store): string => join(store.cache, 'stat');

/** In memory, so that a running engine never reads the file. */
const looks = new Map<string, Look>();

/** The last look, or undefined. Never fails: a damaged cache is no cache. */
export function loadLook(env: EngineEnv, store: Store): Look | undefined {
  const known = looks.get(keyOf(store));
  if (known !== undefined) {
    return known;
  }
  try {
    const bytes = readFile(env.fs, cachePath(store), MAX_CACHE_BYTES);
    const look = bytes === undefined ? undefined : decode(bytes, store.id);
    if (look !== undefined) {
      looks.set(keyOf(store), look);
    }
    return look;
  } catch {
    return undefined;
  }
}

/** Keeps a look for the next one, in memory. */
export function saveLook(store: Store, look: Look): void {
  looks.set(keyOf(store), look);
}

/** Keeps a look for the next process. Only when what it calls stored is durable. */
export function persistLook(env: EngineEnv, store: Store, look: Look): void {
  writeFileRelaxed(env, store.tmp, cachePath(store), encode(look, store.id));
}

/** Forgets everything: after damage was found, what the cache says is stored has to be looked at again. */
export function forgetLook(env: EngineEnv, store: Store): void {
  looks.delete(keyOf(store));
  discard(env.fs, cachePath(store));
}

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
    bytes(columns.sums, DIGEST_BYTES),
  ];
}

const tablesOf = (look: Look): FileTable[] => [look.files, look.dirs, look.guards];

function encode(look: Look, storeId: string): Uint8Array {
  const encoder = new TextEncoder();
  const tables = tablesOf(look).map((table) => ({
    table,
    paths: encoder.encode(table.paths.join('\0')),
  }));
  const { rulesKey, clean, snapshot, links } = look;
  const header: Header = {
    magic: MAGIC,
    storeId,
    epoch: look.files.epoch,
    rulesKey,
    clean,
    snapshot,
    links,
    tables: tables.map(({ table, paths }) => ({ rows: table.length, pathBytes: paths.length })),
  };
  const pieces: Uint8Array[] = [encoder.encode(`${JSON.stringify(header)}\n`)];
  for (const { table, paths } of tables) {
    pieces.push(paths, ...parts(table.columns, table.length));
  }
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(size + DIGEST_BYTES);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  bytes.set(encoder.encode(blake3(bytes.subarray(0, size))), size);
  return bytes;
}

function decode(bytes: Uint8Array<ArrayBuffer>, storeId: string): Look | undefined {
  const decoder = new TextDecoder();
  const body = bytes.subarray(0, bytes.length - DIGEST_BYTES);
  if (decoder.decode(bytes.subarray(bytes.length - DIGEST_BYTES)) !== blake3(body)) {
    return undefined;
  }
  const line = body.indexOf(0x0a);
  const header = JSON.parse(decoder.decode(body.subarray(0, line))) as Header;
  if (header.magic !== MAGIC || header.storeId !== storeId) {
    return undefined;
  }
  let offset = line + 1;
  const tables = header.tables.map(({ rows, pathBytes }) => {
    const table = new FileTable(rows);
    const text = decoder.decode(body.subarray(offset, offset + pathBytes));
    offset += pathBytes;
    for (const path of rows === 0 ? [] : text.split('\0')) {
      table.paths.push(path);
    }
    for (const part of parts(table.columns, rows)) {
      part.set(body.subarray(offset, offset + part.length));
      offset += part.length;
    }
    return table;
  });
  const [files, dirs, guards] = tables as [FileTable, FileTable, FileTable];
  files.epoch = header.epoch;
  const { rulesKey, clean, snapshot, links } = header;
  return { files, dirs, guards, links, rulesKey, clean, snapshot };
}

const RACY_WINDOW_NS = 2_000_000_000n;

/**
 * Whether a stat is too young to be trusted next time (H16, Git's "racy clean"): a write in the same
 * clock tick as the look would leave no trace in it.
 * @param now the file system's own time at the start of the look, in nanoseconds
 */
export function isRacy(columns: FileColumns, row: number, now: bigint): boolean {
  const limit = now - RACY_WINDOW_NS;
  return columns.mtimes[row]! >= limit || columns.ctimes[row]! >= limit;
}
