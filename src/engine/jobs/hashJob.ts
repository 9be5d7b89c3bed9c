import type { CancelSignal } from '../../base/abort';
import { shard } from '../../core/storeLayout';
import type { Fs } from '../disk/fs';
import { errnoOf, throwOwnLack } from '../disk/fsErrors';
import { hexOfWords, type DigestColumns } from '../store/digestTable';
import { checkFile } from './checkFile';
import { sharedState, Slot, type SharedState } from './sharedJob';
import { Found } from './surveyJob';

/** Reads each object of a table, by its name, and hashes it. Item = row. */
export interface HashJob extends SharedState {
  kind: 'hash';
  /** Absolute path of `.objects`. */
  root: string;
  known: DigestColumns;
  /** Row → bytes that the object should have. */
  sizes: Float64Array;
  /** Row → one of {@link Found}. */
  found: Uint8Array;
}

/** From this size on, on average, an object's bytes cost more than its system calls. */
const HEAVY_BYTES = 512 * 1024;

/** A job that hashes the objects of a table's first rows, as many as there are sizes. */
export function hashJob(root: string, known: DigestColumns, sizes: readonly number[]): HashJob {
  const shared = new Float64Array(new SharedArrayBuffer(8 * sizes.length));
  shared.set(sizes);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return {
    ...sharedState(sizes.length),
    ...{ kind: 'hash', root, known, sizes: shared, heavy: bytes > HEAVY_BYTES * sizes.length },
    found: new Uint8Array(new SharedArrayBuffer(sizes.length)),
  };
}

/** Checks one object. What cannot be read is damaged; what is not there stays 0. */
export function hashRow(fs: Fs, job: HashJob, row: number, signal?: CancelSignal): void {
  const hex = hexOfWords(job.known.words, 8 * row);
  const path = `${job.root}/${shard(hex)}`;
  const stopped = (): boolean =>
    signal?.aborted === true || Atomics.load(job.state, Slot.STOP) !== 0;
  try {
    const size = job.sizes[row]!;
    const whole = checkFile(fs, job, { path, hex, size, stopped }) >= 0;
    job.found[row] = whole ? Found.GOOD : Found.ODD;
  } catch (error) {
    throwOwnLack(error, 'read', path);
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    if (errno !== 'ENOENT') {
      job.found[row] = Found.ODD;
    }
  }
}
