import { accessSync, constants, mkdtempSync, realpathSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../support/tempDir';

const ENOUGH_BYTES = 2 ** 30;
const made: string[] = [];

/** A new empty folder in memory where there is such a place (Linux), removed when the process ends. */
export function ramDir(): string {
  if (made.length === 0) {
    process.on('exit', () => made.forEach((dir) => removeTree(dir)));
  }
  const dir = mkdtempSync(join(realpathSync(place()), 'snapdir-test-'));
  made.push(dir);
  return dir;
}

function place(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    const { bavail, bsize } = statfsSync('/dev/shm');
    // Containers often have a few megabytes there.
    return bavail * bsize >= ENOUGH_BYTES ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}
