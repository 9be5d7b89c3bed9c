import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { VerifyProblem, VerifyResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { visitFiles } from '../../core/manifest/addresses';
import type { LineScanner } from '../../core/manifest/scan';
import { fitting } from '../../core/messageSize';
import type { Control, EngineEnv } from '../context';
import { readCanonical } from './canonical';
import { walkAddresses } from './contents';
import { DigestTable } from './digestTable';
import { listRecords, loadHistory, readRecordFile } from './records';
import type { Store } from './storeRoot';
import { findInTrash } from './trash';
import { checkObjects, describe, IN_TRASH, type Needed } from './verifyObjects';

/** How many checkpoints a problem names. */
const NAMED = 20;

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
    ...{ full, checkpoints: 0, manifests: 0, objects: 0, bytes: 0, problems: [], problemCount: 0 },
  };
  const needed: Needed = { table: new DigestTable(), sizes: [] };
  const work: Verification = {
    ...{ env, store, control, result, needed },
    ...{ snapshots: new Map(), sound: [] },
  };
  checkRecords(work);
  listSnapshots(work);
  let done = 0;
  for (const snapshot of work.snapshots.keys()) {
    control.progress({ phase: 'check', done: done++, total: work.snapshots.size });
    checkSnapshot(work, snapshot);
  }
  const damage = checkObjects(env, store, needed, full, control);
  result.objects = damage.objects;
  result.bytes = damage.bytes;
  nameUsers(work, damage.needed);
  result.problems.push(...damage.needed.values(), ...damage.others);
  result.problemCount = result.problems.length;
  result.problems = fitting(result.problems);
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

function listSnapshots({ env, store, control, result, snapshots }: Verification): void {
  const { history } = loadHistory(env, store);
  for (const { id, snapshot } of history.checkpointsNewestFirst()) {
    const checkpoints = snapshots.get(snapshot) ?? [];
    checkpoints.push(id);
    snapshots.set(snapshot, checkpoints);
    result.checkpoints++;
  }
  for (const { hex } of walkAddresses(env, store, 'manifests', control)) {
    if (!snapshots.has(hex)) {
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

/** Which path and which checkpoints need what is damaged: only now are the manifests read for that. */
function nameUsers(work: Verification, problems: ReadonlyMap<number, VerifyProblem>): void {
  const { env, store, control, needed, snapshots } = work;
  if (problems.size === 0) {
    return;
  }
  for (const snapshot of work.sound) {
    throwIfCancelled(control.signal);
    const touched = new Set<VerifyProblem>();
    const look = (line: LineScanner): void => {
      const row = needed.table.rowOfBytes(line.bytes, line.checksumAt);
      const problem = problems.get(row);
      if (problem !== undefined) {
        problem.path ??= decodeUtf8(line.bytes.subarray(line.pathAt, line.pathEnd));
        touched.add(problem);
      }
    };
    visitFiles(readCanonical(env, store, snapshot, control), look, control.signal);
    const checkpoints = snapshots.get(snapshot)!;
    for (const problem of touched) {
      const room = NAMED - problem.checkpoints.length;
      problem.checkpoints.push(...checkpoints.slice(0, room));
    }
  }
}
