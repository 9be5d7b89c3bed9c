/** The time, as a port: production code asks a `Clock`, so tests can set it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The machine's clock. This file is the only one that reads it. */
export const systemClock: Clock = { now: () => Date.now() };
