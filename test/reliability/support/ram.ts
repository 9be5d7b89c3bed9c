import { accessSync, constants, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../support/tempDir';

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
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
