import type { Remote } from '../core/remote';

/** How content travels. */
export interface Transfer {
  /** Requests in flight to begin with. */
  concurrency: number;
  /** Never more requests in flight than that. */
  most: number;
  partSizeMiB: number;
  /** Without a sign of life for so long a request is given up. */
  timeoutSeconds: number;
  maxAttempts: number;
  /** KiB a second, all requests together; 0: no limit. */
  limitKiBps: number;
}

/** So many requests are never in flight at once, whatever settings say. */
export const MOST_REQUESTS = 32;

/** What the settings say where they say nothing. */
export const DEFAULT_TRANSFER: Transfer = {
  concurrency: 8,
  most: MOST_REQUESTS,
  partSizeMiB: 16,
  timeoutSeconds: 60,
  maxAttempts: 5,
  limitKiBps: 0,
};

/** How content travels to one remote: as its own settings say, else as everywhere. */
export function transferTo(remote: Remote, everywhere: Transfer): Transfer {
  const { concurrency, ...own } = remote.transfer;
  const most = concurrency ?? everywhere.most;
  return {
    ...everywhere,
    ...own,
    most,
    concurrency: Math.min(everywhere.concurrency, most),
  };
}
