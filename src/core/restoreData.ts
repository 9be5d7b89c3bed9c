import type { ChangeSide } from './change';
import type { CheckpointInfo } from './engineData';
import type { CheckpointId, RecordId, SnapshotId } from './ids';
import type { ExcludeRules, PathFailure, RestoreCounts } from './records';
import type { RelPath } from './tree';

/** How the files of a snapshot would come back. */
export interface RestorePlanParams {
  rev: string;
  /** Only these files and folders; absent: everything (for a scoped checkpoint: its scope). */
  paths?: RelPath[];
  /** Delete files that are not in the snapshot. */
  exact: boolean;
  rules: ExcludeRules;
  /** Bring what an editor or Git would run, too, out of a snapshot that came from elsewhere (H45). */
  includeRunnable?: boolean;
  /** At most this many items come back (default 5,000). */
  limit?: number;
}

export type PlanAction = 'create' | 'overwrite' | 'delete';

export interface PlanItem {
  action: PlanAction;
  path: RelPath;
  /** In the folder now, and in the snapshot. */
  live?: ChangeSide;
  target?: ChangeSide;
}

export interface RestorePlan {
  /** Names exactly this plan: `restore` refuses when the folder no longer fits it. */
  fingerprint: string;
  checkpoint: CheckpointInfo | null;
  snapshot: SnapshotId;
  paths: RelPath[] | null;
  exact: boolean;
  counts: { create: number; overwrite: number; delete: number; left: number; unchanged: number };
  /** Bytes that would be written. */
  bytes: number;
  items: PlanItem[];
  truncated: boolean;
  /**
   * Files that differ and would be left as they are: the snapshot came from elsewhere, and an editor or Git
   * would run them (H45). Empty with `includeRunnable`.
   */
  withheld: RelPath[];
}

export interface RestoreParams {
  rev: string;
  paths?: RelPath[];
  exact: boolean;
  rules: ExcludeRules;
  /** As in the plan. */
  includeRunnable?: boolean;
  /** From the plan a person agreed to; absent: restore whatever the folder is now. */
  fingerprint?: string;
}

export interface RestoreResult {
  /** The restore's record; null when there was nothing to do. */
  operation: RecordId | null;
  safety: CheckpointId | null;
  counts: RestoreCounts;
  failed: PathFailure[];
  conflicts: RelPath[];
  /** As in the plan; none where an interrupted restore was finished. */
  withheld: RelPath[];
  /**
   * Files that replaced one of another owner, or with special permission bits (set-uid, set-gid, sticky), and could
   * not be given the same (H46).
   */
  changedOwner: RelPath[];
}

export interface RestoreToParams {
  rev: string;
  /** Files or folders; absent: everything. */
  paths?: RelPath[];
  /**
   * `at`: into the existing folder `destination` under its own name, or to the exact path
   * `destination` (hitsave's restoreAt). `safe`: to a new folder below `destination` where nothing
   * can be overwritten (restoreSafe). There files whose names cannot stand get others (H28, H36).
   */
  mode: 'at' | 'safe';
  /** Absolute path. */
  destination: string;
  overwrite?: boolean;
  /**
   * Bring what an editor or Git would run, too, out of a snapshot from elsewhere (H45). Files that `paths` names
   * come in any case.
   */
  includeRunnable?: boolean;
  /** Of what would be left out: bring these. */
  bring?: RelPath[];
}

export interface RestoreToResult {
  /** Absolute path of what was restored. */
  path: string;
  written: number;
  bytes: number;
  failed: PathFailure[];
  /** Files that were left out because an editor or Git would run them. */
  withheld: RelPath[];
  /** `safe`: so many files and folders have another path than in the snapshot; `list` is a file that says which. */
  renamed: { count: number; list: string } | null;
  /** As of a restore in place. */
  changedOwner: RelPath[];
}
