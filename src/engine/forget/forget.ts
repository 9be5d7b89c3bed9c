import { throwIfCancelled } from '../../base/abort';
import { invariant } from '../../base/invariant';
import type { EngineMethods, ForgetResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RecordId, SnapshotId } from '../../core/ids';
import { patchManifest } from '../../core/manifest/patch';
import { isSound } from '../../core/manifest/sound';
import type { Less } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { acquireLease, keepAlive, type Lease } from '../disk/lease';
import { blake3 } from '../hashing/blake3';
import { writeManifest } from '../store/manifests';
import { appendRecord } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';
import { requireNoPending } from '../worktree/restore/pendingRestore';
import { textOf, vaultOf, type Work } from './manifests';
import { dropCaches } from './places';
import { checkPaths, makePlan, type Plan } from './plan';
import { purge } from './purge';
import { entriesAt } from './survey';

/** So many snapshots a record names: it stays a fraction of what a record may be. */
const PAIRS = 10_000;

/**
 * Takes paths out of every snapshot (H62): manifests without them are written, a record says which take the place of
 * which, then the old ones and all contents that nothing else needs go from the disk at once, out of the trash and the vault, too.
 * Of a link the take's record keeps the target: the result says of how many.
 * Cut off before the record nothing has happened; after it, the same call again finishes what is left.
 * @throws INVALID_ARGUMENT (no path, the whole folder), UNSAFE_PATH, SNAPSHOTS_UNREADABLE, PLAN_CHANGED, STORE_BUSY,
 * RESTORE_PENDING, READ_ONLY, DISK_FULL, IO, AbortError (until the record is written)
 */
export function forget(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['forget']['params'],
  control: Control,
): ForgetResult {
  requireWritable(store);
  const paths = checkPaths(params.paths);
  const vault = vaultOf(env, store);
  if (params.dryRun) {
    return makePlan({ env, store, vault, control }, paths).result;
  }
  const lease = acquireLease(env, store, 'forget');
  try {
    return io('forget', store.path, () => {
      requireNoPending(env, store);
      const work = { env, store, vault, control: keepAlive(lease, control) };
      const plan = makePlan(work, paths);
      if (params.fingerprint !== undefined && params.fingerprint !== plan.result.fingerprint) {
        throw new SnapdirError('PLAN_CHANGED', { reason: 'snapshots' });
      }
      return carryOut(work, lease, plan);
    });
  } finally {
    lease.dispose();
  }
}

function carryOut(work: Work, lease: Lease, plan: Plan): ForgetResult {
  const pairs = [...rewrite(work, plan), ...withLinksOnly(plan)];
  throwIfCancelled(work.control.signal);
  // From the first record on there is no way back: half of it forgotten is of no use to anybody.
  const { control } = work;
  const never: Control = {
    signal: { aborted: false },
    progress: (progress) => control.progress(progress),
  };
  const onwards: Work = { ...work, control: keepAlive(lease, never) };
  const operations = record(onwards, lease, plan.paths, pairs);
  if (plan.links.length > 0) {
    // They list links, too.
    dropCaches(onwards);
  }
  const purged = purge(onwards, lease, plan);
  return { ...plan.result, dryRun: false, operations, ...purged };
}

/** One snapshot, what takes its place, and what that lacks. */
interface Replaced extends Less {
  old: SnapshotId;
  now: SnapshotId;
}

/** Writes the manifests that take the place of those that hold one of the paths. */
function rewrite(work: Work, { holders, paths }: Plan): Replaced[] {
  const { env, store, control } = work;
  return holders.map((old, done) => {
    throwIfCancelled(control.signal);
    control.progress({ phase: 'write', done, total: holders.length });
    const text = textOf(work, old);
    const entries = text === undefined ? [] : entriesAt(text, paths);
    const there = new Set(entries.map(({ path }) => path));
    const changes = paths.filter((path) => there.has(path)).map((path) => ({ path, now: null }));
    const manifest = text && patchManifest(text, changes, blake3);
    const isMade = manifest !== undefined && isSound(manifest, blake3);
    invariant(isMade, 'a manifest lacks what is taken out');
    const files = entries.filter(({ type }) => type === 'F');
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const now = writeManifest(env, store, manifest, { durable: true });
    return { old, now, files: files.length, bytes };
  });
}

/** Snapshots that stay as they are: only links of their takes lie at the paths, and those are in no manifest. */
function withLinksOnly({ holders, links }: Plan): Replaced[] {
  const replaced = new Set(holders);
  const others = new Set(links.map(({ snapshot }) => snapshot).filter((one) => !replaced.has(one)));
  return [...others].map((one) => ({ old: one, now: one, files: 0, bytes: 0 }));
}

/** The switch: from here on the checkpoints have the other snapshots. */
function record(
  { env, store }: Work,
  lease: Lease,
  paths: Plan['paths'],
  pairs: readonly Replaced[],
): RecordId[] {
  const operations: RecordId[] = [];
  for (let at = 0; at < pairs.length; at += PAIRS) {
    const some = pairs.slice(at, at + PAIRS);
    const replaced = Object.fromEntries(some.map(({ old, now }) => [old, now]));
    const less = Object.fromEntries(some.map(({ old, files, bytes }) => [old, { files, bytes }]));
    lease.check();
    operations.push(appendRecord(env, store, { kind: 'forget', paths, replaced, less }));
  }
  return operations;
}
