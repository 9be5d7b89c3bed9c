import type { PermanentStore } from '../../core/permanentStore';

/** The permanent store that is promoted to or fetched from. */
export interface Target {
  /** What the person calls it; null: it was given by its URL. */
  name: string | null;
  store: PermanentStore;
  /** Whether its settings say that nothing is written to it. */
  readOnly?: boolean;
  /** Its folder was missing, and made when it was opened. */
  made?: boolean;
  /** Transfers at once; absent: as many as the store takes. */
  concurrency?: number;
}

const MOST = 32;

/**
 * How many transfers run at once. That is more than a store has requests in flight at first: what waits there is how it
 * finds out that more would help.
 */
export function widthOf({ concurrency = MOST }: Target): number {
  return Math.max(1, Math.min(MOST, concurrency));
}

/** What people read. */
export const labelOf = ({ name, store }: Target): string => name ?? store.url;
