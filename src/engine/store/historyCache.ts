import { History } from '../../core/history';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import { blake3 } from '../hashing/blake3';
import type { Store } from './storeRoot';

const MAX_CACHE_BYTES = 256 * 1024 * 1024;
const VERSION = 1;

/** What is kept: the fold, and which records went into it. */
interface CachedHistory {
  version: number;
  /** How many records, in name order, and the checksum of their names. */
  count: number;
  names: string;
  damaged: { name: string; reason: string }[];
  state: unknown;
}

/** A fold over records, and which they were. */
export interface FoldedRecords {
  history: History;
  /** File names of records that could not be read, with the reason. They disable nothing else. */
  damaged: { name: string; reason: string }[];
  names: Set<string>;
  /** The greatest of the names. */
  newest: string;
}

function cachePath(store: Store): string {
  return join(store.cache, 'history.json');
}

function namesChecksum(names: readonly string[]): string {
  return blake3(new TextEncoder().encode(names.join('\n')));
}

/** The cached fold, when it is of a prefix of these records; undefined otherwise. Never fails. */
export function loadHistoryCache(
  env: EngineEnv,
  store: Store,
  names: readonly string[],
): FoldedRecords | undefined {
  try {
    const bytes = readFile(env.fs, cachePath(store), MAX_CACHE_BYTES);
    if (bytes === undefined) {
      return undefined;
    }
    // 64 hex digits of the rest come first: a torn or edited cache is not used.
    const body = bytes.subarray(65);
    if (new TextDecoder().decode(bytes.subarray(0, 64)) !== blake3(body)) {
      return undefined;
    }
    const cached = JSON.parse(new TextDecoder().decode(body)) as CachedHistory;
    const prefix = names.slice(0, cached.count);
    if (cached.version !== VERSION || namesChecksum(prefix) !== cached.names) {
      return undefined;
    }
    return {
      history: History.deserialize(cached.state),
      damaged: cached.damaged,
      names: new Set(prefix),
      newest: prefix.at(-1) ?? '',
    };
  } catch {
    return undefined;
  }
}

/** Keeps the fold for the next process. It may be lost at any time. */
export function saveHistoryCache(env: EngineEnv, store: Store, state: FoldedRecords): void {
  if (store.readOnly !== null) {
    return;
  }
  const names = [...state.names].sort();
  const cached: CachedHistory = {
    version: VERSION,
    count: names.length,
    names: namesChecksum(names),
    damaged: state.damaged,
    state: state.history.serialize(),
  };
  const body = new TextEncoder().encode(JSON.stringify(cached));
  const bytes = new Uint8Array(body.length + 65);
  bytes.set(new TextEncoder().encode(`${blake3(body)}\n`));
  bytes.set(body, 65);
  writeFileRelaxed(env, store.tmp, cachePath(store), bytes);
}
