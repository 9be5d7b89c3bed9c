import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/**
 * A new empty folder, removed when the test process ends, or by `npm test` with everything that its stage left. Its
 * path holds no symbolic link.
 */
export function tempDir(prefix = 'snapdir-test-'): string {
  if (made.length === 0 && process.env['SNAPDIR_TEST_SUMMARY'] === undefined) {
    process.on('exit', () => made.forEach((dir) => removeTree(dir)));
  }
  const dir = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  made.push(dir);
  return dir;
}

/** Removes a folder with everything in it, whatever the modes. Never throws: it only tidies up. */
export function removeTree(dir: string): void {
  try {
    if (process.getuid?.() !== 0) {
      makeWritable(dir);
    }
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A leftover in the temporary folder fails no test.
  }
}

/** Without write permission on a folder its entries cannot be removed (root may always). */
function makeWritable(dir: string): void {
  if (!lstatSync(dir).isDirectory()) {
    return;
  }
  chmodSync(dir, 0o700);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      makeWritable(join(dir, entry.name));
    }
  }
}
