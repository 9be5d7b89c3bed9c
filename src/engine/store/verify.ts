import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { DamagedCheckpoint, VerifyProblem, VerifyResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId, SnapshotId } from '../../core/ids';
import { visitFiles } from '../../core/manifest/addresses';
import type { LineScanner } from '../../core/manifest/scan';
import { fitting, LIST_BYTES } from '../../core/messageSize';
import type { Control, EngineEnv } from '../context';
import { isOwnLack } from '../disk/fsErrors';
import { lostRecord } from '../home/lastRecord';
import { readCanonical } from './canonical';
import { walkAddresses } from './contents';
import { loadDamage, saveDamage } from './damage';
import { DigestTable } from './digestTable';
import { listRecords, loadHistory, readRecordFile } from './records';
import type { Store } from './storeRoot';
import { findInTrash } from './trash';
import { checkObjects, checkSuspects, describe, IN_TRASH, type Needed } from './verifyObjects';

/** How many checkpoints a problem names, and how many paths a damaged checkpoint. */
const NAMED = 20;

/** Everything that one look found. */
export interface Inspection {
  result: VerifyResult;
  /** All problems, and what they mean for the list, newest first. */
  problems: VerifyProblem[];
  damaged: DamagedCheckpoint[];
  /** Bytes of each object that a manifest names. */
  sizeOf(checksum: string): number | undefined;
}

/** What one look gathers. */
interface Verification {
  env: EngineEnv;
  store: Store;
  control: Control;
  result: VerifyResult;
  needed: Needed;
  /** Every snapshot, and the checkpoints that have it. */
  snapshots: Map<string, CheckpointId[]>;
  /** Those whose manifest is right. */
  sound: string[];
  /** Those that cannot be restored whole, with the files that are concerned. */
  hurt: Map<string, Pick<DamagedCheckpoint, 'paths' | 'pathCount'>>;
}

/**
 * Checks the store. Quick: every record, every manifest, that each object is there with its size, and every
 * byte of what was damaged when somebody looked last. Full: every byte of every object, of those that nothing
 * refers to as well, since the next snapshot might use them. Damage is listed by address and by checkpoint,
 * remembered for the lists (`damage.ts`), and disables nothing else.
 * @throws IO, AbortError
 */
export function verify(
  env: EngineEnv,
  store: Store,
  params: { full: boolean },
  control: Control,
): VerifyResult {
  return inspect(env, store, params, control).result;
}

/** As {@link verify}, with everything that was found. */
export function inspect(
  env: EngineEnv,
  store: Store,
  { full }: { full: boolean },
  control: Control,
): Inspection {
  const work = begin(env, store, full, control);
  const { result, needed } = work;
  checkRecords(work);
  checkLastRecord(work);
  listSnapshots(work);
  let done = 0;
  for (const snapshot of work.snapshots.keys()) {
    control.progress({ phase: 'check', done: done++, total: work.snapshots.size });
    checkSnapshot(work, snapshot);
  }
  const damage = checkObjects(env, store, needed, full, control);
  if (!full) {
    const suspects = loadDamage(env, store).problems;
    checkSuspects(env, store, { needed, suspects, damage }, control);
  }
  result.objects = damage.objects;
  result.bytes = damage.bytes;
  nameUsers(work, damage.needed);
  // What no manifest names any more was needed only by what somebody has pruned meanwhile.
  const stillNeeded = [...damage.needed.values()].filter(({ path }) => path !== undefined);
  const problems = [...result.problems, ...stillNeeded, ...damage.others];
  const damaged = damagedCheckpoints(work);
  saveDamage(env, store, {
    problems,
    checkpoints: Object.fromEntries(
      damaged.map(({ id, paths, pathCount }) => [id, { paths, pathCount }]),
    ),
  });
  Object.assign(result, {
    ...{ problems: fitting(problems, LIST_BYTES / 2), problemCount: problems.length },
    ...{ damaged: fitting(damaged, LIST_BYTES / 2), damagedCount: damaged.length },
  });
  return {
    ...{ result, problems, damaged },
    sizeOf: (checksum) => needed.sizes[needed.table.row(checksum)],
  };
}

function begin(env: EngineEnv, store: Store, full: boolean, control: Control): Verification {
  const result: VerifyResult = {
    ...{ full, checkpoints: 0, manifests: 0, objects: 0, bytes: 0, problems: [], problemCount: 0 },
    ...{ damaged: [], damagedCount: 0 },
  };
  return {
    ...{ env, store, control, result, needed: { table: new DigestTable(), sizes: [] } },
    ...{ snapshots: new Map(), sound: [], hurt: new Map() },
  };
}

/** Reads every record from disk: what is in memory says nothing of what is left of it there. */
function checkRecords({ env, store, control, result }: Verification): void {
  for (const name of listRecords(env, store)) {
    throwIfCancelled(control.signal);
    try {
      readRecordFile(env, store, name);
    } catch (error) {
      if (!SnapdirError.is(error) || isOwnLack(error)) {
        throw error;
      }
      const problem = { kind: 'record-damaged' as const, address: name.name };
      result.problems.push({ ...problem, detail: describe(error), checkpoints: [] });
    }
  }
}

/** H56: checksums cannot tell that a record was taken away. */
function checkLastRecord({ env, store, result }: Verification): void {
  const lost = lostRecord(env, store);
  if (lost !== undefined) {
    const detail = 'it was the newest one; the store was changed from outside';
    result.problems.push({ kind: 'record-missing', address: lost, detail, checkpoints: [] });
  }
}

function listSnapshots({ env, store, control, result, snapshots }: Verification): void {
  const { history } = loadHistory(env, store);
  for (const { id, snapshot } of history.checkpointsNewestFirst()) {
    const checkpoints = snapshots.get(snapshot) ?? [];
    checkpoints.push(id);
    snapshots.set(snapshot, checkpoints);
    result.checkpoints++;
  }
  for (const { hex } of walkAddresses(env, store, 'manifests', control)) {
    // Killed in the middle of it, a forgetting leaves manifests whose content is gone.
    if (!snapshots.has(hex) && !history.forgetting.gone.has(hex as SnapshotId)) {
      snapshots.set(hex, []);
    }
  }
}

/** Checks one manifest and notes what it needs. */
function checkSnapshot(work: Verification, snapshot: string): void {
  const { env, store, result, needed, snapshots } = work;
  throwIfCancelled(work.control.signal);
  let bytes: Uint8Array;
  try {
    bytes = readCanonical(env, store, snapshot, work.control);
  } catch (error) {
    if (!SnapdirError.is(error) || error.code === 'IO') {
      throw error;
    }
    const missing = error.code === 'MANIFEST_NOT_FOUND';
    work.hurt.set(snapshot, { paths: [], pathCount: 0 });
    const inTrash = missing && findInTrash(env, store, 'manifests', snapshot) !== undefined;
    result.problems.push({
      kind: missing ? 'manifest-missing' : 'manifest-damaged',
      address: snapshot,
      detail: inTrash ? IN_TRASH : describe(error),
      checkpoints: snapshots.get(snapshot)!.slice(0, NAMED),
    });
    return;
  }
  result.manifests++;
  work.sound.push(snapshot);
  const { table, sizes } = needed;
  const note = (line: LineScanner): void => {
    const row = table.addBytes(line.bytes, line.checksumAt);
    if (row === sizes.length) {
      sizes.push(line.size);
    }
  };
  visitFiles(bytes, note, work.control.signal);
}

/** Which paths and which checkpoints need what is damaged: only now are the manifests read for that. */
function nameUsers(work: Verification, problems: ReadonlyMap<number, VerifyProblem>): void {
  if (problems.size === 0) {
    return;
  }
  for (const snapshot of work.sound) {
    const touched = new Set<VerifyProblem>();
    const hurt = { paths: [] as string[], pathCount: 0 };
    visitSnapshot(work, snapshot, (row, path) => {
      const problem = problems.get(row);
      if (problem !== undefined) {
        problem.path ??= path();
        touched.add(problem);
        if (hurt.pathCount++ < NAMED) {
          hurt.paths.push(path());
        }
      }
    });
    if (hurt.pathCount > 0) {
      work.hurt.set(snapshot, hurt);
    }
    const checkpoints = work.snapshots.get(snapshot)!;
    for (const problem of touched) {
      const room = NAMED - problem.checkpoints.length;
      problem.checkpoints.push(...checkpoints.slice(0, room));
    }
  }
}

/** Calls back with each file's row among what is needed, and its path. */
function visitSnapshot(
  { env, store, control, needed }: Verification,
  snapshot: string,
  visit: (row: number, path: () => string) => void,
): void {
  throwIfCancelled(control.signal);
  const look = (line: LineScanner): void =>
    visit(needed.table.rowOfBytes(line.bytes, line.checksumAt), () =>
      decodeUtf8(line.bytes.subarray(line.pathAt, line.pathEnd)),
    );
  const bytes = unlessCollected(() => readCanonical(env, store, snapshot, control));
  if (bytes !== undefined) {
    visitFiles(bytes, look, control.signal);
  }
}

/** undefined: a garbage collection took the manifest away since it was looked at. */
function unlessCollected<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (SnapdirError.is(error, 'MANIFEST_NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}

/** Newest first, as the list has them. */
function damagedCheckpoints({ env, store, hurt }: Verification): DamagedCheckpoint[] {
  if (hurt.size === 0) {
    return [];
  }
  const { history } = loadHistory(env, store);
  return history.checkpointsNewestFirst().flatMap(({ id, snapshot }) => {
    const damage = hurt.get(snapshot);
    if (damage === undefined) {
      return [];
    }
    const { time, message } = history.toInfo(id);
    return [{ id, time, message, ...damage }];
  });
}
