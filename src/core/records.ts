import type { CheckpointId, RecordId, SnapshotId } from './ids';
import type { LinkEntry, RelPath } from './tree';

/** What made a checkpoint. `safety`: taken by a restore before it touches anything. */
export type Trigger = 'manual' | 'safety' | 'auto' | 'cli' | 'agent' | 'import';

/** The exclude rules of a take. */
export interface ExcludeRules {
  /** Honour `.gitignore` files (the meaning of VS Code's `search.useIgnoreFiles`). Default true. */
  useIgnoreFiles: boolean;
  /** Globs, as in VS Code's `files.exclude` (setting `snapdir.exclude`). */
  patterns: string[];
  /** Drop every exclude but the store's own and other stores'. */
  noIgnore: boolean;
}

/** Why a path was not captured. */
export type SkipReason =
  | 'unreadable'
  | 'special-file'
  | 'unrepresentable-name'
  | 'too-large'
  | 'vanished'
  | 'nested-store'
  | 'other-file-system';

/** A path that could not be captured, listed by name. `path` is escaped where it is not valid text. */
export interface Skipped {
  path: string;
  reason: SkipReason;
  /** errno or other detail. */
  detail?: string;
}

/** Files changed against the parent (folders are not counted). */
export interface ChangeCounts {
  added: number;
  deleted: number;
  modified: number;
  renamed: number;
}

export interface TakeStats extends ChangeCounts {
  files: number;
  bytes: number;
}

interface RecordBase {
  v: 1;
  /** Milliseconds since 1970; never earlier than any record the writer had seen. */
  time: number;
  /** Who, as far as it is known: `user@host`. */
  author: string;
}

/** Where a checkpoint came from that was not taken here (H45). */
export interface Origin {
  /** The permanent store's URL without secrets, or the name of the file that it was imported from. */
  from: string;
  /** The promoted name there; null for an imported checkpoint. */
  name: string | null;
  /** Its record's id where it was taken; null where that is not known. */
  checkpoint: CheckpointId | null;
  /** When it was taken there, milliseconds since 1970, and by whom. */
  time: number;
  author: string;
}

/** A checkpoint was taken. */
export interface TakeRecord extends RecordBase {
  kind: 'take';
  snapshot: SnapshotId;
  parent: CheckpointId | null;
  message: string;
  tags: string[];
  trigger: Trigger;
  stats: TakeStats;
  /** Only these paths were looked at; everything else was carried over from the parent. */
  scope: RelPath[] | null;
  links: LinkEntry[];
  skipped: Skipped[];
  /** Files that changed while they were read: the bytes kept may mix two states. */
  unstable: RelPath[];
  rules: ExcludeRules;
  /** Acknowledged before it was on disk: a power cut may undo it. Absent: durable. */
  durability?: 'relaxed';
  /** Only paths that an editor had told of were looked at; a full look follows. */
  incremental?: boolean;
  /** It was fetched or imported; then the trigger is `import`. */
  origin?: Origin;
}

/** A path that a restore could not bring to its target state. */
export interface PathFailure {
  path: RelPath;
  /** A `FailureReason`; records of other versions may have other words. */
  reason: string;
}

export interface RestoreCounts {
  written: number;
  deleted: number;
  /** Files that are not in the snapshot and were left alone. */
  left: number;
  unchanged: number;
  failed: number;
}

/** Files in the folder were restored. Undo and redo of a restore are restores themselves. */
export interface RestoreRecord extends RecordBase {
  kind: 'restore';
  purpose: 'restore' | 'undo' | 'redo';
  /** The checkpoint whose state was asked for; null when only a snapshot id was given. */
  checkpoint: CheckpointId | null;
  snapshot: SnapshotId;
  /** The checkpoint that holds everything this restore overwrote or deleted. */
  safety: CheckpointId;
  /** HEAD before and after. */
  headBefore: CheckpointId | null;
  head: CheckpointId | null;
  /** null: the whole folder. */
  scope: RelPath[] | null;
  /** Extra files were deleted too. */
  exact: boolean;
  /** The record that this undoes or redoes. */
  reverses: RecordId | null;
  counts: RestoreCounts;
  failed: PathFailure[];
  /** Files changed during the restore: their bytes are kept at these paths. */
  conflicts: RelPath[];
}

/** A ref was set (promotion) or deleted (`checkpoint: null`). */
export interface RefRecord extends RecordBase {
  kind: 'ref';
  name: string;
  checkpoint: CheckpointId | null;
  previous: CheckpointId | null;
  /** Fetching set it: it says what a store's name stood for then, and nobody here gave it. */
  fetched?: boolean;
}

/** Tags of a checkpoint changed. */
export interface TagRecord extends RecordBase {
  kind: 'tag';
  checkpoint: CheckpointId;
  add: string[];
  remove: string[];
  /**
   * No tag changes: the checkpoint is about to get this name in a permanent store, so no retention takes it, whoever
   * wins and whatever is killed. A tag record, since a reader that does not know the field sees one that does nothing.
   */
  promoting?: string;
}

/** A checkpoint's message changed. */
export interface RenameRecord extends RecordBase {
  kind: 'rename';
  checkpoint: CheckpointId;
  message: string;
}

/**
 * How many automatic checkpoints stay: the newest ones, and the newest of each of the last hours, days and
 * weeks (UTC) that have any. Counts alone: a clock that jumped makes nothing old.
 */
export interface Retention {
  last: number;
  hourly: number;
  daily: number;
  weekly: number;
}

/** Why retention took checkpoints off the list. */
export interface Pruning {
  keep: Retention;
  /** It happened by itself, in idle time. */
  automatic: boolean;
}

/** Checkpoints were deleted from the list. Their content stays until garbage collection lets go of it. */
export interface DeleteRecord extends RecordBase {
  kind: 'delete';
  checkpoints: CheckpointId[];
  /** Nobody named them: retention did. Then it spares whatever has a name of its own. */
  prune?: Pruning;
  /** The take that this undoes. */
  reverses?: RecordId;
}

/** An operation (ref, tag, rename, delete, gc) was undone; of an undo: it was redone. */
export interface UndoRecord extends RecordBase {
  kind: 'undo';
  operation: RecordId;
}

/** Garbage was collected. All counts 0: nothing was set aside, and what had been before was deleted for good. */
export interface GcRecord extends RecordBase {
  kind: 'gc';
  objects: number;
  manifests: number;
  bytes: number;
  /** Folder below `trash/` that holds what was set aside. */
  trash: string;
}

/**
 * Paths were forgotten: what had these snapshots has the others from here on, which lack the paths (H62). It speaks
 * of the records before it. Many snapshots take several such records, each whole in itself.
 */
export interface ForgetRecord extends RecordBase {
  kind: 'forget';
  /** Files and folders, none of them below another one. */
  paths: RelPath[];
  /** By the snapshot that held one of the paths: the same without them. Itself: only links lie there, in takes' records. */
  replaced: Record<SnapshotId, SnapshotId>;
  /** By the same: how many files, and bytes of them, went out of it. */
  less?: Record<SnapshotId, Less>;
}

export interface Less {
  files: number;
  bytes: number;
}

/** One operation: written once, never changed (architecture §3). */
export type OperationRecord =
  | TakeRecord
  | RestoreRecord
  | RefRecord
  | TagRecord
  | RenameRecord
  | DeleteRecord
  | UndoRecord
  | GcRecord
  | ForgetRecord;
