import { SnapdirError } from '../../core/errors';
import { foldHistory } from '../../core/history';
import type { CheckpointId, RecordId } from '../../core/ids';
import {
  formatRecord,
  parseRecord,
  parseRecordFileName,
  recordFileName,
} from '../../core/recordFormat';
import type { OperationRecord } from '../../core/records';
import { RECORD_LIMITS } from '../../core/records/fields';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileWhole } from '../disk/durable';
import { io, isOwnLack } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { notingLostNames } from './failedSyncs';
import { loadHistoryCache, saveHistoryCache, type FoldedRecords } from './historyCache';
import type { Store } from './storeRoot';

/** A record holds every link and every skipped path of a take, so it may be large. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** More than any person takes in a lifetime (H33): a store with more is a trap. */
export const MAX_RECORDS = 1_000_000;

type WithoutStamp<R> = R extends OperationRecord ? Omit<R, 'v' | 'time' | 'author'> : never;
/** A record as the caller makes it; time and author are added when it is written. */
export type NewRecord = WithoutStamp<OperationRecord>;

export interface RecordName {
  name: string;
  time: number;
  id: RecordId;
}

/** `20261121T091155123Z-<64 hex>.json`: quick to tell; `parseRecordFileName` is strict. */
const NAME_LENGTH = 89;

/** File names that look like records, in no order. Other names are left alone (H53). */
function listNames(env: EngineEnv, store: Store): string[] {
  if (env.fs.lstat(store.records) === undefined) {
    return [];
  }
  const names: string[] = [];
  for (const { name } of io('list', store.records, () => env.fs.readdir(store.records))) {
    if (name.length === NAME_LENGTH && name.endsWith('.json')) {
      names.push(name);
    }
  }
  if (names.length > MAX_RECORDS) {
    const reason = `more than ${MAX_RECORDS} records`;
    throw new SnapdirError('PARSE', { what: store.records, reason });
  }
  return names;
}

/** ASCII names of equal shape: code unit order is time order. */
function oldestFirst(names: string[]): string[] {
  return names.sort();
}

function toRecordName(name: string): RecordName | undefined {
  const parsed = parseRecordFileName(name);
  return parsed === undefined ? undefined : { name, ...parsed };
}

/** Names of all records, oldest first. */
export function listRecords(env: EngineEnv, store: Store): RecordName[] {
  return oldestFirst(listNames(env, store))
    .map(toRecordName)
    .filter((name) => name !== undefined);
}

/**
 * Reads one record and checks it against the id in its name.
 * @throws REV_NOT_FOUND (vanished), INTEGRITY, PARSE, UNSUPPORTED_FORMAT, IO
 */
export function readRecordFile(env: EngineEnv, store: Store, name: RecordName): OperationRecord {
  const bytes = readFile(env.fs, join(store.records, name.name), MAX_RECORD_BYTES);
  if (bytes === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: name.id });
  }
  const actual = blake3(bytes);
  if (actual !== name.id) {
    throw new SnapdirError('INTEGRITY', { address: name.name, expected: name.id, actual });
  }
  const record = parseRecord(bytes);
  if (record.time !== name.time) {
    // Under another time it would be folded elsewhere than it is listed, and found by nobody who knows its time.
    throw new SnapdirError('PARSE', { what: name.name, reason: 'its name has another time' });
  }
  return record;
}

/** @throws REV_NOT_FOUND and what {@link readRecordFile} throws */
export function readRecord(env: EngineEnv, store: Store, id: string): OperationRecord {
  // What the fold knows need not be searched for among ten thousand names.
  const time = loaded.get(store.path)?.state.history.checkpoint(id as CheckpointId)?.time;
  if (time !== undefined) {
    const known = { name: recordFileName(time, id as RecordId), time, id: id as RecordId };
    return readRecordFile(env, store, known);
  }
  const found = listNames(env, store).find((candidate) => candidate.endsWith(`-${id}.json`));
  const name = found === undefined ? undefined : toRecordName(found);
  if (name === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: id });
  }
  return readRecordFile(env, store, name);
}

/**
 * Writes a record, durably unless `durable` is false. Its time is never earlier than any record's that is there, so that a clock
 * that went backwards cannot reorder history (H51).
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function appendRecord(
  env: EngineEnv,
  store: Store,
  record: NewRecord,
  durable = true,
): RecordId {
  const newest = newestTime(historyBefore(env, store));
  // A record of the last moment there is, made up or by a wrong clock, must not keep all others from being written.
  const time = Math.min(Math.max(env.clock.now(), newest + 1), RECORD_LIMITS.time);
  const full = { ...record, v: 1, time, author: env.author } as OperationRecord;
  const bytes = new TextEncoder().encode(formatRecord(full));
  const id = blake3(bytes) as RecordId;
  const path = join(store.records, recordFileName(time, id));
  const since = (): bigint | undefined => env.fs.lstat(path)?.mtimeNs;
  notingLostNames(env, store, since, () => {
    writeFileWhole(env, store.tmp, path, { bytes, durable });
  });
  const state = loaded.get(store.path)?.state;
  if (state?.names.has(recordFileName(time, id)) === false) {
    // Known without reading it back: what was acknowledged does not depend on another look at the disk.
    note(state, recordFileName(time, id));
    state.history.apply(id, parseRecord(bytes));
  }
  return id;
}

/**
 * What comes before a record that is written now. A folder with the time at which it was listed need not be listed again: what came
 * in the same tick is of the same moment as this record, and either may come first.
 */
function historyBefore(env: EngineEnv, store: Store): FoldedRecords {
  const known = loaded.get(store.path);
  const isAsSeen = known !== undefined && env.fs.lstat(store.records)?.mtimeNs === known.seenNs;
  return isAsSeen ? known.state : loadHistory(env, store);
}

function note(state: FoldedRecords, name: string): void {
  state.names.add(name);
  state.newest = name > state.newest ? name : state.newest;
}

function newestTime({ names, newest }: FoldedRecords): number {
  const parsed = toRecordName(newest);
  if (parsed !== undefined) {
    return parsed.time;
  }
  // No record, or some other file that only looks like one.
  let time = 0;
  for (const name of names) {
    time = Math.max(time, toRecordName(name)?.time ?? 0);
  }
  return time;
}

/** The folds of this process, and the folder's time when they were made. */
interface Loaded {
  state: FoldedRecords;
  /** What was listed then. One array for the life of a process: each listing anew would be garbage that is collected late. */
  listed: string[];
  /** The folder's time, since when it was seen with it by this process's clock, and whether that is long. */
  seenNs: bigint;
  since: number;
  settled: boolean;
}
const loaded = new Map<string, Loaded>();

function applyAll(
  env: EngineEnv,
  store: Store,
  names: readonly string[],
  into: FoldedRecords,
): void {
  for (const name of names) {
    const record = toRecordName(name);
    if (record === undefined) {
      note(into, name);
      continue;
    }
    try {
      into.history.apply(record.id, readRecordFile(env, store, record));
      note(into, name);
    } catch (error) {
      if (!SnapdirError.is(error) || isOwnLack(error)) {
        throw error;
      }
      into.damaged.push({ name, reason: `${error.code} ${JSON.stringify(error.data)}` });
      if (error.code === 'IO') {
        into.newest = name > into.newest ? name : into.newest;
      } else {
        note(into, name);
      }
    }
  }
}

const SETTLED_MS = 2000;
const SAVE_AFTER = 50;

/**
 * The state of everything that changes: a fold over the records. What was folded before is kept, in
 * memory and in `cache/`, so that only new records are read; a folder whose time is as it was, and was
 * not young when it was looked at, is not even listed.
 * @throws IO
 */
export function loadHistory(env: EngineEnv, store: Store): FoldedRecords {
  const known = loaded.get(store.path);
  const seenNs = env.fs.lstat(store.records)?.mtimeNs ?? 0n;
  if (known?.settled === true && known.seenNs === seenNs) {
    return known.state;
  }
  const names = listNames(env, store);
  let state = known?.state;
  let fresh = state && newNames(names, state, known?.listed);
  if (state === undefined || fresh === undefined) {
    state = loadHistoryCache(env, store, oldestFirst(names)) ?? emptyState();
    fresh = newNames(names, state) ?? names;
  }
  oldestFirst(fresh);
  // The fold takes records in any order, so those of another window may sort before ours.
  applyAll(env, store, fresh, state);
  // By one clock alone: this machine's may be far from the file system's.
  const now = env.clock.now();
  const since = known?.seenNs === seenNs && known.since <= now ? known.since : now;
  // What is damaged is looked at again each time: it may be mended in place, which no folder's time tells.
  const settled = state.damaged.length === 0 && now - since > SETTLED_MS;
  const listed = known?.listed ?? [];
  names.forEach((name, index) => (listed[index] = name));
  listed.length = names.length;
  loaded.set(store.path, { state, listed, seenNs, since, settled });
  if (fresh.length > SAVE_AFTER) {
    saveHistoryCache(env, store, state);
  }
  return state;
}

/** The same without another look at the disk, where this process has looked: it knows what it wrote itself. */
export function knownHistory(env: EngineEnv, store: Store): FoldedRecords {
  return loaded.get(store.path)?.state ?? loadHistory(env, store);
}

function emptyState(): FoldedRecords {
  return { history: foldHistory([]), damaged: [], names: new Set(), newest: '' };
}

/**
 * Those of a listing that were not folded yet; undefined where one that was is gone.
 * @param before the listing that was folded last: its names need not be looked up
 */
function newNames(
  listed: string[],
  state: FoldedRecords,
  before: readonly string[] = [],
): string[] | undefined {
  const damaged = state.damaged.splice(0);
  damaged.forEach(({ name }) => state.names.delete(name));
  const unknown = damaged.length > 0 ? listed : namesBesides(before, listed);
  const fresh = unknown.filter((name) => !state.names.has(name));
  return listed.length - fresh.length === state.names.size ? fresh : undefined;
}

/**
 * What a listing has besides an earlier one, and where they are not sorted some more: comparing is cheaper than looking up.
 * Equal names are made one: those of the earlier listing are old, and new ones that stayed would pile up beside them.
 */
function namesBesides(before: readonly string[], listed: string[]): string[] {
  const besides: string[] = [];
  let at = 0;
  for (const [index, name] of listed.entries()) {
    while (at < before.length && before[at]! < name) {
      at++;
    }
    if (before[at] === name) {
      listed[index] = before[at++]!;
    } else {
      besides.push(name);
    }
  }
  return besides;
}
