import { isHex64, type SnapshotId } from '../../core/ids';
import { SnapdirError } from '../../core/errors';
import type { Unreadable } from '../../core/promotion/promotionErrors';
import type { RefEntry } from '../../core/promotion/refEntry';
import { groupRefKeys } from '../../core/promotion/refState';
import { checkName } from '../../core/refName';
import { REFS } from '../../core/storeKeys';
import type { Stopper } from '../../base/parallel';
import { lookUp, readRef, type RemoteRef } from './remoteRef';
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
 * @throws PROMOTION_NOT_FOUND, PROMOTION_UNREADABLE, INVALID_NAME, REMOTE_…, AbortError
 */
export async function findPromotion(
  target: Target,
  asked: string,
  stopper: Stopper,
): Promise<Wanted> {
  if (isHex64(asked)) {
    const snapshot = asked as SnapshotId;
    return { name: null, snapshot, entry: null, current: false, aside: 0 };
  }
  const [, name = asked, nonce] = /^(.*)#([0-9a-f]{4,16})$/s.exec(asked) ?? [];
  checkName(name, 'ref');
  const ref = await readRef(target.store, name, { signal: stopper.signal });
  const { entry, why } = await entryOf(target, ref, nonce, stopper);
  if (entry === undefined) {
    throw why === undefined
      ? await notFound(target, asked, stopper)
      : new SnapdirError('PROMOTION_UNREADABLE', { store: labelOf(target), name, why });
  }
  const current = entry.nonce === ref.current?.nonce;
  return { name, snapshot: entry.id, entry, current, aside: ref.aside.length };
}

/** @param nonce undefined: what the name stands for */
async function entryOf(
  target: Target,
  ref: RemoteRef,
  nonce: string | undefined,
  { signal }: Stopper,
): Promise<{ entry?: RefEntry | undefined; why?: Unreadable | undefined }> {
  if (nonce === undefined) {
    return { entry: ref.entry, why: ref.unreadable };
  }
  const read = await lookUp(target.store, ref, nonce, { signal });
  return 'entry' in read ? read : { why: read.why === 'missing' ? undefined : read.why };
}

async function notFound(target: Target, name: string, stopper: Stopper): Promise<SnapdirError> {
  const keys: string[] = [];
  for await (const { key } of target.store.list(REFS, { signal: stopper.signal })) {
    keys.push(key);
  }
  const known = [...groupRefKeys(keys).keys()].slice(0, KNOWN_SHOWN);
  return new SnapdirError('PROMOTION_NOT_FOUND', { store: labelOf(target), name, known });
}
