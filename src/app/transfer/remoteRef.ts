import { SnapdirError } from '../../core/errors';
import type { StoreCall, StoreReader } from '../../core/permanentStore';
import type { Unreadable } from '../../core/promotion/promotionErrors';
import {
  headKey,
  parseRefEntry,
  refFolder,
  type RefEntry,
  type RefKey,
} from '../../core/promotion/refEntry';
import { foldRef, groupRefKeys, type RefState } from '../../core/promotion/refState';

/** What a promoted name stands for in a store, and what came beside. */
export interface RemoteRef extends RefState {
  /** Of what lies aside, promotions of the very snapshot that the name stands for: no conflict, and not among `aside`. */
  twins: RefKey[];
  /** The current promotion's own text. */
  entry: RefEntry | undefined;
  /** Why there is no `entry`, although something is there. */
  unreadable: Unreadable | undefined;
  /** Of the head object, for compare-and-swap; undefined: there is none. */
  headVersion: string | undefined;
  headNonce: string | undefined;
  /** A head is there that may not be read, so that nothing can be compared and swapped. */
  headHidden: boolean;
}

/** What a head object says. */
export interface RefHead {
  entry?: RefEntry;
  version?: string;
  /** It is there, and cannot be read. */
  why?: Unreadable;
}

/** So many that lie aside are read, the newest, all at once: a request each, and the next promotion settles what is the same. */
const MOST_TWINS = 32;

/** A promotion's text, or why it cannot be had. */
export type ReadEntry = { entry: RefEntry } | { why: Unreadable | 'missing' };

/** What of one object keeps nobody from reading others; undefined: nothing can be read now. */
function whyUnreadable(error: unknown): Unreadable | 'missing' | undefined {
  const reasons = {
    PARSE: 'damaged',
    REMOTE_INTEGRITY: 'damaged',
    UNSUPPORTED_FORMAT: 'newer',
    REMOTE_DENIED: 'denied',
    REMOTE_ARCHIVED: 'archived',
    REMOTE_KEY_NOT_FOUND: 'missing',
    // A link, or a folder, in a store that is a folder.
    UNSAFE_PATH: 'damaged',
  } as const;
  if (SnapdirError.is(error, 'IO')) {
    const { errno } = error.data;
    return errno === 'EACCES' || errno === 'EPERM' ? 'denied' : undefined;
  }
  return SnapdirError.is(error) ? reasons[error.code as keyof typeof reasons] : undefined;
}

async function readEntry(store: StoreReader, key: RefKey, call: StoreCall): Promise<ReadEntry> {
  try {
    return { entry: parseRefEntry((await store.get(key.key, call)).bytes, key) };
  } catch (error) {
    const why = whyUnreadable(error);
    if (why === undefined) {
      throw error;
    }
    return { why };
  }
}

/**
 * The entry in a name's head object, and that object's version; nothing where there is none. One that cannot be read
 * is no failure: the journal is what counts. @throws REMOTE_…
 */
export async function readHead(
  store: StoreReader,
  name: string,
  call: StoreCall,
): Promise<RefHead> {
  let known: RefHead = {};
  try {
    const { bytes, version } = await store.get(headKey(name), call);
    known = version === undefined ? {} : { version };
    return { entry: parseRefEntry(bytes), ...known };
  } catch (error) {
    const why = whyUnreadable(error);
    if (why === undefined) {
      throw error;
    }
    return why === 'missing' ? {} : { ...known, why };
  }
}

/**
 * What a name stands for. Entries that are no promotions are left out: whoever can write to the store can put anything
 * there. What a newer version wrote, or another account, is one: the name stands for it, whatever it is.
 */
export async function resolveRef(
  store: StoreReader,
  of: { name: string; entries: RefKey[]; head: RefHead },
  call: StoreCall,
): Promise<RemoteRef> {
  const { head } = of;
  const heads = {
    twins: [],
    ...{ headVersion: head.version, headNonce: head.entry?.nonce },
    headHidden: head.why !== undefined && head.version === undefined,
  };
  let entries = of.entries;
  let unreadable = head.why;
  for (;;) {
    const state = foldRef(of.name, entries, head.entry?.nonce);
    const { current } = state;
    if (current === undefined) {
      return { ...state, entry: undefined, unreadable, ...heads };
    }
    const read: ReadEntry =
      head.entry?.nonce === current.nonce
        ? { entry: head.entry }
        : await readEntry(store, current, call);
    if ('entry' in read) {
      const { entry } = read;
      const twins = await twinsOf(store, state.aside, entry, call);
      const aside = state.aside.filter((one) => !twins.includes(one));
      return { ...state, entry, unreadable: undefined, ...heads, twins, aside };
    }
    if (read.why !== 'damaged' && read.why !== 'missing') {
      return { ...state, entry: undefined, unreadable: read.why, ...heads };
    }
    unreadable = read.why === 'damaged' ? 'damaged' : unreadable;
    entries = entries.filter(({ key }) => key !== current.key);
  }
}

/** What was promoted; undefined where that cannot be read now, which keeps nobody from what the name stands for. */
async function idOf(store: StoreReader, key: RefKey, call: StoreCall): Promise<string | undefined> {
  try {
    const read = await readEntry(store, key, call);
    return 'entry' in read ? read.entry.id : undefined;
  } catch (error) {
    if (SnapdirError.is(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Who promoted the same snapshot at the same time: parallel runs of one commit, say. */
async function twinsOf(
  store: StoreReader,
  aside: readonly RefKey[],
  { id }: RefEntry,
  call: StoreCall,
): Promise<RefKey[]> {
  const near = aside.slice(0, MOST_TWINS);
  const read = await Promise.all(near.map((key) => idOf(store, key, call)));
  return near.filter((_, n) => read[n] === id);
}

/** As {@link resolveRef}, after a look at the name's journal. @throws INVALID_NAME, REMOTE_… */
export async function readRef(
  store: StoreReader,
  name: string,
  call: StoreCall,
): Promise<RemoteRef> {
  // The head first: who moves it is in the journal before, so the list knows what it names. The other way round a
  // promotion that came in between would be followed by nobody, and its head moved away all the same.
  const head = await readHead(store, name, call);
  const keys: string[] = [];
  for await (const { key } of store.list(refFolder(name), call)) {
    keys.push(key);
  }
  const { entries = [] } = groupRefKeys(keys).get(name) ?? {};
  return resolveRef(store, { name, entries, head }, call);
}

/** The text of any promotion of a name, by its nonce or the beginning of one; undefined: there is none that can be read. */
export async function readPromotion(
  store: StoreReader,
  ref: RemoteRef,
  nonce: string,
  call: StoreCall,
): Promise<RefEntry | undefined> {
  const read = await lookUp(store, ref, nonce, call);
  return 'entry' in read ? read.entry : undefined;
}

/** As {@link readPromotion}, and why not. */
export async function lookUp(
  store: StoreReader,
  ref: RemoteRef,
  nonce: string,
  call: StoreCall,
): Promise<ReadEntry> {
  const key = ref.history.find((one) => one.nonce.startsWith(nonce));
  return key === undefined ? { why: 'missing' } : readEntry(store, key, call);
}
