import type { Repository } from '../../app/repository';
import type { RelPath } from '../../core/tree';

/** What a person asked to have back. */
export interface RestoreQuestion {
  repository: Repository;
  rev: string;
  /** What people call the snapshot. */
  words: string;
  /** Absent: everything. */
  paths?: RelPath[];
}
