import { join } from 'node:path';
import { tempDir } from '../../support/tempDir';

/** Snapdir's folder of the user of these tests: which stores are theirs. The engine and the command share it. */
export const HOME = join(tempDir(), 'home');
