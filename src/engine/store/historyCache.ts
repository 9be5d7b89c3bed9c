import { createHash } from 'node:crypto';
import { History } from '../../core/history';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import type { Store } from './storeRoot';

const MAX_CACHE_BYTES = 256 * 1024 * 1024;
/** Counts up with each field that a record gets: what an older version wrote here has lost it. */
const VERSION = 4;
const DIGITS = 64;

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

/** Node's own hash: a cold process that only lists needs no other, and that one takes time to load. */
function checksum(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function namesChecksum(names: readonly string[]): string {
  return checksum(names.join('\n'));
}

/** The cached fold, when it is of a prefix of these records; undefined otherwise. Never fails. */
export function loadHistoryCache(
  env: EngineEnv,
  store: Store,
  names: readonly string[],
): FoldedRecords | undefined {
  try {
    // What came from somewhere else proves only that somebody could count.
    const bytes = store.foreign ? undefined : readFile(env.fs, cachePath(store), MAX_CACHE_BYTES);
    if (bytes === undefined) {
      return undefined;
    }
    // 64 hex digits of the rest come first: a torn or edited cache is not used.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (buffer.toString('latin1', 0, DIGITS) !== checksum(bytes.subarray(DIGITS + 1))) {
      return undefined;
    }
    const cached = JSON.parse(buffer.toString('utf8', DIGITS + 1)) as CachedHistory;
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
  const body = JSON.stringify(cached);
  writeFileRelaxed(env, store.tmp, cachePath(store), Buffer.from(`${checksum(body)}\n${body}`));
}
