/** How content travels (`snapdir.transfer.*`). */
export interface Transfer {
  /** Requests in flight to begin with. */
  concurrency: number;
  partSizeMiB: number;
  /** Without a sign of life for so long a request is given up. */
  timeoutSeconds: number;
  maxAttempts: number;
  /** KiB a second, all requests together; 0: no limit. */
  limitKiBps: number;
}

/** What the settings say where they say nothing. */
export const DEFAULT_TRANSFER: Transfer = {
  concurrency: 8,
  partSizeMiB: 16,
  timeoutSeconds: 60,
  maxAttempts: 5,
  limitKiBps: 0,
};
