/** The part of `AbortSignal` that pure code needs. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** Thrown when work was cancelled. It is never shown to a person and never a `SnapdirError`. */
export class CancelledError extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'AbortError';
  }
}

/** Whether an error means "cancelled", whoever threw it. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Throws {@link CancelledError} once the signal is set. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new CancelledError();
  }
}
