import { isHex64, type SnapshotId } from '../../core/ids';
import { SnapdirError } from '../../core/errors';
import type { RefEntry } from '../../core/promotion/refEntry';
import { groupRefKeys } from '../../core/promotion/refState';
import { checkName } from '../../core/refName';
import { REFS } from '../../core/storeKeys';
import type { Stopper } from '../../base/parallel';
import { readPromotion, readRef } from './remoteRef';
import { labelOf, type Target } from './target';

/** A promoted snapshot that somebody asked for. */
export interface Wanted {
  name: string | null;
  snapshot: SnapshotId;
  /** null: it was asked for by its id. */
  entry: RefEntry | null;
  /** The name stands for it now. */
  current: boolean;
  aside: number;
}

const KNOWN_SHOWN = 20;

/**
 * Finds a promoted snapshot by what a person asked for: a name, `NAME#NONCE`, or a snapshot's 64 digits.
 * @throws PROMOTION_NOT_FOUND, INVALID_NAME, REMOTE_…, AbortError
 */
export async function findPromotion(
  target: Target,
  asked: string,
  stopper: Stopper,
): Promise<Wanted> {
  const call = { signal: stopper.signal };
  if (isHex64(asked)) {
    const snapshot = asked as SnapshotId;
    return { name: null, snapshot, entry: null, current: false, aside: 0 };
  }
  const [, name = asked, nonce] = /^(.*)#([0-9a-f]{4,16})$/s.exec(asked) ?? [];
  checkName(name, 'ref');
  const ref = await readRef(target.store, name, call);
  const entry =
    nonce === undefined ? ref.entry : await readPromotion(target.store, ref, nonce, call);
  if (entry === undefined) {
    throw await notFound(target, asked, stopper);
  }
  const current = entry.nonce === ref.current?.nonce;
  return { name, snapshot: entry.id, entry, current, aside: ref.aside.length };
}

async function notFound(target: Target, name: string, stopper: Stopper): Promise<SnapdirError> {
  const keys: string[] = [];
  for await (const { key } of target.store.list(REFS, { signal: stopper.signal })) {
    keys.push(key);
  }
  const known = [...groupRefKeys(keys).keys()].slice(0, KNOWN_SHOWN);
  return new SnapdirError('PROMOTION_NOT_FOUND', { store: labelOf(target), name, known });
}
