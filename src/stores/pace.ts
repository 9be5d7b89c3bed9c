// How many requests are in flight: as many as the store takes without asking to slow down, and no more than help.
import { throwIfCancelled, CancelledError } from '../base/abort';
import type { StoreCall } from '../core/permanentStore';
import { manyWait } from './signals';
import { MOST_REQUESTS } from './transfer';

/** So much more must come of more requests in flight, or they only wait on each other. */
const WORTH = 1.1;
const STEP = 4;
/** Windows in which nothing is tried after a step that did not help. */
const REST = 20;

/** Lets requests go, some at a time. */
export class Pace {
  private readonly now: () => number;
  private readonly waiting: (() => void)[] = [];
  private readonly floor: number;
  private readonly most: number;
  private limit: number;
  private running = 0;
  private done = 0;
  private since: number;
  private best = 0;
  private rest = 0;
  private slowUntil = 0;
  /** Whether the window had as many in flight as may be: else its rate says nothing. */
  private full = false;

  /**
   * @param now milliseconds, from any beginning
   * @param most never more in flight than that
   */
  constructor(start: number, now: () => number, most = MOST_REQUESTS) {
    this.now = now;
    this.most = Math.max(1, most);
    this.limit = Math.max(1, Math.min(start, this.most));
    this.floor = this.limit;
    this.since = now();
  }

  /** How many may be in flight now. */
  get width(): number {
    return this.limit;
  }

  /** Runs one request when it is its turn. @throws AbortError */
  async run<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    manyWait(call.signal); // Who waits here, and each request that is in flight.
    await this.enter(call);
    try {
      const value = await work();
      this.succeeded();
      return value;
    } finally {
      this.running--;
      this.next();
    }
  }

  /** The store asked to slow down: half as many, at once. Several who hear it at the same time count as one. */
  slowDown(): void {
    const now = this.now();
    if (now >= this.slowUntil) {
      this.limit = Math.max(1, Math.floor(this.limit / 2));
      this.slowUntil = now + 1000;
      this.restart(REST);
    }
  }

  private async enter(call: StoreCall): Promise<void> {
    throwIfCancelled(call.signal);
    if (this.running < this.limit && this.waiting.length === 0) {
      this.running++;
      return;
    }
    this.full = true;
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        call.signal?.removeEventListener('abort', cancel);
        this.running++;
        resolve();
      };
      const cancel = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(new CancelledError());
      };
      this.waiting.push(go);
      call.signal?.addEventListener('abort', cancel);
    });
  }

  private next(): void {
    while (this.running < this.limit) {
      const go = this.waiting.shift();
      if (go === undefined) {
        return;
      }
      go();
    }
  }

  private succeeded(): void {
    this.done++;
    const window = Math.max(64, this.limit * 8);
    if (this.done < window) {
      return;
    }
    const rate = this.done / Math.max(1, this.now() - this.since);
    const full = this.full;
    if (this.rest > 0) {
      this.restart(this.rest - 1);
    } else if (!full) {
      this.restart(0);
    } else if (rate > this.best * WORTH) {
      this.best = rate;
      this.limit = Math.min(this.most, this.limit + STEP);
      this.restart(0);
    } else {
      this.limit = Math.max(Math.min(this.floor, this.limit), this.limit - STEP);
      this.best = 0;
      this.restart(REST);
    }
  }

  private restart(rest: number): void {
    this.rest = rest;
    this.done = 0;
    this.full = false;
    this.since = this.now();
  }
}
