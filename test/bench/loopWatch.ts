// For how long at most a thread does not answer; and for how much of it, at most, it worked: what is left is the time in
// which it could have gone on and no core was free (Linux tells that).
import { closeSync, openSync, readSync } from 'node:fs';

const EVERY_MS = 2;

/** Milliseconds. */
export interface Held {
  longest: number;
  /** Without waiting for a core; what `longest` is where the system does not tell. */
  working: number;
}

/** Watches this thread. */
export class LoopWatch {
  readonly held: Held = { longest: 0, working: 0 };
  private readonly counter: number | undefined;
  private readonly text = Buffer.alloc(128);
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    try {
      this.counter = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    } catch {
      this.counter = undefined;
    }
  }

  start(): void {
    let [at, waited] = [performance.now(), this.waited()];
    this.timer = setInterval(() => {
      const [now, waits] = [performance.now(), this.waited()];
      const longest = now - at - EVERY_MS;
      this.held.longest = Math.max(this.held.longest, longest);
      this.held.working = Math.max(this.held.working, longest - (waits - waited));
      [at, waited] = [now, waits];
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  close(): void {
    if (this.counter !== undefined) {
      closeSync(this.counter);
    }
  }

  private waited(): number {
    if (this.counter === undefined) {
      return 0;
    }
    const length = readSync(this.counter, this.text, 0, this.text.length, 0);
    return Number(this.text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  }
}
