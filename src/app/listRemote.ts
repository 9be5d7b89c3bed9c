import type { CallContext } from '../core/engine';
import type { SnapshotId } from '../core/ids';
import type { Unreadable } from '../core/promotion/promotionErrors';
import type { RefKey } from '../core/promotion/refEntry';
import { groupRefKeys } from '../core/promotion/refState';
import { REFS } from '../core/storeKeys';
import type { Repository } from './repository';
import { inParallel, Stopper } from '../base/parallel';
import { readHead, resolveRef, type RemoteRef } from './transfer/remoteRef';
import { TRANSFERS_AT_ONCE, type Target } from './transfer/target';
import { whichAreHere } from './transfer/whichAreHere';

/** A promoted name as lists show it. */
export interface RemoteName {
  name: string;
  snapshot: SnapshotId;
  /** Names the promotion: for `expect`, and to fetch exactly this one. */
  nonce: string;
  /** When it was promoted, and by whom. */
  at: number;
  by: string;
  /** When the snapshot was taken, and what it is called there; null: nobody said. */
  time: number | null;
  message: string;
  tags: string[];
  files: number | null;
  bytes: number | null;
  /** Whether the snapshot is in the store of the folder for which it was listed. */
  here: boolean;
  /** Promotions that came at the same time and lie aside, newest first; by their nonces. */
  aside: string[];
  /** How many promotions the name has seen. */
  promotions: number;
}

/** A name of which nobody can tell what it stands for. */
export interface UnreadableName {
  name: string;
  why: Unreadable;
}

/** What a store holds, sorted. */
export interface RemoteList {
  names: RemoteName[];
  unreadable: UnreadableName[];
}

/** The promoted names that a store holds. One that cannot be read hides no other. @throws REMOTE_…, AbortError */
export async function listRemote(
  repository: Repository,
  target: Target,
  context: CallContext = {},
): Promise<RemoteList> {
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    const call = { signal: stopper.signal };
    const keys: string[] = [];
    for await (const { key } of target.store.list(REFS, call)) {
      keys.push(key);
      context.onProgress?.({ phase: 'compare', done: keys.length, total: 0 });
    }
    const refs: RemoteRef[] = [];
    await inParallel(grouped(keys), TRANSFERS_AT_ONCE, stopper, async ({ head, ...of }) => {
      const read = head ? await readHead(target.store, of.name, call) : {};
      refs.push(await resolveRef(target.store, { ...of, head: read }, call));
    });
    const found = refs.filter(({ entry }) => entry !== undefined);
    const here = await whichAreHere(
      repository,
      found.map(({ entry }) => entry!.id),
    );
    const names = found.map((ref) => toName(ref, here.has(ref.entry!.id)));
    const unreadable = refs.flatMap(({ name, unreadable: why }) =>
      why === undefined ? [] : [{ name, why }],
    );
    return { names: names.sort(byName), unreadable: unreadable.sort(byName) };
  } finally {
    stopper.dispose();
  }
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

interface Grouped {
  name: string;
  entries: RefKey[];
  head: boolean;
}

async function* grouped(keys: string[]): AsyncGenerator<Grouped, void, undefined> {
  await Promise.resolve();
  for (const [name, of] of groupRefKeys(keys)) {
    yield { name, ...of };
  }
}

function toName({ name, entry, aside, history }: RemoteRef, here: boolean): RemoteName {
  const { id, nonce, at, by, files, bytes, checkpoint } = entry!;
  return {
    ...{ name, snapshot: id, nonce, at, by, here },
    time: checkpoint?.time ?? null,
    message: checkpoint?.message ?? '',
    tags: checkpoint?.tags ?? [],
    files: files ?? null,
    bytes: bytes ?? null,
    aside: aside.map((one) => one.nonce),
    promotions: history.length,
  };
}
