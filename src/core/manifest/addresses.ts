import { LineScanner } from './scan';

/**
 * Called with each file's line of a canonical manifest.
 * @param line where its fields are; the same object each time
 */
export type VisitFile = (line: LineScanner) => void;

/** Visits every file's line; false when a line is not in canonical form, which ends it. */
export function visitFiles(bytes: Uint8Array, visit: VisitFile): boolean {
  const scan = new LineScanner(bytes);
  while (!scan.done) {
    if (!scan.next()) {
      return false;
    }
    if (scan.isFile) {
      visit(scan);
    }
  }
  return true;
}
