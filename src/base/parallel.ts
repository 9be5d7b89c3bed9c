import { CancelledError, isCancelled, type CancelSignal } from './abort';

interface Listening {
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An `AbortSignal` fits. */
type Outer = (CancelSignal & Partial<Listening>) | undefined;

/** An `AbortController` fits. */
interface Controller {
  readonly signal: CancelSignal & Listening;
  abort(): void;
}

/** Stops everything that belongs together: when the caller cancels, and when one part fails. */
export class Stopper {
  private readonly controller: Controller;
  private readonly outer: Outer;
  private readonly stop = (): void => this.controller.abort();

  /** @param controller a new one */
  constructor(outer: Outer, controller: Controller) {
    this.outer = outer;
    this.controller = controller;
    if (outer?.aborted === true) {
      this.stop();
    }
    outer?.addEventListener?.('abort', this.stop);
  }

  get signal(): Controller['signal'] {
    return this.controller.signal;
  }

  /** Whether the caller cancelled. */
  get cancelled(): boolean {
    return this.outer?.aborted === true;
  }

  /** @throws AbortError once everything is to stop */
  check(): void {
    if (this.signal.aborted || this.cancelled) {
      throw new CancelledError();
    }
  }

  fail(): void {
    this.stop();
  }

  dispose(): void {
    this.outer?.removeEventListener?.('abort', this.stop);
  }
}

/**
 * Works on what `source` yields, at most `width` items at once. When one fails the others are stopped and waited
 * for; the first error that is no cancellation is told.
 */
export async function inParallel<T>(
  source: AsyncGenerator<T, void, undefined> | Generator<T, void, undefined>,
  width: number,
  stopper: Stopper,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const run = async (): Promise<void> => {
    try {
      for (let next = await source.next(); next.done !== true; next = await source.next()) {
        stopper.check();
        await work(next.value);
      }
    } catch (error) {
      errors.push(error);
      stopper.fail();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, run));
  await source.return();
  if (stopper.cancelled) {
    throw new CancelledError();
  }
  if (errors.length > 0) {
    throw errors.find((error) => !isCancelled(error)) ?? errors[0];
  }
}
