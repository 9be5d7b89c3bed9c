// Whether what an earlier promotion sent is there still: a store may lose content, and nobody is told.
import type { Engine, PromotionStart } from '../../core/engine';
import { SnapdirError, type ErrorCode } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import type { PermanentStore, StoreCall } from '../../core/permanentStore';
import { addressOf, manifestKey, OBJECTS } from '../../core/storeKeys';

/** So long what was seen to be there counts without another look. Milliseconds. */
const BELIEVED_MS = 24 * 3_600_000;
/** A page of a list: what one request gives. */
const PAGE = 1000;
/** A manifest of so many bytes is read and checked as a whole; of a larger one the size counts. */
const CHEAP_BYTES = 256 * 1024;

/** A read that fails so shows that the store lost something. */
const LOST: readonly ErrorCode[] = ['REMOTE_KEY_NOT_FOUND', 'REMOTE_INTEGRITY', 'REMOTE_TRUNCATED'];

const isLost = (error: unknown): boolean => LOST.some((code) => SnapdirError.is(error, code));

/** What tells whether what the name stood for is there still. */
export interface Evidence {
  /** All that the store holds, sizes by checksum. */
  all?: ReadonlyMap<string, number>;
  /** When it was seen to be there, if that is not long ago. */
  at?: number;
}

/**
 * What somebody promoted may be lost by now. A small store shows all that it has in one request. Of a large one what
 * was seen to be there within a day counts; after that everything is looked for, as if the name were a new one.
 * @param known what the name stands for, where it is known here what that holds
 */
export async function lookAgain(
  store: PermanentStore,
  known: SnapshotId | undefined,
  { whole, now }: Pick<PromotionStart, 'whole' | 'now'>,
  call: StoreCall,
): Promise<Evidence> {
  if (known === undefined) {
    return {};
  }
  const seen = whole[known];
  const believed: Evidence = seen !== undefined && isBelieved(seen.at, now) ? { at: seen.at } : {};
  if (believed.at !== undefined && seen!.objects >= PAGE) {
    return believed; // Its list would not end with its first page.
  }
  const all = await listSmallStore(store, call);
  return all === undefined ? believed : { all };
}

/** Whether a snapshot that was seen whole there at `at` counts as that still. A clock that was set back says nothing. */
const isBelieved = (at: number, now: number): boolean => at <= now && now - at < BELIEVED_MS;

/**
 * Whether a manifest is there, and whole.
 * @param size of the one that is here; undefined: not known
 */
export async function isManifestWhole(
  store: PermanentStore,
  of: { snapshot: SnapshotId; size: number | undefined },
  call: StoreCall,
): Promise<boolean> {
  const key = manifestKey(of.snapshot);
  const fits = (size: number): boolean => of.size === undefined || of.size === size;
  if (of.size !== undefined && of.size > CHEAP_BYTES) {
    const found = await store.head(key, call);
    return found !== undefined && fits(found.size);
  }
  try {
    // All of it, which is checked on the way; or a part, which tells the size.
    return fits((await store.get(key, { ...call, length: CHEAP_BYTES })).size);
  } catch (error) {
    if (isLost(error)) {
      return false;
    }
    throw error;
  }
}

/** All objects of a store that shows them in one request, sizes by checksum; undefined: there are more. */
async function listSmallStore(
  store: PermanentStore,
  call: StoreCall,
): Promise<Map<string, number> | undefined> {
  const sizes = new Map<string, number>();
  let listed = 0;
  for await (const { key, size } of store.list(OBJECTS, call)) {
    if (++listed === PAGE) {
      return undefined; // Before the next page is asked for.
    }
    const address = addressOf(key);
    if (address !== undefined) {
      sizes.set(address.id, size);
    }
  }
  return sizes;
}

/** Reads from a store. If that shows that it lost something, nothing that was seen there is believed any more. */
export async function orDoubt<T>(
  engine: Engine,
  store: PermanentStore,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isLost(error)) {
      const none = { remote: store.id, snapshot: null, at: 0, objects: 0 };
      await engine.noteWhole(none).catch(() => undefined);
    }
    throw error;
  }
}
