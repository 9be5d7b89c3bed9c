import type { SkipReason } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { dirOf, discard, ensureDir, join } from '../disk/durable';
import { errnoOf, io, translate, withMissing } from '../disk/fsErrors';
import { tellableRoot } from '../disk/openedAt';
import { Flag, type FileTable } from '../hashing/fileTable';
import { runJob } from '../jobs/crew';
import { FAILURES, type IngestJob } from '../jobs/ingestJob';
import { FRESH_NS } from '../jobs/place';
import { publishAll, type PublishJob } from '../jobs/publishJob';
import { tableWork } from '../jobs/sharedJob';
import { notingLostNames } from '../store/failedSyncs';
import { objectPath } from '../store/objects';
import type { Store } from '../store/storeRoot';
import { requireSpace } from './spaceForTake';
import { beginWriting, canDefer, endWriting } from '../store/unsynced';

export interface IngestRequest {
  table: FileTable;
  /** The rows whose files are read. */
  rows: readonly number[];
  /** true: their objects end up in the store. false: they are only hashed. */
  store: boolean;
  /** The file system's time, in nanoseconds. */
  startNs: bigint;
  /** false: whatever happens, they are left to a later sync of everything (H5). */
  durable: boolean;
}

export interface IngestResult {
  newObjects: number;
  newBytes: number;
  failures: { row: number; reason: SkipReason; detail?: string }[];
}

/** Up to this many files each object is synced by itself; above it one sync of the file system is cheaper. */
const SYNC_EACH_LIMIT = 64;

/** From this size on, on average, a file's bytes cost more than its system calls. */
const HEAVY_BYTES = 512 * 1024;

/**
 * Reads the given rows' files: each is hashed and, with `store`, its object is in the store when this
 * returns. Few objects are synced in the job's folder one by one and then put in place. Many, and all of a
 * take that is not `durable`, go straight to their place under this process's mark (`unsynced.ts`); one sync
 * of everything makes them durable later (`barrier.ts`).
 * @throws DISK_FULL, READ_ONLY, IO, AbortError
 */
export function ingest(
  env: EngineEnv,
  store: Store,
  request: IngestRequest,
  control: Control,
): IngestResult {
  const { table, rows, startNs } = request;
  if (rows.length === 0) {
    return { newObjects: 0, newBytes: 0, failures: [] };
  }
  if (request.store) {
    requireSpace(env, store, request);
  }
  const job = makeJob(env, store, request);
  try {
    if (request.store) {
      ensureDir(env.fs, store.tmp, 0o700);
    }
    if (job.direct) {
      beginWriting(env, store, startNs);
    }
    runJob(env, job, control, (done) => {
      control.progress({ phase: 'read', done, total: rows.length });
    });
    const result = collect(table, rows, job);
    if (request.store) {
      settle(env, store, { request, job }, control);
    }
    return result;
  } catch (error) {
    removeJobDir(env, job);
    const told = translate(error, 'write', store.path);
    throw withMissing(env.fs, told, { path: store.path, ...stillToWrite(request, job) });
  } finally {
    if (request.store) {
      removeJobDir(env, job);
    }
  }
}

/** At most this: some of it may be in the store already. What was put in place stays there. */
function stillToWrite(
  { table, rows }: IngestRequest,
  job: IngestJob,
): { bytes: number; files: number } {
  const left = rows.filter((row) => !job.direct || !table.has(row, Flag.HASHED));
  const bytes = left.reduce((sum, row) => sum + Math.max(0, table.columns.sizes[row]!), 0);
  return { bytes, files: left.length };
}

function makeJob(env: EngineEnv, store: Store, request: IngestRequest): IngestJob {
  const { table, rows } = request;
  const many = rows.length > SYNC_EACH_LIMIT;
  const bytes = rows.reduce((sum, row) => sum + table.columns.sizes[row]!, 0);
  return {
    ...tableWork(store.root, table, rows),
    kind: 'ingest',
    real: rows.length === 0 ? '' : tellableRoot(env.fs, store.root, store.path),
    heavy: bytes > HEAVY_BYTES * rows.length,
    store: request.store,
    startNs: request.startNs,
    objects: store.objects,
    jobDir: join(store.tmp, env.randomName()),
    prefixes: request.store ? prefixesFor(env, store, many) : new Uint8Array(0),
    direct: request.store && (many || !request.durable) && canDefer(env),
    failures: new Uint8Array(new SharedArrayBuffer(rows.length)),
    threads: new Uint8Array(new SharedArrayBuffer(rows.length)),
    clones: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Of a few objects each finds out by itself: listing 4,096 folders takes longer than writing ten files. */
function prefixesFor(env: EngineEnv, store: Store, many: boolean): Uint8Array {
  const prefixes = new Uint8Array(new SharedArrayBuffer(4096));
  if (!many) {
    return prefixes.fill(1);
  }
  for (const entry of io('list', store.objects, () => env.fs.readdir(store.objects))) {
    if (/^[0-9a-f]{3}$/.test(entry.name)) {
      prefixes[Number.parseInt(entry.name, 16)] = 1;
    }
  }
  return prefixes;
}

function collect(table: FileTable, rows: readonly number[], job: IngestJob): IngestResult {
  const result: IngestResult = { newObjects: 0, newBytes: 0, failures: [] };
  const distinct = new Set<string>();
  for (const [item, row] of rows.entries()) {
    const failure = job.failures[item]!;
    if (failure !== 0) {
      const name = FAILURES[failure]!;
      const reason =
        name === 'vanished' ? name : name === 'special' ? 'special-file' : 'unreadable';
      result.failures.push({ row, reason, ...(reason === 'unreadable' ? { detail: name } : {}) });
    } else if (table.has(row, Flag.NEW) && !distinct.has(table.checksum(row))) {
      distinct.add(table.checksum(row));
      result.newObjects++;
      result.newBytes += Math.max(0, table.columns.sizes[row]!);
    }
  }
  return result;
}

/** What was read is in the store: into place and to disk, as far as that was asked for. */
function settle(
  env: EngineEnv,
  store: Store,
  of: { request: IngestRequest; job: IngestJob },
  control: Control,
): void {
  const { request, job } = of;
  const { table, rows } = request;
  if (job.direct) {
    endWriting(env, store);
  } else {
    // What was there, too: this long ago at most, else it would have been touched.
    const since = (): bigint => request.startNs - FRESH_NS;
    notingLostNames(env, store, since, () => publish(env, store, of, control));
  }
  for (const row of rows) {
    table.clear(row, Flag.NEW);
    if (!table.has(row, Flag.FAILED)) {
      table.set(row, Flag.STORED);
    }
  }
}

/** Synced copies into place, then the folders to disk. */
function publish(
  env: EngineEnv,
  store: Store,
  of: { request: IngestRequest; job: IngestJob },
  control: Control,
): void {
  const { job } = of;
  const { table, rows } = of.request;
  const fresh: number[] = [];
  const reused: number[] = [];
  for (const [item, row] of rows.entries()) {
    if (table.has(row, Flag.NEW)) {
      fresh.push(item);
    } else if (!table.has(row, Flag.FAILED)) {
      reused.push(row);
    }
  }
  const freshRows = fresh.map((item) => rows[item]!);
  const drafts = new Uint32Array(new SharedArrayBuffer(4 * fresh.length));
  drafts.set(fresh);
  const publishing: PublishJob = {
    ...tableWork(job.root, table, freshRows),
    kind: 'publish',
    objects: job.objects,
    jobDir: job.jobDir,
    drafts,
    threads: job.threads,
    prefixes: job.prefixes,
  };
  if (fresh.length <= SYNC_EACH_LIMIT) {
    control.progress({ phase: 'sync', done: 0, total: fresh.length });
    publishAll(env.fs, publishing);
  } else {
    runJob(env, publishing, control, (done) => {
      control.progress({ phase: 'sync', done, total: fresh.length });
    });
  }
  syncFolders(env, store, table, reused);
}

/** An object that was there may be another window's, whose folders are not on disk yet. */
function syncFolders(
  env: EngineEnv,
  store: Store,
  table: FileTable,
  rows: readonly number[],
): void {
  const done = new Set<string>();
  for (const row of rows) {
    let dir = dirOf(objectPath(store, table.checksum(row)));
    while (dir.length >= store.objects.length && !done.has(dir)) {
      done.add(dir);
      syncFolder(env, dir);
      dir = dirOf(dir);
    }
  }
}

/** One that a garbage collection removed needs no sync; `take` sees that one ran, and looks again. */
function syncFolder(env: EngineEnv, dir: string): void {
  try {
    env.fs.fsyncDir(dir);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}

/** Best effort: what stays behind after a crash is removed by the next garbage collection. */
function removeJobDir(env: EngineEnv, job: IngestJob): void {
  const { fs } = env;
  try {
    for (const thread of fs.readdir(job.jobDir)) {
      const dir = join(job.jobDir, thread.name);
      for (const draft of fs.readdir(dir)) {
        discard(fs, join(dir, draft.name));
      }
      fs.rmdir(dir);
    }
    fs.rmdir(job.jobDir);
  } catch {
    // A draft that cannot be removed does no harm.
  }
}
