import type { Fs } from '../disk/fs';
import { Flag, sameContentStat } from '../hashing/fileTable';
import { itemPath, itemRow, type SharedWork } from './sharedJob';

/** Compares the stats of known files and folders with the disk, and marks the rows that differ. */
export interface RecheckJob extends SharedWork {
  kind: 'recheck';
}

/** Looks at one path; never throws: what cannot be looked at has changed. */
export function recheckOne(fs: Fs, job: RecheckJob, item: number): void {
  const row = itemRow(job, item);
  let same = false;
  try {
    const stat = fs.lstat(itemPath(job, item));
    same =
      stat !== undefined &&
      sameContentStat(job.columns, row, stat) &&
      job.columns.modes[row] === stat.mode;
  } catch {
    same = false;
  }
  if (!same) {
    job.columns.flags[row]! |= Flag.CHANGED;
  }
}
