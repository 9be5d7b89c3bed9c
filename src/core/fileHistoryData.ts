import type { ChangeSide, ChangeStatus } from './change';
import type { CheckpointInfo } from './engineData';
import type { CheckpointId } from './ids';
import type { ChangeCounts } from './records';
import type { RelPath } from './tree';

/** Where a page of a history ended. What is in it is for the engine alone. */
export interface HistoryPlace {
  checkpoint: CheckpointId;
  /** The name that the file has there. */
  path: RelPath;
  /** What the file was before that: null when it was not there, absent when nothing told. */
  before?: ChangeSide | null;
}

/** What both histories are asked for. */
export interface HistoryParams {
  path: RelPath;
  /** At most this many versions (default 200). */
  limit?: number;
  /** From the page before. */
  from?: HistoryPlace;
  /** Milliseconds that may go into looking through older checkpoints; absent: as many as it takes. */
  ms?: number;
}

/** What both histories tell beside the versions. */
export interface HistoryPage {
  /** Pass as `from` for older versions; absent: there are none, or none are known yet. */
  next?: HistoryPlace;
  /** How many older checkpoints have not been looked through yet: ask again. */
  pending: number;
  /** Whether there are more than the index holds: then asking again brings nothing. */
  full: boolean;
  /** How many checkpoints were passed over, damaged as they are. */
  unreadable: number;
}

/** A checkpoint in which a file is not what it was in the one before. */
export interface FileVersion {
  checkpoint: CheckpointInfo;
  /** The checkpoint before in time, where the file was something else; null for the oldest of all. */
  previous: CheckpointId | null;
  /** A: it came. D: it went. M: its content differs. R: it came from `oldPath`. */
  status: ChangeStatus;
  /** The name that the file has here; for D, that it had. */
  path: RelPath;
  oldPath?: RelPath;
  /** For D: the content is there under this name. */
  movedTo?: RelPath;
  /** The name that the file has in the folder now, to which it was moved after HEAD. Only of the newest version. */
  movedSince?: RelPath;
  left?: ChangeSide;
  right?: ChangeSide;
}

/** The versions of one file, newest first. */
export interface FileHistory extends HistoryPage {
  versions: FileVersion[];
}

/** A checkpoint in which anything below a folder differs from the one before. */
export interface FolderVersion {
  checkpoint: CheckpointInfo;
  previous: CheckpointId | null;
  /** What moved in or out of the folder came or went. */
  counts: ChangeCounts;
}

/** The versions of one folder, newest first. */
export interface FolderHistory extends HistoryPage {
  versions: FolderVersion[];
}
