import { SnapdirError } from '../../core/errors';
import type { StoreCall, StoreReader } from '../../core/permanentStore';
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
  /** The current promotion's own text. */
  entry: RefEntry | undefined;
  /** Of the head object, for compare-and-swap; undefined: there is none. */
  headVersion: string | undefined;
  headNonce: string | undefined;
}

/** What a head object says. */
export interface RefHead {
  entry?: RefEntry;
  version?: string;
}

async function readEntry(
  store: StoreReader,
  key: RefKey,
  call: StoreCall,
): Promise<RefEntry | undefined> {
  try {
    return parseRefEntry((await store.get(key.key, call)).bytes, key);
  } catch (error) {
    if (SnapdirError.is(error, 'PARSE') || SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}

/** The entry in a name's head object, and that object's version; nothing where there is none. @throws REMOTE_… */
export async function readHead(
  store: StoreReader,
  name: string,
  call: StoreCall,
): Promise<RefHead> {
  try {
    const { bytes, version } = await store.get(headKey(name), call);
    const known = version === undefined ? {} : { version };
    try {
      return { entry: parseRefEntry(bytes), ...known };
    } catch (error) {
      if (!SnapdirError.is(error, 'PARSE')) {
        throw error;
      }
      return known; // The journal is what counts.
    }
  } catch (error) {
    if (SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND')) {
      return {};
    }
    throw error;
  }
}

/**
 * What a name stands for. Entries that cannot be read are left out: whoever can write to the store can put
 * anything there.
 */
export async function resolveRef(
  store: StoreReader,
  of: { name: string; entries: RefKey[]; head: RefHead },
  call: StoreCall,
): Promise<RemoteRef> {
  const { head } = of;
  let entries = of.entries;
  for (;;) {
    const state = foldRef(of.name, entries, head.entry?.nonce);
    const { current } = state;
    const versions = { headVersion: head.version, headNonce: head.entry?.nonce };
    if (current === undefined) {
      return { ...state, entry: undefined, ...versions };
    }
    const entry =
      head.entry?.nonce === current.nonce ? head.entry : await readEntry(store, current, call);
    if (entry !== undefined) {
      return { ...state, entry, ...versions };
    }
    entries = entries.filter(({ key }) => key !== current.key);
  }
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

/** The text of any promotion of a name, by its nonce or the beginning of one. */
export async function readPromotion(
  store: StoreReader,
  ref: RemoteRef,
  nonce: string,
  call: StoreCall,
): Promise<RefEntry | undefined> {
  const key = ref.history.find((one) => one.nonce.startsWith(nonce));
  return key === undefined ? undefined : readEntry(store, key, call);
}
