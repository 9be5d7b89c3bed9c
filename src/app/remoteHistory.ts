import type { CallContext } from '../core/engine';
import type { SnapshotId } from '../core/ids';
import type { RefKey } from '../core/promotion/refEntry';
import type { Repository } from './repository';
import { inParallel, Stopper } from '../base/parallel';
import { readPromotion, readRef, type RemoteRef } from './transfer/remoteRef';
import { TRANSFERS_AT_ONCE, type Target } from './transfer/target';
import { whichAreHere } from './transfer/whichAreHere';

/** One promotion of a name, as its journal has it. */
export interface RemotePromotion {
  name: string;
  nonce: string;
  snapshot: SnapshotId;
  /** When it was promoted, milliseconds since 1970, and by whom. */
  at: number;
  by: string;
  message: string;
  /** `current`: the name stands for it; `aside`: it lost a race and nothing follows it yet. */
  state: 'current' | 'aside' | 'past';
  /** Whether the snapshot is in the store of the folder for which it was asked. */
  here: boolean;
}

/** What a name stood for, newest first, and how many older promotions were not read. */
export interface RemoteHistory {
  promotions: RemotePromotion[];
  older: number;
}

const SHOWN = 50;

/** The newest promotions of one name. What cannot be read of its journal is left out. @throws REMOTE_…, AbortError */
export async function remoteHistory(
  repository: Repository,
  target: Target,
  name: string,
  context: CallContext = {},
): Promise<RemoteHistory> {
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    const call = { signal: stopper.signal };
    const ref = await readRef(target.store, name, call);
    const keys = ref.history.slice(0, SHOWN);
    const found: RemotePromotion[] = [];
    await inParallel(each(keys), TRANSFERS_AT_ONCE, stopper, async ({ nonce }) => {
      const entry = await readPromotion(target.store, ref, nonce, call);
      if (entry !== undefined) {
        const { id: snapshot, at, by, checkpoint } = entry;
        const message = checkpoint?.message ?? '';
        const state = stateOf(ref, nonce);
        found.push({ name, nonce, snapshot, at, by, message, state, here: false });
      }
    });
    const here = await whichAreHere(
      repository,
      found.map(({ snapshot }) => snapshot),
    );
    found.forEach((one) => (one.here = here.has(one.snapshot)));
    const place = new Map(keys.map(({ nonce }, index) => [nonce, index]));
    found.sort((a, b) => place.get(a.nonce)! - place.get(b.nonce)!);
    return { promotions: found, older: ref.history.length - keys.length };
  } finally {
    stopper.dispose();
  }
}

async function* each(keys: readonly RefKey[]): AsyncGenerator<RefKey, void, undefined> {
  await Promise.resolve();
  yield* keys;
}

function stateOf(ref: RemoteRef, nonce: string): RemotePromotion['state'] {
  if (ref.current?.nonce === nonce) {
    return 'current';
  }
  return ref.aside.some((one) => one.nonce === nonce) ? 'aside' : 'past';
}
