import type { EngineEnv } from '../context';
import { discard, join, readFileShared, writeFileRelaxed } from '../disk/durable';
import { cacheKey } from '../home/cacheKey';
import type { Store } from '../store/storeRoot';
import type { FileColumns } from './fileTable';
import type { Look } from './look';
import { decodeLook, encodeLook } from './lookFile';

/**
 * The last look at the folder, kept in `cache/`: which file had which checksum under which stat.
 * Every entry is checked against the file's stat before it is used, so a lost, old or foreign cache
 * costs time, never truth.
 */
const MAX_CACHE_BYTES = 1024 * 1024 * 1024;

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
    const key = store.foreign ? undefined : cacheKey(env);
    const bytes =
      key === undefined ? undefined : readFileShared(env.fs, cachePath(store), MAX_CACHE_BYTES);
    const look = bytes === undefined ? undefined : decodeLook(bytes, store.id, key!);
    if (look !== undefined) {
      looks.set(keyOf(store), look);
    }
    return look;
  } catch {
    return undefined;
  }
}

/**
 * Keeps a look for the next one, in memory.
 * @param startNs the file system's time when it began
 */
export function saveLook(store: Store, look: Look, startNs: bigint): void {
  looks.set(keyOf(store), look);
  begun.set(keyOf(store), startNs);
}

/** When the looks in memory began, by the file system's clock. */
const begun = new Map<string, bigint>();

/**
 * Whether the file system's clock was set back since the last look: then a file may have been written again in
 * the very tick of its old times, and no stat says anything (H16).
 */
export function wasSetBack(env: EngineEnv, store: Store, nowNs: bigint): boolean {
  const last = begun.get(keyOf(store)) ?? env.fs.lstat(cachePath(store))?.mtimeNs ?? 0n;
  return nowNs < last - RACY_WINDOW_NS;
}

/** Up to this many rows, writing the file costs less than thinking about it. */
const SMALL_TABLE = 4096;
/** Of a larger one, it is written at once when this part of its rows was read. */
const LARGE_PART = 1 / 16;

/** Looks that the next process does not know yet, with the rows that were read since it could. */
const unwritten = new Map<string, { store: Store; rows: number }>();

/** Keeps a look for the next process, at once. Only when what it calls stored is durable. */
export function persistLook(env: EngineEnv, store: Store, look: Look): void {
  unwritten.delete(keyOf(store));
  const key = cacheKey(env);
  if (key !== undefined) {
    writeFileRelaxed(env, store.tmp, cachePath(store), encodeLook(look, store.id, key));
  }
}

/**
 * Keeps a look for the next process, at once or with {@link flushLooks}: the file is as long as the
 * folder is large, and a small take must not pay for that. A process that dies first costs the next one
 * the reading of what changed since.
 * @param rows how many were read
 */
export function keepLook(env: EngineEnv, store: Store, look: Look, rows: number): void {
  const waiting = (unwritten.get(keyOf(store))?.rows ?? 0) + rows;
  const { length } = look.files;
  if (length <= SMALL_TABLE || waiting >= length * LARGE_PART) {
    persistLook(env, store, look);
  } else {
    unwritten.set(keyOf(store), { store, rows: waiting });
  }
}

/** Writes what {@link keepLook} put off: when the engine has nothing to do, and at its end. */
export function flushLooks(env: EngineEnv): void {
  for (const [key, { store }] of [...unwritten]) {
    const look = looks.get(key);
    unwritten.delete(key);
    if (look !== undefined) {
      persistLook(env, store, look);
    }
  }
}

/** Forgets everything: after damage was found, what the cache says is stored has to be looked at again. */
export function forgetLook(env: EngineEnv, store: Store): void {
  looks.delete(keyOf(store));
  unwritten.delete(keyOf(store));
  discard(env.fs, cachePath(store));
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
