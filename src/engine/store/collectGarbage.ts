import { throwIfCancelled } from '../../base/abort';
import type { GcResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { dirOf } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { acquireLease, keepAlive, type Lease } from '../disk/lease';
import { forgetLook } from '../hashing/statCache';
import { findCandidates, type Candidate, type Candidates } from './candidates';
import type { Collection } from './collection';
import { checkClock, DAY_MS, fileSystemNow, newGcId } from './gcClock';
import { clearLeftovers } from './leftovers';
import { Marks } from './marks';
import { emptyTrash } from './purge';
import { appendRecord } from './records';
import { requireWritable, type Store } from './storeRoot';
import { syncAll } from './syncAll';
import { contentPath, openBin, rescue, trashPath } from './trash';

/** What nobody needs is kept this long all the same: a take that is under way may be about to use it. */
const DEFAULT_GRACE_MS = 14 * DAY_MS;

/**
 * Sets aside what no checkpoint needs, in `trash/`; deletes what earlier collections set aside more than a
 * day ago (H50–H53). Undoing it is moving things back, which happens by itself to whatever is needed again.
 * @param params.graceMs how long unreferenced content is left alone (default 14 days)
 * @param params.force also on a network file system
 * @throws STORE_BUSY, STORE_UNSAFE (the clock jumped, a network file system), MANIFEST_NOT_FOUND or INTEGRITY (a checkpoint is damaged, so
 * nobody can tell what it needs), READ_ONLY, DISK_FULL, IO, AbortError
 */
export function collectGarbage(
  env: EngineEnv,
  store: Store,
  params: { dryRun: boolean; graceMs?: number; force?: boolean },
  control: Control,
): GcResult {
  requireWritable(store);
  if (params.force !== true) {
    refuseNetwork(env, store);
  }
  const graceMs = params.graceMs ?? DEFAULT_GRACE_MS;
  if (params.dryRun) {
    return dryRun(env, store, graceMs, control);
  }
  const lease = acquireLease(env, store, 'collect garbage');
  try {
    const alive = keepAlive(lease, control);
    const now = fileSystemNow(env, store);
    checkClock(env, store, now, false);
    const id = newGcId(env, store, now);
    const collection = { env, store, lease, control: alive, marks: new Marks(env, store), now, id };
    return io('collect garbage', store.path, () => collect(collection, graceMs));
  } finally {
    lease.dispose();
  }
}

/** Another machine's clock and caches decide there what looks old, and what another machine takes is seen late (H53). */
function refuseNetwork(env: EngineEnv, store: Store): void {
  const kind = env.fs.networkKind(store.path);
  if (kind !== undefined) {
    throw new SnapdirError('STORE_UNSAFE', { path: store.path, reason: 'network', kind });
  }
}

function dryRun(env: EngineEnv, store: Store, graceMs: number, control: Control): GcResult {
  const now = fileSystemNow(env, store);
  checkClock(env, store, now, true);
  const marks = new Marks(env, store);
  marks.refresh(control);
  const candidates = findCandidates({ env, store, control, marks }, limitFor(now, graceMs));
  const { tooYoung } = candidates;
  const leftovers = clearLeftovers(env, store, { now, dryRun: true }, control);
  const purged = { purgedObjects: 0, purgedBytes: 0 };
  return { dryRun: true, ...sum(candidates), ...purged, tooYoung, leftovers };
}

/** What was last touched at or before this, in nanoseconds, is old enough. */
function limitFor(now: number, graceMs: number): bigint {
  // `now` is cut to milliseconds; what was written in this one counts as before it.
  return BigInt(Math.trunc(now + 1 - graceMs)) * 1_000_000n;
}

function sum(candidates: Candidates): Pick<GcResult, 'objects' | 'manifests' | 'bytes'> {
  return { ...candidates.counts(), bytes: candidates.bytes() };
}

function collect(collection: Collection, graceMs: number): GcResult {
  const { env, store, marks, control, id } = collection;
  marks.refresh(control);
  const candidates = findCandidates(collection, limitFor(collection.now, graceMs));
  // From here on takes see that a collection runs, and trust nothing that they knew before.
  if (candidates.length > 0) {
    collection.lease.check();
    openBin(env, store, id);
  }
  // What was taken since the first look is needed, too.
  marks.refresh(control);
  const total = candidates.length;
  const moved = candidates.filter(
    (content, index) =>
      isUnmarked(marks, content) && setAside(collection, content, graceMs, [index, total]),
  );
  sync(collection, moved);
  marks.refresh(control);
  const kept = moved.filter((content) => {
    throwIfCancelled(control.signal);
    return isUnmarked(marks, content) || !putBack(collection, content);
  });
  const totals = sum(kept);
  const purged = { purgedObjects: 0, purgedBytes: 0 };
  try {
    emptyTrash(collection, purged);
  } finally {
    // Also when it was cut short: what was deleted for good has to be told, and what was set aside can be undone.
    if (kept.length + purged.purgedObjects + purged.purgedBytes > 0) {
      collection.lease.check();
      appendRecord(env, store, { kind: 'gc', ...totals, trash: id });
    }
  }
  forgetLook(env, store);
  const leftovers = clearLeftovers(env, store, { now: collection.now, dryRun: false }, control);
  return { dryRun: false, ...totals, ...purged, tooYoung: candidates.tooYoung, leftovers };
}

function isUnmarked(marks: Marks, { kind, hex }: Candidate): boolean {
  return !marks[kind].has(hex);
}

/** Moves one thing to the trash, unless somebody touched it since: then it is about to be used (H50). */
function setAside(
  { env, store, id, lease, control }: Collection,
  content: Candidate,
  graceMs: number,
  [done, total]: [number, number],
): boolean {
  const { fs } = env;
  const { path, kind, hex, mtimeNs } = content;
  throwIfCancelled(control.signal);
  control.progress({ phase: 'sweep', done, total });
  lease.check();
  const to = trashPath(store, id, kind, hex);
  return io('move', path, () => {
    if (fs.lstat(path)?.mtimeNs !== mtimeNs) {
      return false;
    }
    try {
      fs.rename(path, to);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return false;
      }
      throw error;
    }
    if (graceMs > 0 && fs.lstat(to)?.mtimeNs !== mtimeNs) {
      // Touched between the look and the move.
      rescue(env, store, kind, hex);
      return false;
    }
    return true;
  });
}

function putBack({ env, store }: Collection, content: Candidate): boolean {
  const { kind, hex } = content;
  if (env.fs.lstat(contentPath(store, kind, hex)) === undefined) {
    rescue(env, store, kind, hex);
  }
  return true;
}

/** Makes the moves durable and removes folders that became empty, as far as they are. */
function sync({ env, store, id, lease, control }: Collection, moved: Candidates): void {
  const { fs } = env;
  if (moved.length === 0) {
    return;
  }
  io('sync', store.trash, () => {
    if (moved.length <= SYNC_EACH_LIMIT || !syncAll(env, store, store.path, control)) {
      for (const { path } of moved) {
        fs.fsyncDir(dirOf(path));
      }
      fs.fsyncDir(`${store.trash}/${id}/manifests`);
      fs.fsyncDir(`${store.trash}/${id}/objects`);
    }
    // Those of manifests stay: they are few, and a take makes them in steps that expect them to stay.
    for (const { kind, path } of moved) {
      throwIfCancelled(control.signal);
      if (kind === 'objects') {
        removeEmpty(env, lease, dirOf(path), store.objects);
      }
    }
  });
}

const SYNC_EACH_LIMIT = 32;

function removeEmpty(env: EngineEnv, lease: Lease, from: string, top: string): void {
  for (let dir = from; dir.length > top.length; dir = dirOf(dir)) {
    try {
      lease.check();
      env.fs.rmdir(dir);
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
      return;
    }
  }
}
