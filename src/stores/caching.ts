import { SnapdirError } from '../core/errors';
import type { HashBytes } from '../core/hasher';
import type { PermanentStore, StoreEntry } from '../core/permanentStore';
import { addressOf } from '../core/storeKeys';
import { slice } from './content';
import { isGenuine } from './verifying';

/** Where content that was read is kept on this machine. It may forget and be damaged: what it gives is checked. */
export interface ContentCache {
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, bytes: Uint8Array): Promise<void>;
}

/** What is remembered at most: about 6 MB. Who sends more hardly asks for what it sent. */
const MOST_HEADS = 20_000;

/**
 * Remembers what under an address is there, since that never changes: nobody asks twice. "Not there" is never
 * remembered. What somebody else deletes meanwhile is found missing when it is read, and then forgotten.
 */
export function caching(
  store: PermanentStore,
  hash: HashBytes,
  cache?: ContentCache,
): PermanentStore {
  const heads = new Heads();
  return {
    id: store.id,
    url: store.url,
    label: store.label,
    capabilities: (call) => store.capabilities(call),
    concurrency: () => store.concurrency(),
    close: () => store.close(),
    async head(key, call) {
      const known = heads.get(key);
      if (known !== undefined && call?.signal?.aborted !== true) {
        return known;
      }
      const entry = await store.head(key, call);
      return entry === undefined ? undefined : heads.remember(entry);
    },
    async get(key, call) {
      const kept = call?.signal?.aborted === true ? undefined : await readCopy(key, hash, cache);
      if (kept !== undefined) {
        return { bytes: slice(kept, call ?? {}), size: kept.length };
      }
      try {
        const found = await store.get(key, call);
        heads.remember({ key, size: found.size, ...versionOf(found) });
        if (addressOf(key) !== undefined && found.bytes.length === found.size) {
          await cache?.write(key, found.bytes).catch(() => undefined);
        }
        return found;
      } catch (error) {
        if (SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND')) {
          heads.forget(key);
        }
        throw error;
      }
    },
    async *list(prefix, call) {
      for await (const entry of store.list(prefix, call)) {
        yield heads.remember(entry);
      }
    },
    async put(key, content, call) {
      heads.forget(key);
      const done = await store.put(key, content, call);
      const size = content instanceof Uint8Array ? content.length : content.size;
      heads.remember({ key, size, ...versionOf(done) });
      return done;
    },
    async delete(key, call) {
      heads.forget(key);
      await store.delete(key, call);
      heads.forget(key);
    },
  };
}

const versionOf = ({ version }: { version?: string }): { version?: string } =>
  version === undefined ? {} : { version };

/** What is known to be there under addresses; the oldest are forgotten. */
class Heads {
  private readonly known = new Map<string, StoreEntry>();

  get(key: string): StoreEntry | undefined {
    return this.known.get(key);
  }

  forget(key: string): void {
    this.known.delete(key);
  }

  remember(entry: StoreEntry): StoreEntry {
    if (addressOf(entry.key) !== undefined) {
      this.known.delete(entry.key);
      this.known.set(entry.key, entry);
      const [oldest] = this.known.size > MOST_HEADS ? this.known.keys() : [];
      if (oldest !== undefined) {
        this.known.delete(oldest);
      }
    }
    return entry;
  }
}

/** This machine's copy, if it is what the key says. */
async function readCopy(
  key: string,
  hash: HashBytes,
  cache: ContentCache | undefined,
): Promise<Uint8Array | undefined> {
  if (cache === undefined || addressOf(key) === undefined) {
    return undefined;
  }
  const bytes = await cache.read(key).catch(() => undefined);
  return bytes !== undefined && isGenuine(key, bytes, hash) ? bytes : undefined;
}
