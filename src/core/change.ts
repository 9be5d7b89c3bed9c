import type { ChangeCounts } from './records';
import type { RelPath } from './tree';

/** A: only right. D: only left. M: content, mode or kind differs. R: same content under another name. */
export type ChangeStatus = 'A' | 'D' | 'M' | 'R';
export type EntryKind = 'file' | 'dir' | 'link';

/** One side of a change. `checksum` for files (absent on a live file that was not hashed), `target` for links. */
export interface ChangeSide {
  kind: EntryKind;
  mode?: number;
  size?: number;
  checksum?: string;
  target?: string;
}

/** A difference between two trees. Directories are listed only where they are added, deleted or change mode. */
export interface Change {
  status: ChangeStatus;
  path: RelPath;
  /** The name on the left, for R. */
  oldPath?: RelPath;
  left?: ChangeSide;
  right?: ChangeSide;
}

export interface Comparison {
  /** Sorted by path; cut at the limit that was asked for. */
  changes: Change[];
  /** Over everything, not only over what `changes` holds. */
  counts: ChangeCounts;
  truncated: boolean;
}
