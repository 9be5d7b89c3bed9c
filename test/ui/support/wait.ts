import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How long a window gets to follow; the machines that run this can be slow and busy. */
const PATIENCE = 20_000;

/** Looks until what is seen is as wanted, and returns it. The last sight is in the error. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  wanted: (seen: T) => boolean,
  timeout = PATIENCE,
): Promise<T> {
  const end = Date.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (wanted(seen)) {
        return seen;
      }
      last = seen;
    } catch (error) {
      last = error; // a row that is drawn anew while it is read
    }
    if (Date.now() > end) {
      throw new Error(`Waited in vain: ${what}. Last seen: ${inspect(last, { depth: 4 })}`);
    }
    await sleep(50);
  }
}

/** As {@link until}, for a text. */
export function untilText(
  what: string,
  look: () => string | Promise<string>,
  wanted: string | RegExp,
): Promise<string> {
  const fits = (seen: string): boolean =>
    typeof wanted === 'string' ? seen === wanted : wanted.test(seen);
  return until(`${what} (${String(wanted)})`, look, fits);
}
