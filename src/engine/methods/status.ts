import type { FolderStatus, RepositoryLocation } from '../../core/engine';
import type { EngineEnv } from '../context';
import { noteLastRecord } from '../home/lastRecord';
import { noteStorePlace, storesSeenAt } from '../home/registry';
import { vaultsOf } from '../repair/recoverStore';
import { findStore, placeOf } from '../store/storeRoot';

/** What there is, without making or changing anything in the folder. @throws what `findStore` throws */
export function status(env: EngineEnv, location: RepositoryLocation): FolderStatus {
  const store = findStore(env, location);
  if (store !== undefined) {
    const { id, readOnly, foreign } = store;
    if (!foreign && readOnly === null) {
      // A folder that was moved: from now on the store is missed here.
      noteStorePlace(env, id, placeOf(env, location));
      noteLastRecord(env, store);
    }
    return { exists: true, storeId: id, readOnly, foreign, vanished: null };
  }
  // Asked before the place is looked at: a store that is being made is registered after its folder is there.
  const [last] = storesSeenAt(env, placeOf(env, location));
  const [vault] = vaultsOf(env, location);
  const storeId = vault?.at.id ?? last;
  const beingMade = isBeingMade(env, placeOf(env, location));
  const vanished =
    storeId === undefined || beingMade ? null : { storeId, inVault: vault !== undefined };
  return { exists: false, storeId: null, readOnly: null, foreign: false, vanished };
}

/** Making a store takes milliseconds; what has been half-made for so long was left behind. */
const MAKING_MS = 60_000;

function isBeingMade({ fs, clock }: EngineEnv, place: string): boolean {
  const stat = fs.lstat(place);
  return (
    stat !== undefined && Math.abs(clock.now() - Number(stat.mtimeNs / 1_000_000n)) < MAKING_MS
  );
}
