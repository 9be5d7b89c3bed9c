// What the thread of the stores and the editor's thread say to each other.
import type { SerializedError } from '../../core/errors';
import type {
  StoreBatch,
  StoreBytes,
  StoreEntry,
  WriteCondition,
  Written,
} from '../../core/permanentStore';
import type { Remote, StoredKeys } from '../../core/remote';
import type { Transfer } from '../transfer';

/** What the thread is started with. */
export interface ThreadStart {
  /** The folder of the bundles. */
  dist: string;
  env: Record<string, string | undefined>;
  home: string;
  /** Snapdir's folder of this user; absent: there is none. */
  own?: string;
}

/** What is asked of a store, and what it answers. `more` goes on with a listing. */
export interface StoreMethods {
  open: { params: { remote: Remote; transfer: Transfer }; result: Opened };
  head: { params: { key: string }; result: StoreEntry | undefined };
  get: { params: { key: string; offset?: number; length?: number }; result: StoreBytes };
  list: { params: { prefix: string; startAfter?: string }; result: Page };
  more: { params: { listing: number }; result: Page };
  drop: { params: { listing: number }; result: undefined };
  put: {
    params: { key: string; content: Uint8Array | { size: number }; condition?: WriteCondition };
    result: { version?: string };
  };
  putMany: { params: { batch: StoreBatch; width: number }; result: undefined };
  delete: { params: { key: string }; result: undefined };
  capabilities: { params: object; result: { conditional: boolean } };
  close: { params: object; result: undefined };
}

export type StoreMethod = keyof StoreMethods;

/** A store that was opened. */
export interface Opened {
  store: number;
  id: string;
  url: string;
  label: string;
}

/** A stretch of a listing; `listing` is absent where it was the last one. */
export interface Page {
  entries: StoreEntry[];
  listing?: number;
}

/** What the thread asks back. */
export interface Questions {
  /** The keys that a person entered. */
  keys: { params: { remote: Remote }; result: StoredKeys | undefined };
  /** Whether a host is reached without a proxy. */
  way: { params: { secure: boolean; host: string; port: number }; result: boolean };
  /** A piece of content that a call is to write. */
  read: { params: { call: number; offset: number; length: number }; result: Uint8Array };
}

export type Question = keyof Questions;

/** To the thread. */
export type ToThread =
  | { type: 'call'; id: number; store: number; method: StoreMethod; params: object }
  | { type: 'cancel'; id: number }
  | { type: 'answer'; id: number; result?: unknown; failed?: Failure };

/** From the thread. `width`: what the store's `concurrency` is now. */
export type FromThread =
  | { type: 'done'; id: number; result: unknown; width: number }
  | { type: 'failed'; id: number; failed: Failure; width: number }
  | { type: 'written'; id: number; written: Written }
  | { type: 'ask'; id: number; question: Question; params: object };

/** What went wrong, as messages carry it. `elsewhere`: only the editor's thread can reach the store. */
export type Failure =
  | { kind: 'known'; error: SerializedError }
  | { kind: 'cancelled' }
  | { kind: 'elsewhere' }
  | { kind: 'crashed'; message: string; stack: string };
