import type { RecoveredStore, RepositoryLocation } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { acquireLease, keepAlive } from '../disk/lease';
import { storesSeenAt } from '../home/registry';
import { forgetLook } from '../hashing/statCache';
import { findStore, makeStore, placeOf, requireWritable, type Store } from '../store/storeRoot';
import { bringBack } from './bringBack';
import { openVault, type OtherStore } from './sources';

/** The vaults of the stores that were at this place, the one that was there last first. @throws IO */
export function vaultsOf(env: EngineEnv, location: RepositoryLocation): OtherStore[] {
  return storesSeenAt(env, placeOf(env, location)).flatMap((id) => {
    try {
      const vault = openVault(env, id);
      return vault?.at.id === id ? [vault] : [];
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      env.log.warn(`the vault of ${id} cannot be read: ${error.message}`);
      return [];
    }
  });
}

/**
 * Brings a store that is gone back out of the vault; of a store that is there, what it has lost. A store
 * that was begun anew meanwhile keeps its snapshots: those of the old one come back beside them. What is
 * listed is whole at every moment, and a recovery that was cut off goes on when it is called again.
 * @throws NO_VAULT, STORE_BUSY, READ_ONLY, FOREIGN_STORE, DISK_FULL, IO, AbortError
 */
export function recoverStore(
  env: EngineEnv,
  location: RepositoryLocation,
  control: Control,
): RecoveredStore {
  const vaults = vaultsOf(env, location);
  const existing = findStore(env, location);
  const [first] = vaults;
  if (first === undefined) {
    throw new SnapdirError('NO_VAULT', { path: placeOf(env, location) });
  }
  if (existing !== undefined) {
    requireWritable(existing);
  }
  const store = existing ?? makeStore(env, location, first.at.id);
  const lease = acquireLease(env, store, 'recover');
  try {
    const alive = keepAlive(lease, control);
    const all = existing === undefined || existing.id === first.at.id ? [first] : vaults;
    return io('recover', store.path, () =>
      bringAll(env, store, { all, check: () => lease.check() }, alive),
    );
  } finally {
    forgetLook(env, store);
    lease.dispose();
  }
}

function bringAll(
  env: EngineEnv,
  store: Store,
  of: { all: readonly OtherStore[]; check: () => void },
  control: Control,
): RecoveredStore {
  const sum = { storeId: store.id, records: 0, manifests: 0, objects: 0, bytes: 0, lostCount: 0 };
  for (const other of of.all) {
    const back = bringBack(env, store, { other, check: of.check }, control);
    sum.records += back.records.length;
    sum.manifests += back.manifests;
    sum.objects += back.objects;
    sum.bytes += back.bytes;
    sum.lostCount += back.lost.length;
  }
  return sum;
}
