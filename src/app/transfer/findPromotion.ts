import { isHex64, type SnapshotId } from '../../core/ids';
import { SnapdirError } from '../../core/errors';
import type { Unreadable } from '../../core/promotion/promotionErrors';
import { checkStoredName, type RefEntry } from '../../core/promotion/refEntry';
import { groupRefKeys } from '../../core/promotion/refState';
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
 * Finds a promoted snapshot by what a person asked for: a name, `NAME#NONCE` where no name is the whole of it, or a snapshot's 64 digits.
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
  let unreadable: SnapdirError | undefined;
  for (const { name, nonce } of readingsOf(asked)) {
    const ref = await readRef(target.store, name, { signal: stopper.signal });
    const { entry, why } = await entryOf(target, ref, nonce, stopper);
    if (entry !== undefined) {
      const current = entry.nonce === ref.current?.nonce;
      return { name, snapshot: entry.id, entry, current, aside: ref.aside.length };
    }
    if (why !== undefined) {
      const store = labelOf(target);
      unreadable ??= new SnapdirError('PROMOTION_UNREADABLE', { store, name, why, reading: true });
    }
  }
  throw unreadable ?? (await notFound(target, asked, stopper));
}

/** What a text may mean: a name as it stands (`bug#1234` is one), else a promotion of a name. @throws INVALID_NAME */
function readingsOf(asked: string): { name: string; nonce?: string }[] {
  const [, name, nonce] = /^(.*)#([0-9a-f]{4,16})$/s.exec(asked) ?? [];
  if (name === undefined || nonce === undefined) {
    checkStoredName(asked);
    return [{ name: asked }];
  }
  checkStoredName(name);
  return [...(isStoredName(asked) ? [{ name: asked }] : []), { name, nonce }];
}

function isStoredName(text: string): boolean {
  try {
    checkStoredName(text);
    return true;
  } catch {
    return false; // Too long with the nonce.
  }
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
