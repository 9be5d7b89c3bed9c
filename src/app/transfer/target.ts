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
}

/**
 * So many transfers run at once. That is more than a store has requests in flight at first, or ever by its settings, which
 * it keeps itself: what waits there is how it finds out that more would help, and goes together where one message holds it.
 */
export const TRANSFERS_AT_ONCE = 32;

/** What people read. */
export const labelOf = ({ name, store }: Target): string => name ?? store.url;
