import { shard } from '../../core/storeLayout';
import type { Fs } from '../disk/fs';
import { hexOfWords, type DigestColumns } from '../store/digestTable';
import type { SharedState } from './sharedJob';
import { Found } from './surveyJob';

/** Looks whether each object of a table is there, with its size. Item = row. */
export interface SizesJob extends SharedState {
  kind: 'sizes';
  /** Absolute path of `.objects`. */
  root: string;
  known: DigestColumns;
  /** Row → bytes that the object should have. */
  sizes: Float64Array;
  /** Row → one of {@link Found}. */
  found: Uint8Array;
}

/** Looks at one object. */
export function sizeOne(fs: Fs, job: SizesJob, row: number): void {
  const stat = fs.lstat(`${job.root}/${shard(hexOfWords(job.known.words, 8 * row))}`);
  if (stat?.kind === 'file') {
    job.found[row] = stat.size === job.sizes[row] ? Found.GOOD : Found.ODD;
  }
}
