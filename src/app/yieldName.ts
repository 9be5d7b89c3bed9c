import type { CallContext } from '../core/engine';
import type { StoreCall } from '../core/permanentStore';
import type { RefEntry } from '../core/promotion/refEntry';
import { Stopper } from '../base/parallel';
import { publishRef } from './transfer/publishRef';
import { readPromotion, readRef, type RemoteRef } from './transfer/remoteRef';
import type { Target } from './transfer/target';

/** Two snapshots that were promoted to one name at the same time. */
export interface Yielding {
  name: string;
  /** What has another name by now, and what the name is to stand for. */
  mine: string;
  /** Absent: whatever else it stands for, or lies aside of it. */
  theirs?: string;
  /** Who says so. */
  by: string;
  /** 16 hex digits, new each time. */
  newNonce(): string;
}

/** Others may move the name meanwhile. */
const TRIES = 3;
const LOOKED_AT = 50;

/**
 * Ends the conflict over a name, of which a person promoted theirs under another one: what the name is to stand for is
 * entered once more, as following both. Whoever saw the name stand for that is told of nothing new.
 * @returns whether nothing of it is in conflict any more
 * @throws REMOTE_…, AbortError
 */
export async function yieldName(
  target: Target,
  of: Yielding,
  context: CallContext = {},
): Promise<boolean> {
  const { store } = target;
  const { name, by: settledBy } = of;
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    const call = { signal: stopper.signal };
    // What lost a race of its own: nothing of anybody's, so it must not lie aside itself.
    const lost: string[] = [];
    for (let tries = TRIES; tries > 0; tries--) {
      const seen = await readRef(store, name, call);
      const found = await sidesOf(target, seen, { ...of, lost }, call);
      if (found === undefined) {
        return true;
      }
      const settle = new Set(found.settled);
      const draft = { ...found.stays, nonce: of.newNonce(), settledBy };
      const published = await publishRef(store, name, { draft, seen, settle }, call);
      if (published.lost === undefined) {
        return true;
      }
      lost.push(draft.nonce);
    }
    return false;
  } finally {
    stopper.dispose();
  }
}

/** What the name is to stand for, and the nonces of what lies aside till then; undefined: there is no conflict. */
async function sidesOf(
  { store }: Target,
  seen: RemoteRef,
  { mine, theirs, lost }: Yielding & { lost: readonly string[] },
  call: StoreCall,
): Promise<{ stays: RefEntry; settled: string[] } | undefined> {
  const aside: RefEntry[] = [];
  for (const { nonce } of seen.aside.slice(0, LOOKED_AT)) {
    const entry = await readPromotion(store, seen, nonce, call);
    if (entry !== undefined && [mine, theirs ?? entry.id].includes(entry.id)) {
      aside.push(entry);
    }
  }
  // Without compare-and-swap, who is told last may be the one that the name stands for.
  const isMine = seen.entry?.id === mine;
  const stays = isMine ? aside.find(({ id }) => id !== mine) : seen.entry;
  const settled = aside.filter(
    (one) => one.id === mine || one === stays || lost.includes(one.nonce),
  );
  return stays === undefined || settled.length === 0
    ? undefined
    : { stays, settled: settled.map(({ nonce }) => nonce) };
}
