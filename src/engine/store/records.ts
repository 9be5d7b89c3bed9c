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
import type { Tree } from '../../core/tree';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileDurable } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { loadHistoryCache, saveHistoryCache, type FoldedRecords } from './historyCache';
import { readManifest } from './manifests';
import type { Store } from './storeRoot';

/** A record holds every link and every skipped path of a take, so it may be large. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

type WithoutStamp<R> = R extends OperationRecord ? Omit<R, 'v' | 'time' | 'author'> : never;
/** A record as the caller makes it; time and author are added when it is written. */
export type NewRecord = WithoutStamp<OperationRecord>;

export interface RecordName {
  name: string;
  time: number;
  id: RecordId;
}

/** Names of all records, oldest first. Unknown names are left alone (H53). */
export function listRecords(env: EngineEnv, store: Store): RecordName[] {
  if (env.fs.lstat(store.records) === undefined) {
    return [];
  }
  const names: RecordName[] = [];
  for (const entry of io('list', store.records, () => env.fs.readdir(store.records))) {
    const parsed = parseRecordFileName(entry.name);
    if (parsed !== undefined) {
      names.push({ name: entry.name, time: parsed.time, id: parsed.id });
    }
  }
  // ASCII names of equal shape: code unit order is time order.
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
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
  return parseRecord(bytes);
}

/** @throws REV_NOT_FOUND and what {@link readRecordFile} throws */
export function readRecord(env: EngineEnv, store: Store, id: string): OperationRecord {
  const name = listRecords(env, store).find((candidate) => candidate.id === id);
  if (name === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: id });
  }
  return readRecordFile(env, store, name);
}

/**
 * Writes a record durably. Its time is never earlier than any record's that is there, so that a clock
 * that went backwards cannot reorder history (H51).
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function appendRecord(env: EngineEnv, store: Store, record: NewRecord): RecordId {
  const newest = listRecords(env, store).at(-1)?.time ?? 0;
  const time = Math.max(env.clock.now(), newest + 1);
  const full = { ...record, v: 1, time, author: env.author } as OperationRecord;
  const bytes = new TextEncoder().encode(formatRecord(full));
  const id = blake3(bytes) as RecordId;
  writeFileDurable(env, store.tmp, join(store.records, recordFileName(time, id)), bytes);
  return id;
}

const loaded = new Map<string, FoldedRecords>();

function applyAll(env: EngineEnv, store: Store, names: RecordName[], into: FoldedRecords): void {
  for (const name of names) {
    into.names.add(name.name);
    into.newest = name.name > into.newest ? name.name : into.newest;
    try {
      into.history.apply(name.id, readRecordFile(env, store, name));
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      into.damaged.push({ name: name.name, reason: `${error.code} ${JSON.stringify(error.data)}` });
    }
  }
}

/**
 * The state of everything that changes: a fold over the records. What was folded before is kept, in
 * memory and in `cache/`, so that only new records are read.
 * @throws IO
 */
export function loadHistory(env: EngineEnv, store: Store): FoldedRecords {
  const names = listRecords(env, store);
  let state = loaded.get(store.path);
  const vanished = state !== undefined && !containsAll(names, state.names);
  if (state === undefined || vanished) {
    state = loadHistoryCache(env, store, names) ?? emptyState();
  }
  const known = state;
  const fresh = names.filter((name) => !known.names.has(name.name));
  if (fresh.some((name) => name.name < known.newest)) {
    // Another window wrote a record that sorts before one we folded: fold anew, in order.
    state = emptyState();
    applyAll(env, store, names, state);
  } else if (fresh.length > 0) {
    applyAll(env, store, fresh, state);
  }
  loaded.set(store.path, state);
  if (fresh.length > 50) {
    saveHistoryCache(env, store, state);
  }
  return state;
}

function emptyState(): FoldedRecords {
  return { history: foldHistory([]), damaged: [], names: new Set(), newest: '' };
}

function containsAll(names: RecordName[], wanted: Set<string>): boolean {
  let found = 0;
  for (const name of names) {
    found += wanted.has(name.name) ? 1 : 0;
  }
  return found === wanted.size;
}

/**
 * Everything that a checkpoint captured: the manifest's entries, and the links of its record.
 * @throws what {@link readManifest} and {@link readRecord} throw
 */
export function treeOf(
  env: EngineEnv,
  store: Store,
  of: { snapshot: string; checkpointId: CheckpointId | null },
): Tree {
  const { entries } = readManifest(env, store, of.snapshot);
  if (of.checkpointId === null) {
    return { entries, links: [] };
  }
  const record = readRecord(env, store, of.checkpointId);
  return { entries, links: record.kind === 'take' ? record.links : [] };
}
