import { SnapdirError } from '../../core/errors';
import type { PermanentStore, StoreCall, WriteCondition } from '../../core/permanentStore';
import {
  formatRefEntry,
  headKey,
  MAX_PARENTS,
  parseRefEntry,
  refEntryKey,
  type RefEntry,
} from '../../core/promotion/refEntry';
import { RECORD_LIMITS } from '../../core/records/fields';
import { ancestorsOf } from '../../core/promotion/refState';
import { readPromotion, readRef, type RemoteRef } from './remoteRef';

/** So often the head is tried when others move it to what ours follows. */
const HEAD_TRIES = 5;

/** A promotion came at the same time and won. Ours is in the journal. */
export interface LostRace {
  theirs: RefEntry;
}

/** What came of a promotion. */
export interface Published {
  entry: RefEntry;
  /** How many others lie beside what the name stands for now. */
  aside: number;
  lost?: LostRace;
}

type Draft = Omit<RefEntry, 'parents'>;

/** What of the promotions that lie aside a new one settles: those of the same person, or all, or these nonces alone. */
export type Settles = boolean | ReadonlySet<string>;

/**
 * The promotions that a new one follows: what the name stands for, others of the same snapshot, and of those that lay aside the ones that it
 * settles: the same person's, or all.
 */
async function parentsOf(
  store: PermanentStore,
  seen: RemoteRef,
  draft: Draft,
  { settle, call }: { settle: Settles; call: StoreCall },
): Promise<string[]> {
  const parents = seen.current === undefined ? [] : [seen.current.nonce];
  for (const { nonce } of seen.aside.slice(0, 2 * MAX_PARENTS)) {
    const isSettled = typeof settle === 'boolean' ? settle : settle.has(nonce);
    const entry = settle === false ? await readPromotion(store, seen, nonce, call) : undefined;
    if (isSettled || entry?.by === draft.by || entry?.id === draft.id) {
      parents.push(nonce);
    }
  }
  parents.push(...seen.twins.map(({ nonce }) => nonce));
  return parents.slice(0, MAX_PARENTS);
}

/** Writes to the journal. A key that is there already is ours: the answer to the first request was lost. */
async function append(
  store: PermanentStore,
  key: string,
  of: { entry: RefEntry; conditional: boolean; call: StoreCall },
): Promise<void> {
  const condition = of.conditional ? { condition: { ifAbsent: true } as const } : {};
  try {
    await store.put(key, formatRefEntry(of.entry), { ...of.call, ...condition });
  } catch (error) {
    if (!SnapdirError.is(error, 'REMOTE_CONFLICT')) {
      throw error;
    }
    const there = parseRefEntry((await store.get(key, of.call)).bytes);
    if (there.nonce !== of.entry.nonce || there.by !== of.entry.by) {
      throw error;
    }
  }
}

const stands = (ref: RemoteRef, nonce: string): boolean =>
  ref.current !== undefined &&
  (ref.current.nonce === nonce || ancestorsOf(ref.history, ref.current.nonce).has(nonce));

/** Moves the head, which may follow only what it stood for. @returns whether it did */
async function moveHead(
  store: PermanentStore,
  name: string,
  of: { entry: RefEntry; version: string | undefined; call: StoreCall },
): Promise<boolean> {
  const condition: WriteCondition =
    of.version === undefined ? { ifAbsent: true } : { ifVersion: of.version };
  try {
    await store.put(headKey(name), formatRefEntry(of.entry), { ...of.call, condition });
    return true;
  } catch (error) {
    if (SnapdirError.is(error, 'REMOTE_CONFLICT')) {
      return false;
    }
    throw error;
  }
}

/**
 * Publishes a promotion: first in the journal, from where nothing gets lost, then by the head. Without
 * compare-and-swap the journal alone tells who promoted at the same time: the newest stands, and who holds the name is
 * told how many lie aside.
 * @param of.seen the name as it was before
 * @returns the entry, and whose promotion won when it was not this one
 */
export async function publishRef(
  store: PermanentStore,
  name: string,
  of: { draft: Draft; seen: RemoteRef; settle: Settles },
  call: StoreCall,
): Promise<Published> {
  const { draft, seen, settle } = of;
  const parents = await parentsOf(store, seen, draft, { settle, call });
  // Times go on within a name, whatever clocks say, as far as there are any: somebody may have written the last one.
  const next = Math.max(draft.at, (seen.current?.at ?? 0) + 1);
  const at = Math.min(next, RECORD_LIMITS.time);
  const entry: RefEntry = { ...draft, at, parents };
  const keeps = await store.capabilities(call);
  await append(store, refEntryKey(name, entry), { entry, conditional: keeps.conditional, call });
  // Of a head that may not be read nothing can be compared: the journal tells who won.
  const conditional = keeps.conditional && !seen.headHidden;
  let version = seen.headVersion;
  for (let tries = HEAD_TRIES; ; tries--) {
    if (conditional && (await moveHead(store, name, { entry, version, call }))) {
      const beside = [...seen.aside, ...seen.twins];
      const left = beside.filter(({ nonce }) => !parents.includes(nonce));
      return { entry, aside: left.length };
    }
    const now = await readRef(store, name, call);
    const aside = now.aside.length;
    if (!stands(now, entry.nonce)) {
      return { entry, aside, lost: { theirs: winner(store, now) } };
    }
    const head = now.history.find(({ nonce }) => nonce === now.headNonce);
    if (!conditional || stands({ ...now, current: head }, entry.nonce) || tries === 0) {
      return { entry, aside };
    }
    version = now.headVersion;
  }
}

/**
 * More promotions of one snapshot than an entry can follow are put together by entries of that snapshot, each of which
 * follows some of them. @param of.nonces new ones, one for each entry
 * @returns the name as it is then; as it was seen where somebody moves it meanwhile, which whoever goes on is told
 */
export async function joinTwins(
  store: PermanentStore,
  of: { seen: RemoteRef; nonces: readonly string[]; by: string },
  call: StoreCall,
): Promise<RemoteRef> {
  let { seen } = of;
  for (const nonce of of.nonces) {
    const { entry, twins } = seen;
    if (entry === undefined || twins.length < MAX_PARENTS) {
      break;
    }
    const draft = { ...entry, nonce, settledBy: of.by };
    const { lost } = await publishRef(store, seen.name, { draft, seen, settle: false }, call);
    const now = await readRef(store, seen.name, call);
    if (lost !== undefined || now.current?.nonce !== nonce) {
      break;
    }
    seen = now;
  }
  return seen;
}

/** Whose promotion stands. @throws PROMOTION_UNREADABLE, REMOTE_KEY_NOT_FOUND (ours is gone again) */
function winner({ label }: PermanentStore, { name, entry, unreadable: why }: RemoteRef): RefEntry {
  if (entry !== undefined) {
    return entry;
  }
  throw why === undefined
    ? new SnapdirError('REMOTE_KEY_NOT_FOUND', { store: label, key: headKey(name) })
    : new SnapdirError('PROMOTION_UNREADABLE', { store: label, name, why });
}

/**
 * Brings the head to where the journal is: a promotion was killed before it moved it. Nothing happens when
 * somebody else does at the same time.
 */
export async function mendHead(
  store: PermanentStore,
  ref: RemoteRef,
  call: StoreCall,
): Promise<void> {
  const { entry, headNonce, headVersion: version } = ref;
  if (entry !== undefined && entry.nonce !== headNonce) {
    const { conditional } = await store.capabilities(call);
    if (conditional) {
      await moveHead(store, ref.name, { entry, version, call });
    }
  }
}
