import type { PendingRestore } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import type { EngineEnv } from '../../context';
import { leaseIsHeld } from '../../disk/lease';
import { loadHistory } from '../../store/records';
import type { Store } from '../../store/storeRoot';
import { listRestores, readJournal, type Journal } from './journal';
import { closeStaging } from './staging';

/** A journal that is there; `journal` is the error when it cannot be read. */
export interface OpenRestore {
  id: string;
  journal: Journal | SnapdirError;
}

/** Whether the restore was recorded: then only its journal's removal was cut off. */
function isRecorded(env: EngineEnv, store: Store, journal: Journal): boolean {
  const { records } = loadHistory(env, store).history;
  return records.some((record) => record.kind === 'restore' && record.safety === journal.safety);
}

/** The journal, or why it cannot be read: what the disk does not give back is asked for once more. */
function tryToRead(env: EngineEnv, store: Store, id: string, again = true): Journal | SnapdirError {
  try {
    return readJournal(env, store, id);
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
    return again && isOfDisk(error) ? tryToRead(env, store, id, false) : error;
  }
}

const isOfDisk = (error: SnapdirError): boolean =>
  SnapdirError.is(error, 'IO') && error.data.errno === 'EIO';

/**
 * Whether a journal is lost for good: damaged, or the disk does not give it back. Anything else (too many open
 * files, no permission) may pass, and with it the way back would be thrown away.
 */
export function isLost(error: SnapdirError): boolean {
  return !SnapdirError.is(error, 'IO') || isOfDisk(error);
}

/** The restore that was begun and neither finished nor undone. */
export function findOpen(env: EngineEnv, store: Store): OpenRestore | undefined {
  for (const id of listRestores(env, store).open) {
    const journal = tryToRead(env, store, id);
    if (journal instanceof SnapdirError || !isRecorded(env, store, journal)) {
      return { id, journal };
    }
  }
  return undefined;
}

/**
 * A restore that a crash interrupted; null while one is under way.
 * @throws IO
 */
export function pendingRestore(env: EngineEnv, store: Store): PendingRestore | null {
  const open = findOpen(env, store);
  if (open === undefined || leaseIsHeld(env, store)) {
    return null;
  }
  const { id, journal } = open;
  if (journal instanceof SnapdirError) {
    return { journal: id, checkpoint: null, scope: null, started: 0 };
  }
  const { checkpoint, scope, started } = journal;
  return { journal: id, checkpoint, scope, started };
}

/**
 * For the holder of the lease: refuses while a restore is open, and clears what finished ones left.
 * @throws RESTORE_PENDING, IO
 */
export function requireNoPending(env: EngineEnv, store: Store): void {
  const open = findOpen(env, store);
  if (open !== undefined) {
    throw new SnapdirError('RESTORE_PENDING', { journal: open.id });
  }
  clearLeftovers(env, store);
}

/** Removes the folders of restores that never began or were recorded. Needs the lease. */
export function clearLeftovers(env: EngineEnv, store: Store): void {
  const { open, leftover } = listRestores(env, store);
  for (const id of open) {
    // Its journal is recorded, or `findOpen` would have found it: only the removal was cut off.
    env.fs.unlink(`${store.restore}/${id}/journal`);
    leftover.push(id);
  }
  leftover.forEach((id) => closeStaging(env, store, id));
}
