import { throwIfCancelled, type CancelSignal } from '../../base/abort';
import { CANCEL_EVERY, LineScanner } from './scan';

/**
 * Called with each file's line of a canonical manifest.
 * @param line where its fields are; the same object each time
 */
export type VisitFile = (line: LineScanner) => void;

/**
 * Visits every file's line; false when a line is not in canonical form, which ends it.
 * @throws AbortError
 */
export function visitFiles(bytes: Uint8Array, visit: VisitFile, signal?: CancelSignal): boolean {
  const scan = new LineScanner(bytes);
  for (let count = 0; !scan.done; count++) {
    if (count % CANCEL_EVERY === 0) {
      throwIfCancelled(signal);
    }
    if (!scan.next()) {
      return false;
    }
    if (scan.isFile) {
      visit(scan);
    }
  }
  return true;
}

/** The lines of files, one after the other: the same object each time. Ends where a line is not in canonical form. */
export function* filesOf(bytes: Uint8Array): Generator<LineScanner, void, undefined> {
  const scan = new LineScanner(bytes);
  while (!scan.done && scan.next()) {
    if (scan.isFile) {
      yield scan;
    }
  }
}
