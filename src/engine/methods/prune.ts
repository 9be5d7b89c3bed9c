import type { EngineMethods, PruneResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { hashText } from '../../core/hasher';
import type { CheckpointId } from '../../core/ids';
import type { Retention } from '../../core/records';
import { retain } from '../../core/retention';
import type { Control, EngineEnv } from '../context';
import { throwIfCancelled } from '../../base/abort';
import { acquireLease } from '../disk/lease';
import { blake3 } from '../hashing/blake3';
import { checkClock, fileSystemNow } from '../store/gcClock';
import { appendRecord, loadHistory } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';
import { listRestores, readJournal } from '../worktree/restore/journal';
import { healthLook } from './trees';

type Params = EngineMethods['prune']['params'];

/** Of more than these the result tells only how many there are. */
const NAMED = 1_000;

/**
 * Takes automatic checkpoints off the list that a retention does not keep (H52), as one record, which can
 * be undone. Their content stays until garbage collection lets go of it.
 * @throws INVALID_ARGUMENT (keep), PLAN_CHANGED, STORE_BUSY, STORE_UNSAFE (the clock jumped, H51), PARSE (a journal is
 * damaged, so nobody can tell what its restore needs), READ_ONLY, DISK_FULL, IO, AbortError
 */
export function prune(env: EngineEnv, store: Store, params: Params, control: Control): PruneResult {
  requireWritable(store);
  checkKeep(params.keep);
  const now = fileSystemNow(env, store);
  checkClock(env, store, now, params.dryRun);
  if (params.dryRun) {
    return choose(env, store, params).result;
  }
  const lease = acquireLease(env, store, 'prune');
  try {
    const { result, ids } = choose(env, store, params);
    if (params.fingerprint !== undefined && params.fingerprint !== result.fingerprint) {
      throw new SnapdirError('PLAN_CHANGED', { reason: 'snapshots' });
    }
    throwIfCancelled(control.signal);
    if (ids.length === 0) {
      return result;
    }
    lease.check();
    const pruning = { keep: params.keep, automatic: params.automatic === true };
    const record = { kind: 'delete' as const, checkpoints: ids, prune: pruning };
    return { ...result, operation: appendRecord(env, store, record) };
  } finally {
    lease.dispose();
  }
}

function checkKeep(keep: Retention): void {
  for (const name of ['last', 'hourly', 'daily', 'weekly'] as const) {
    if (!Number.isSafeInteger(keep[name]) || keep[name] < 0) {
      const reason = { is: 'no-count' } as const;
      throw new SnapdirError('INVALID_ARGUMENT', { argument: `keep ${name}`, reason });
    }
  }
}

function choose(
  env: EngineEnv,
  store: Store,
  { keep, dryRun }: Params,
): { result: PruneResult; ids: CheckpointId[] } {
  const { history } = loadHistory(env, store);
  const { pruned, kept } = retain(history, keep, neededByRestores(env, store));
  const ids = pruned.map(({ id }) => id);
  const withHealth = healthLook(env, store);
  const named = ids.slice(0, NAMED).map((id) => withHealth(history.toInfo(id)));
  const fingerprint = hashText(ids.join('\n'), blake3);
  const result = { dryRun, operation: null, pruned: ids.length, checkpoints: named, kept };
  return { result: { ...result, fingerprint }, ids };
}

/** Also of a restore that is already recorded: then its journal is about to go, and nothing is lost by it. */
function neededByRestores(env: EngineEnv, store: Store): Set<CheckpointId> {
  const needed = new Set<CheckpointId>();
  for (const id of listRestores(env, store).open) {
    const { checkpoint, safety, headBefore, head } = readJournal(env, store, id);
    for (const one of [checkpoint, safety, headBefore, head]) {
      if (one !== null) {
        needed.add(one);
      }
    }
  }
  return needed;
}
