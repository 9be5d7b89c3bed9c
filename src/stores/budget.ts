import { CancelledError, throwIfCancelled } from '../base/abort';
import type { StoreCall } from '../core/permanentStore';
import { manyWait } from './signals';

/** Memory for content on its way: who needs more than is left waits, in turn. What is larger than all of it goes alone. */
export class Budget {
  private readonly most: number;
  private readonly waiting: { bytes: number; go: () => void }[] = [];
  private used = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.most = most;
  }

  /** Runs work that holds so many bytes. @throws AbortError */
  async spend<T>(bytes: number, call: StoreCall, work: () => Promise<T>): Promise<T> {
    throwIfCancelled(call.signal);
    if (this.waiting.length === 0 && this.fits(bytes)) {
      this.used += bytes;
    } else {
      await this.turn(bytes, call);
    }
    try {
      return await work();
    } finally {
      this.used -= bytes;
      this.next();
    }
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.most;
  }

  private turn(bytes: number, call: StoreCall): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        call.signal?.removeEventListener('abort', cancel);
        this.used += bytes;
        resolve();
      };
      const one = { bytes, go };
      const cancel = (): void => {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        reject(new CancelledError());
        this.next();
      };
      this.waiting.push(one);
      manyWait(call.signal);
      call.signal?.addEventListener('abort', cancel);
    });
  }

  private next(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (!this.fits(first.bytes)) {
        return;
      }
      this.waiting.shift();
      first.go();
    }
  }
}
