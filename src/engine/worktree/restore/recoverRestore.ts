import type { EngineMethods, RestoreResult } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import type { Control, EngineEnv } from '../../context';
import { join } from '../../disk/durable';
import { io } from '../../disk/fsErrors';
import { acquireLease, type Lease } from '../../disk/lease';
import { requireWritable, type Store } from '../../store/storeRoot';
import { carryOut, conclude, endRestore, type Work } from './carryOut';
import { refuseTarget } from './checks';
import { clearLeftovers, findOpen, isLost } from './pendingRestore';
import { openStaging } from './staging';

/**
 * Ends a restore that a crash interrupted: `finish` brings the folder to the restore's target, `undo` to
 * what it was before. Both are the same converging run from the journal, so either may be interrupted
 * and called again. What was edited since the crash is kept as conflict copies.
 * @throws NOTHING_TO_RECOVER, STORE_BUSY, PARSE (the journal is damaged: it is set aside),
 * OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, IO, AbortError: it stays pending
 */
export function recoverRestore(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['recoverRestore']['params'],
  control: Control,
): RestoreResult {
  requireWritable(store);
  refuseTarget(env, store, store.root);
  const lease = acquireLease(env, store, 'recover restore');
  try {
    return io('restore', store.root, () => recover(env, store, { ...params, lease }, control));
  } finally {
    lease.dispose();
  }
}

function recover(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['recoverRestore']['params'] & { lease: Lease },
  control: Control,
): RestoreResult {
  const open = findOpen(env, store);
  if (open === undefined) {
    clearLeftovers(env, store);
    throw new SnapdirError('NOTHING_TO_RECOVER', { path: store.root });
  }
  const { id, journal } = open;
  if (journal instanceof SnapdirError) {
    if (isLost(journal)) {
      setAside(env, store, id);
    }
    throw journal;
  }
  const staging = openStaging(env, store, id, journal.staging);
  const work: Work = { env, store, lease: params.lease, control, journal, staging };
  const outcome = carryOut(work, params.action === 'finish' ? 'after' : 'before');
  if (params.action === 'finish') {
    return conclude(work, outcome);
  }
  endRestore(work);
  return { operation: null, safety: journal.safety, ...outcome, withheld: [] };
}

/** A journal that cannot be read must not block every later restore; what it displaced stays on disk. */
function setAside(env: EngineEnv, store: Store, id: string): void {
  const from = join(store.restore, id);
  io('rename', from, () => {
    env.fs.rename(from, join(store.restore, `damaged-${id}`));
    env.fs.fsyncDir(store.restore);
  });
}
