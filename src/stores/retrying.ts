// Tries again what is safe to try again: reading, deleting, and writing, since a write is seen whole or not at all and
// writes the same bytes. After a write under a condition whose answer was lost, "somebody was first" may be
// ourselves: the content is read back and compared before anybody is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, throwIfCancelled } from '../base/abort';
import { SnapdirError, type ErrorCode } from '../core/errors';
import {
  contentSize,
  type PermanentStore,
  type StoreCall,
  type StoreContent,
  type StoreEntry,
  type WriteCondition,
} from '../core/permanentStore';
import { readContent } from './content';
import { Pace } from './pace';
import { Throttle } from './throttle';
import type { Transfer } from './transfer';

const BASE_MS = 250;
const LONGEST_MS = 30_000;

/** What retrying needs; tests set their own. */
export interface Retrying {
  transfer: Pick<Transfer, 'maxAttempts' | 'limitKiBps'> & Partial<Pick<Transfer, 'most'>>;
  /** Waits. @throws AbortError */
  pause?: (ms: number, call: StoreCall) => Promise<void>;
  /** From 0 up to 1. */
  random?: () => number;
}

/** How often a failure is worth another try: `all` attempts, `few` (two), or `never`. */
const WORTH: Partial<Record<ErrorCode, 'all' | 'few'>> = {
  REMOTE_TIMEOUT: 'all',
  REMOTE_CONNECTION_LOST: 'all',
  REMOTE_SLOW_DOWN: 'all',
  REMOTE_TRUNCATED: 'all',
  // A server that is being started again; but who mistyped a name should not wait.
  REMOTE_UNREACHABLE: 'few',
};

/** Answers of a server that is in trouble, or that could not decide between two writers. */
const isTrouble = (status: number | undefined): boolean =>
  status !== undefined && ((status >= 500 && status !== 501) || status === 408 || status === 409);

function triesFor(error: unknown, most: number): number {
  if (SnapdirError.is(error, 'REMOTE_FAILED')) {
    return isTrouble(error.data.status) ? most : 1;
  }
  const worth = SnapdirError.is(error) ? WORTH[error.code] : undefined;
  return worth === 'all' ? most : worth === 'few' ? Math.min(2, most) : 1;
}

/** Whether a write that failed so may have been done all the same. */
const isUncertain = (error: unknown): boolean => triesFor(error, 2) > 1;

/** Waits; a cancelled wait ends at once. @throws AbortError */
async function pauseFor(ms: number, call: StoreCall): Promise<void> {
  throwIfCancelled(call.signal);
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  call.signal?.addEventListener('abort', cancel);
  try {
    await sleep(ms, undefined, { signal: stop.signal });
  } catch {
    throw new CancelledError();
  } finally {
    call.signal?.removeEventListener('abort', cancel);
  }
}

/** The store with tries, pauses that grow, and no more requests in flight than it likes. */
export class RetryingStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly store: PermanentStore;
  private readonly most: number;
  private readonly pause: (ms: number, call: StoreCall) => Promise<void>;
  private readonly random: () => number;
  private readonly pace: Pace;
  private readonly throttle: Throttle;

  constructor(store: PermanentStore, options: Retrying) {
    this.store = store;
    this.id = store.id;
    this.url = store.url;
    this.label = store.label;
    this.most = Math.max(1, options.transfer.maxAttempts);
    this.pause = options.pause ?? pauseFor;
    this.random = options.random ?? Math.random;
    const { most } = options.transfer;
    this.pace = new Pace(store.concurrency(), () => performance.now(), most);
    this.throttle = new Throttle(options.transfer.limitKiBps, () => performance.now(), this.pause);
  }

  capabilities(call: StoreCall = {}): ReturnType<PermanentStore['capabilities']> {
    return this.again(call, () => this.store.capabilities(call));
  }

  concurrency(): number {
    return this.pace.width;
  }

  head(key: string, call: StoreCall = {}): ReturnType<PermanentStore['head']> {
    return this.again(call, () => this.store.head(key, call));
  }

  async get(
    key: string,
    call: Parameters<PermanentStore['get']>[1] = {},
  ): ReturnType<PermanentStore['get']> {
    const found = await this.again(call, () => this.store.get(key, call));
    await this.throttle.spend(found.bytes.length, call);
    return found;
  }

  /** After a failure it goes on behind the last entry that came. */
  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    let last = call.startAfter;
    for (let failures = 0; ;) {
      const from = last === undefined ? call : { ...call, startAfter: last };
      try {
        for await (const entry of this.store.list(prefix, from)) {
          failures = 0;
          last = entry.key;
          yield entry;
        }
        return;
      } catch (error) {
        await this.judge(error, ++failures, call);
      }
    }
  }

  async put(
    key: string,
    content: StoreContent,
    call: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version?: string }> {
    await this.throttle.spend(contentSize(content), call);
    let uncertain = false;
    return await this.again(call, async () => {
      try {
        return await this.store.put(key, content, call);
      } catch (error) {
        if (uncertain && SnapdirError.is(error, 'REMOTE_CONFLICT')) {
          const mine = await this.readBack(key, content, call);
          if (mine !== undefined) {
            return mine;
          }
        }
        uncertain ||= isUncertain(error);
        throw error;
      }
    });
  }

  delete(key: string, call: StoreCall = {}): Promise<void> {
    return this.again(call, () => this.store.delete(key, call));
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** The version of what is there, if it is what we wrote. Who writes under conditions writes something of their own. */
  private async readBack(
    key: string,
    content: StoreContent,
    call: StoreCall,
  ): Promise<{ version?: string } | undefined> {
    const there = await this.store.get(key, { signal: call.signal }).catch((error: unknown) => {
      if (SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND')) {
        return undefined;
      }
      throw error;
    });
    const mine = await readContent(content, 0, contentSize(content));
    if (there === undefined || Buffer.compare(there.bytes, mine) !== 0) {
      return undefined;
    }
    return there.version === undefined ? {} : { version: there.version };
  }

  private async again<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    for (let failures = 0; ;) {
      try {
        return await this.pace.run(call, work);
      } catch (error) {
        await this.judge(error, ++failures, call);
      }
    }
  }

  /** Waits before the next try, or throws. */
  private async judge(error: unknown, failures: number, call: StoreCall): Promise<void> {
    throwIfCancelled(call.signal);
    if (SnapdirError.is(error, 'REMOTE_SLOW_DOWN')) {
      this.pace.slowDown();
    }
    if (failures >= triesFor(error, this.most)) {
      throw error;
    }
    const longest = Math.min(LONGEST_MS, BASE_MS * 2 ** (failures - 1));
    await this.pause(longest * (0.5 + this.random() / 2), call);
  }
}

/** @see RetryingStore */
export const retrying = (store: PermanentStore, options: Retrying): PermanentStore =>
  new RetryingStore(store, options);
