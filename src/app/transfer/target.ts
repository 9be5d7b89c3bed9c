import type { PermanentStore } from '../../core/permanentStore';

/** The permanent store that is promoted to or fetched from. */
export interface Target {
  /** What the person calls it; null: it was given by its URL. */
  name: string | null;
  store: PermanentStore;
  /** Transfers at once; absent: what the store likes, 8 at first. */
  concurrency?: number;
}

const MOST = 32;

/** How many transfers run at once. */
export function widthOf({ store, concurrency }: Target): number {
  return Math.max(1, Math.min(MOST, concurrency ?? store.concurrency()));
}

/** What people read. */
export const labelOf = ({ name, store }: Target): string => name ?? store.url;
