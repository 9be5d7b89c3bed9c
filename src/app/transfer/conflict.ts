import type { PromotionStart } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { StoreCall, StoreReader } from '../../core/permanentStore';
import type { PromotionSummary } from '../../core/promotion/promotionErrors';
import type { RefEntry } from '../../core/promotion/refEntry';
import { ancestorsOf } from '../../core/promotion/refState';
import { readPromotion, type RemoteRef } from './remoteRef';
import { labelOf, type Target } from './target';

/** Whether the name stands for the promotion that was seen: since then somebody only settled what lay aside. */
export async function isSettledOnly(
  store: StoreReader,
  seen: RemoteRef,
  expected: string | null,
  call: StoreCall,
): Promise<boolean> {
  const { entry, history } = seen;
  if (entry?.settledBy === undefined || expected === null) {
    return false;
  }
  const before = ancestorsOf(history, entry.nonce).has(expected);
  return before && (await readPromotion(store, seen, expected, call))?.id === entry.id;
}

/** Somebody else moved the name. */
export function conflict(
  target: Target,
  name: string,
  of: { mine: PromotionSummary; theirs: PromotionSummary; kept: boolean },
): SnapdirError {
  return new SnapdirError('PROMOTION_CONFLICT', { store: labelOf(target), name, ...of });
}

/** What people are told of a promotion, done or to be. */
export function summaryOf(of: RefEntry | PromotionStart): PromotionSummary {
  return 'id' in of
    ? { snapshot: of.id, at: of.at, by: of.by, message: of.checkpoint?.message ?? '' }
    : { snapshot: of.snapshot, at: of.now, by: of.author, message: of.details?.message ?? '' };
}
