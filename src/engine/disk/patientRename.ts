import { errnoOf } from './fsErrors';

type Rename = (from: string, to: string) => void;

/** What Windows says while a virus scanner or an indexer has one of the two files open (H8). */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);
const FIRST_MS = 10;
const LONGEST_MS = 250;
/** In all, until a rename succeeds again: where there is no permission, a thousand files must not wait one by one. */
const PATIENCE_MS = 1500;

/**
 * A rename that tries again for a while when something else has the file open. Elsewhere than on Windows these errors
 * do not pass, so it is for that system alone.
 * @param mayPass whether waiting can help with this target
 * @param wait waits so many milliseconds
 */
export function patientRename(
  rename: Rename,
  mayPass: (to: string) => boolean,
  wait: (ms: number) => void = pause,
): Rename {
  let patience = PATIENCE_MS;
  return (from, to) => {
    for (let ms = FIRST_MS; ; ms = Math.min(2 * ms, LONGEST_MS)) {
      try {
        rename(from, to);
        patience = PATIENCE_MS;
        return;
      } catch (error) {
        if (!IN_USE.has(errnoOf(error) ?? '') || patience < ms || !mayPass(to)) {
          throw error;
        }
      }
      patience -= ms;
      wait(ms);
    }
  };
}

/** Waits so many milliseconds; the thread does nothing else. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
