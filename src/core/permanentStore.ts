// The port to a permanent store: where promotion puts things, and where a teammate fetches them from. Keys are
// the frozen layout's own (`.objects/…`, `.manifests/…`: docs/format.md) and `.refs/…`, which is ours, so that
// snapdir's tools, `aws s3` and `rclone` read what is there. Implementations are in src/stores. Which keys
// are allowed: core/storeKeys.ts.
import type { CancelSignal } from '../base/abort';
import type { Remote } from './remote';

/** An `AbortSignal` fits. */
export interface StoreSignal extends CancelSignal {
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What every call takes. A call that is cancelled rejects with an `AbortError` (`isCancelled`), soon. */
export interface StoreCall {
  signal?: StoreSignal | undefined;
}

/** What is known of one entry without reading it. `version` changes with its content; undefined where the store has none. */
export interface StoreEntry {
  key: string;
  size: number;
  version?: string;
  /** By the store's clock, milliseconds since 1970; undefined where it does not say. */
  modifiedMs?: number;
}

/** A condition for writing. Only stores with `capabilities.conditional` accept one. */
export type WriteCondition = { ifAbsent: true } | { ifVersion: string };

/**
 * Content to write: bytes, or pieces of a known size that can be asked for again when a request is retried. A piece is the
 * asker's alone: it may be handed over to another thread.
 */
export type StoreContent =
  Uint8Array | { size: number; read(offset: number, length: number): Promise<Uint8Array> };

/** Contents that lie one behind the other in memory, and their keys. */
export interface StoreBatch {
  keys: readonly string[];
  /** Bytes of each. */
  sizes: readonly number[];
  bytes: Uint8Array;
}

/** How many of a batch are written, and their bytes. */
export interface Written {
  count: number;
  bytes: number;
}

/** What writing a batch takes. */
export interface BatchCall extends StoreCall {
  /** At most so many at once; it is as many as the store likes at most. */
  width: number;
  /** Told now and then while it goes on. */
  onWritten?: ((written: Written) => void) | undefined;
}

/** What a store can do beside reading and writing. Found out by looking, never by a vendor's name. */
export interface StoreCapabilities {
  /** Conditions on writes are kept, also in a race: one writer wins. */
  conditional: boolean;
}

/** Content, whole or a part of it. `size` is that of the whole. */
export interface StoreBytes {
  bytes: Uint8Array;
  size: number;
  version?: string;
}

/** Reads by key. */
export interface StoreReader {
  /** Where it is: its URL without secrets. */
  readonly url: string;
  /** What errors call it: its name in the settings (two may be in one place), or its URL where it has none. */
  readonly label: string;
  /** @returns undefined when it is certain that there is none. @throws REMOTE_… errors, never "missing" when in doubt */
  head(key: string, call?: StoreCall): Promise<StoreEntry | undefined>;
  /**
   * The bytes, whole or at most `length` from `offset` (fewer, or none, where the content ends before). For
   * what may be large use `core/storePieces.ts`. Not verified: `stores/verifying.ts` does that, for whole content.
   * @throws REMOTE_KEY_NOT_FOUND when it is certain that there is none; other REMOTE_… errors
   */
  get(key: string, call?: StoreCall & { offset?: number; length?: number }): Promise<StoreBytes>;
  /**
   * Entries whose key begins with `prefix`, in the order of their keys' bytes, after `startAfter` where it is
   * given. At most a page's worth (or a folder's, on disk) is kept in memory.
   */
  list(prefix: string, call?: StoreCall & { startAfter?: string }): AsyncIterable<StoreEntry>;
}

/** Writes by key. A write is seen whole or not at all. */
export interface StoreWriter {
  /**
   * Writes; without a condition it replaces what is there.
   * @throws REMOTE_CONFLICT when the condition does not hold; REMOTE_NO_CONDITIONS where the store
   * cannot keep one; REMOTE_READ_ONLY; other REMOTE_… errors
   */
  put(
    key: string,
    content: StoreContent,
    call?: StoreCall & { condition?: WriteCondition },
  ): Promise<{ version?: string }>;
  /**
   * Writes many without conditions, where that costs less than one by one; else absent. Nothing is read from `bytes` any
   * more once it resolves. When it rejects, some may be written. @throws the first error of one of them, as `put` does
   */
  putMany?(batch: StoreBatch, call: BatchCall): Promise<void>;
  /** Deletes; no error when there is none. */
  delete(key: string, call?: StoreCall): Promise<void>;
}

/** A permanent store. */
export interface PermanentStore extends StoreReader, StoreWriter {
  /**
   * What it is remembered by: endpoint, bucket and prefix; the folder; the repository. No secrets. Two places never have the
   * same, but the place may be emptied and made again: what is in it, only it can tell.
   */
  readonly id: string;
  /** Looks at most once; the answer is kept. */
  capabilities(call?: StoreCall): Promise<StoreCapabilities>;
  /** How many calls it likes to have in flight now; changes when the store asks to slow down. */
  concurrency(): number;
  close(): Promise<void>;
}

/**
 * Opens the store that a remote names, verified, retried and cached. The composition root has one. With `make` a folder that
 * is missing is made, though none above it; without, that is an error: its disk may be away.
 */
export type OpenStore = (
  remote: Remote,
  call?: StoreCall & { make?: boolean },
) => Promise<PermanentStore>;

/** How many bytes content has. */
export function contentSize(content: StoreContent): number {
  return content instanceof Uint8Array ? content.length : content.size;
}
