import type { StoreCall } from '../core/permanentStore';

/** Keeps to a rate: whoever has spent more than time has given waits. */
export class Throttle {
  private readonly bytesPerMs: number;
  private readonly now: () => number;
  private readonly pause: (ms: number, call: StoreCall) => Promise<void>;
  /** When all that was spent so far is paid. */
  private paidAt: number;

  /** @param limitKiBps KiB a second; 0: no limit */
  constructor(
    limitKiBps: number,
    now: () => number,
    pause: (ms: number, call: StoreCall) => Promise<void>,
  ) {
    this.bytesPerMs = (limitKiBps * 1024) / 1000;
    this.now = now;
    this.pause = pause;
    this.paidAt = now();
  }

  /** @throws AbortError */
  async spend(bytes: number, call: StoreCall): Promise<void> {
    if (this.bytesPerMs <= 0) {
      return;
    }
    const begin = Math.max(this.now(), this.paidAt);
    this.paidAt = begin + bytes / this.bytesPerMs;
    const wait = begin - this.now();
    if (wait > 0) {
      await this.pause(wait, call);
    }
  }
}
