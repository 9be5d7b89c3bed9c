// The port to a permanent store: where promotion puts things, and where a teammate fetches them from. Keys are
// the frozen layout's own (`.objects/…`, `.manifests/…`: docs/format.md) and `.refs/…`, which is ours, so that
// snapdir's tools, `aws s3` and `rclone` read what is there. Implementations are in src/stores.
import type { CancelSignal } from '../base/abort';

/** An `AbortSignal` fits. Every call that is aborted rejects with an `AbortError`. */
export interface StoreCall {
  signal?: CancelSignal & {
    addEventListener?(type: 'abort', listener: () => void): void;
    removeEventListener?(type: 'abort', listener: () => void): void;
  };
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

/** Content to write: bytes, or pieces of a known size that can be asked for again when a request is retried. */
export type StoreContent =
  Uint8Array | { size: number; read(offset: number, length: number): Promise<Uint8Array> };

/** What a store can do beside reading and writing. Found out by looking, never by a vendor's name. */
export interface StoreCapabilities {
  /** Conditions on writes are kept, also in a race: one writer wins. */
  conditional: boolean;
}

/** Reads by key. */
export interface StoreReader {
  /** What people call it: its URL without secrets. */
  readonly url: string;
  /** @returns undefined when it is certain that there is none. @throws STORE_… errors, never "missing" when in doubt */
  head(key: string, call?: StoreCall): Promise<StoreEntry | undefined>;
  /** The bytes, whole or `length` from `offset`. Not verified: `stores/verifying.ts` does that. @throws STORE_NOT_FOUND */
  get(
    key: string,
    call?: StoreCall & { offset?: number; length?: number },
  ): Promise<{ bytes: Uint8Array; version?: string }>;
  /** Entries whose key begins with `prefix`, in the order of their keys' bytes, at most a page's worth kept in memory. */
  list(prefix: string, call?: StoreCall & { startAfter?: string }): AsyncIterable<StoreEntry>;
}

/** Writes by key. A write is seen whole or not at all. */
export interface StoreWriter {
  /** @throws STORE_CONFLICT when the condition does not hold; `STORE_READ_ONLY`, … */
  put(
    key: string,
    content: StoreContent,
    call?: StoreCall & { condition?: WriteCondition },
  ): Promise<{ version?: string }>;
  /** Deletes; no error when there is none. */
  delete(key: string, call?: StoreCall): Promise<void>;
}

/** A permanent store. */
export interface PermanentStore extends StoreReader, StoreWriter {
  capabilities(call?: StoreCall): Promise<StoreCapabilities>;
  close(): Promise<void>;
}
