import { throwIfCancelled } from '../../base/abort';
import type { VerifyProblem, VerifyResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId, SnapshotId } from '../../core/ids';
import { checkManifest } from '../../core/manifest';
import type { ManifestEntry } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { walkContents } from './contents';
import { blake3 } from '../hashing/blake3';
import { readManifestBytes } from './manifests';
import { checkObject, statObject } from './objects';
import { listRecords, loadHistory, readRecordFile } from './records';
import type { Store } from './storeRoot';
import { findInTrash } from './trash';

/** How many checkpoints a problem names. */
const NAMED = 20;

/** What one look gathers. */
interface Verification {
  env: EngineEnv;
  store: Store;
  control: Control;
  full: boolean;
  result: VerifyResult;
  /** Objects that were looked at; those with damage have their problem. */
  objects: Map<string, VerifyProblem | undefined>;
}

/**
 * Checks the store. Quick: every record, every manifest, and that each object is there with its size. Full:
 * every byte of every object too, of those that nothing refers to as well, since the next snapshot might use
 * them. Damage is listed by address, and disables nothing else.
 * @throws IO, AbortError
 */
export function verify(
  env: EngineEnv,
  store: Store,
  params: { full: boolean },
  control: Control,
): VerifyResult {
  const { full } = params;
  const result: VerifyResult = {
    ...{ full, checkpoints: 0, manifests: 0, objects: 0, bytes: 0, problems: [] },
  };
  const work: Verification = { env, store, control, full, result, objects: new Map() };
  checkRecords(work);
  const { history } = loadHistory(env, store);
  const bySnapshot = new Map<string, CheckpointId[]>();
  for (const { id, snapshot } of history.checkpointsNewestFirst()) {
    bySnapshot.set(snapshot, [...(bySnapshot.get(snapshot) ?? []), id]);
    result.checkpoints++;
  }
  for (const { hex } of walkContents(env, store, 'manifests', control)) {
    if (!bySnapshot.has(hex)) {
      bySnapshot.set(hex, []);
    }
  }
  let done = 0;
  for (const [snapshot, checkpoints] of bySnapshot) {
    control.progress({ phase: 'verify', done: done++, total: bySnapshot.size });
    checkSnapshot(work, snapshot, checkpoints);
  }
  if (full) {
    checkUnreferenced(work);
  }
  return result;
}

/** Reads every record from disk: what is in memory says nothing of what is left of it there. */
function checkRecords({ env, store, control, result }: Verification): void {
  for (const name of listRecords(env, store)) {
    throwIfCancelled(control.signal);
    try {
      readRecordFile(env, store, name);
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      const problem = { kind: 'record-damaged' as const, address: name.name };
      result.problems.push({ ...problem, detail: describe(error), checkpoints: [] });
    }
  }
}

/** As `readManifest`, but always from disk. */
function readFromDisk({ env, store }: Verification, snapshot: SnapshotId): ManifestEntry[] {
  const bytes = readManifestBytes(env, store, snapshot);
  if (bytes === undefined) {
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot });
  }
  return checkManifest(bytes, snapshot, blake3).entries;
}

function checkSnapshot(work: Verification, snapshot: string, checkpoints: CheckpointId[]): void {
  const { env, store, result } = work;
  throwIfCancelled(work.control.signal);
  let entries: ManifestEntry[];
  try {
    entries = readFromDisk(work, snapshot as SnapshotId);
  } catch (error) {
    if (!SnapdirError.is(error) || error.code === 'IO') {
      throw error;
    }
    const missing = error.code === 'MANIFEST_NOT_FOUND';
    const inTrash = missing && findInTrash(env, store, 'manifests', snapshot) !== undefined;
    result.problems.push({
      kind: missing ? 'manifest-missing' : 'manifest-damaged',
      address: snapshot,
      detail: inTrash ? IN_TRASH : describe(error),
      checkpoints: checkpoints.slice(0, NAMED),
    });
    return;
  }
  result.manifests++;
  for (const entry of entries) {
    if (entry.type === 'F') {
      checkEntry(work, entry, checkpoints);
    }
  }
}

const IN_TRASH = 'it was set aside by garbage collection; the next one brings it back';

function describe(error: SnapdirError): string {
  return `${error.code} ${JSON.stringify(error.data)}`;
}

/** Each object once, however many files have it; its problem names every checkpoint that needs it. */
function checkEntry(work: Verification, entry: ManifestEntry, checkpoints: CheckpointId[]): void {
  const { objects, result } = work;
  if (!objects.has(entry.checksum)) {
    const problem = checkOne(work, entry.checksum, entry.size);
    objects.set(entry.checksum, problem);
    if (problem !== undefined) {
      problem.path = entry.path;
      result.problems.push(problem);
    }
  }
  const problem = objects.get(entry.checksum);
  if (problem !== undefined) {
    const names = new Set([...problem.checkpoints, ...checkpoints]);
    problem.checkpoints = [...names].slice(0, NAMED);
  }
}

function checkOne(
  work: Verification,
  checksum: string,
  size: number | undefined,
): VerifyProblem | undefined {
  const { env, store, control, result } = work;
  throwIfCancelled(control.signal);
  const problem = (kind: VerifyProblem['kind'], detail: string): VerifyProblem => ({
    ...{ kind, address: checksum, detail, checkpoints: [] },
  });
  const stat = statObject(env, store, checksum);
  if (stat === undefined) {
    const inTrash = findInTrash(env, store, 'objects', checksum) !== undefined;
    return problem('object-missing', inTrash ? IN_TRASH : 'not in the store');
  }
  result.objects++;
  result.bytes += stat.size;
  // A snapshot of snapdir's that followed links has the link's size (store-format §6): only hashing tells.
  const wrongSize = size !== undefined && stat.size !== size;
  if (!work.full && !wrongSize) {
    return undefined;
  }
  try {
    checkObject(env, store, checksum, control);
    return undefined;
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
    return problem('object-damaged', describe(error));
  }
}

function checkUnreferenced(work: Verification): void {
  const { env, store, control, objects, result } = work;
  for (const { hex } of walkContents(env, store, 'objects', control)) {
    if (!objects.has(hex)) {
      const problem = checkOne(work, hex, undefined);
      objects.set(hex, problem);
      if (problem !== undefined) {
        result.problems.push(problem);
      }
    }
  }
}
