import type { Change } from './change';
import type { CheckpointId, RecordId, SnapshotId } from './ids';
import type {
  ChangeCounts,
  ExcludeRules,
  Origin,
  RestoreCounts,
  Skipped,
  TakeStats,
  Trigger,
} from './records';
import type { Damaged } from './reasons';
import type { RelPath } from './tree';

/** Where one repository is. */
export interface RepositoryLocation {
  /** Absolute path of the folder. */
  root: string;
  /** Absolute path of the store; `<root>/.snapdir` when absent. */
  store?: string;
}

/** A checkpoint as lists show it. */
export interface CheckpointInfo {
  id: CheckpointId;
  snapshot: SnapshotId;
  parent: CheckpointId | null;
  time: number;
  message: string;
  author: string;
  tags: string[];
  trigger: Trigger;
  stats: TakeStats;
  scope: RelPath[] | null;
  /** How many paths could not be captured, and how many changed while they were read. */
  skipped: number;
  unstable: number;
  /** Names of the refs that point here, sorted. */
  refs: string[];
  isHead: boolean;
  /** Where it came from, when it was not taken here. */
  origin?: Origin;
  /** Why the snapshot cannot be relied on (its manifest or content is missing or damaged), where that is known. */
  damaged?: Damaged;
  /** The parent, where another line had gone on from it before this one. */
  branchOf?: { id: CheckpointId; time: number; message: string };
  /** How many lines go on from here, where it is more than one. */
  forks?: number;
  /** On another line than HEAD: neither before nor after it. */
  aside?: true;
}

/** What restricts a list of checkpoints. All given conditions must hold. */
export interface TimelineFilter {
  text?: string;
  tag?: string;
  ref?: string;
  triggers?: Trigger[];
  /** Milliseconds, inclusive. */
  since?: number;
  until?: number;
  /** A file or folder that the checkpoint changed against the one before in time, itself or something below it. */
  path?: RelPath;
}

export interface TimelineParams {
  /** At most this many come back (default 100). */
  limit?: number;
  /** The last checkpoint of the page before; it may have been deleted since. */
  before?: CheckpointId;
  filter?: TimelineFilter;
  /** Default: newest first. */
  order?: 'newest' | 'oldest';
  /** The page is as long as it takes to hold this one too, where it matches. */
  through?: CheckpointId;
  /**
   * For about how many milliseconds `filter.path` may be looked for; absent: until all is known. What was found is
   * kept, so asking again goes on from there.
   */
  ms?: number;
}

export interface TimelinePage {
  /** In the order that was asked for. */
  checkpoints: CheckpointInfo[];
  /** Pass as `before` to get the next page; absent on the last one. */
  next?: CheckpointId;
  head: CheckpointId | null;
  /** Whether a listed checkpoint is of the whole folder, and was taken here. */
  wholeTaken: boolean;
  /** How many checkpoints match in all, as far as they were looked at. */
  total: number;
  /** How many were not looked at yet for `filter.path`; absent: none. */
  unread?: number;
  /** There is so much in the snapshots that those will not be looked at; absent: asking again goes on. */
  full?: true;
  refs: Record<string, CheckpointId>;
  /** Those of `refs` that stand for what was fetched from a store (`store/name`); absent: none. */
  fetched?: string[];
  tags: string[];
  /** The restore that `undo` would undo, and the one that `redo` would bring back. */
  undoable: RestoreOperation | null;
  redoable: RestoreOperation | null;
  /** The operation of any kind that undo, and redo, without a name would take. */
  undo: RecordId | null;
  redo: RecordId | null;
  /** A restore that was interrupted and must be finished or undone first. */
  pendingRestore: PendingRestore | null;
}

export interface RestoreOperation {
  id: RecordId;
  time: number;
  checkpoint: CheckpointId | null;
  scope: RelPath[] | null;
  counts: RestoreCounts;
}

export interface PendingRestore {
  journal: string;
  checkpoint: CheckpointId | null;
  scope: RelPath[] | null;
  started: number;
}

/** A revision resolved: the live folder, or a snapshot (with its checkpoint where there is one). */
export type ResolvedRev =
  { kind: 'live' } | { kind: 'snapshot'; snapshot: SnapshotId; checkpoint: CheckpointInfo | null };

export interface TakeParams {
  message?: string;
  tags?: string[];
  trigger: Trigger;
  /** Look only at these paths; the rest is carried over from HEAD. */
  scope?: RelPath[];
  rules: ExcludeRules;
  /** Files above this many bytes are skipped (and listed). 0 or absent: no limit. */
  maxFileSize?: number;
  /** Read every file again, whatever the stat cache says. */
  rehash?: boolean;
  /**
   * `durable`: on disk when it is acknowledged, whatever happens then. `relaxed`: a power cut in the next
   * half minute may take it back, as a whole. Default: relaxed for `auto` without tags, else durable.
   */
  durability?: 'durable' | 'relaxed';
  /**
   * Nothing but what is at these paths, or below them, changed since the last take of this engine: then
   * nothing else is looked at. From somebody who watches the folder; absent: look at everything.
   */
  changed?: RelPath[];
  /** Record nothing when the folder is as in the last checkpoint. */
  onlyIfChanged?: boolean;
}

export interface TakeResult {
  /** The new checkpoint; with `onlyIfChanged` and no change, the last one. */
  checkpoint: CheckpointInfo;
  /** false: there was nothing to record. */
  recorded: boolean;
  /** Against the parent. */
  changes: ChangeCounts;
  skipped: Skipped[];
  unstable: RelPath[];
  /** How many files were read, and how many objects and bytes were new in the store. */
  read: number;
  newObjects: number;
  newBytes: number;
  /** Only what `changed` named was looked at. */
  incremental: boolean;
}

export interface CompareParams {
  /** REVs (see `core/rev.ts`); `live` is the folder; `empty` is the tree without files. */
  left: string;
  right: string;
  /** Only below these paths. */
  paths?: RelPath[];
  /** At most this many changes come back (default 5,000). */
  limit?: number;
  offset?: number;
  rules: ExcludeRules;
}

/** One change of a comparison, as a patch. */
export interface FilePatchParams {
  /** The sides of the comparison that the change is from. */
  left: string;
  right: string;
  change: Change;
  /** Files that are no text come as git's binary patches; otherwise they are only said to differ. */
  binary: boolean;
}

export interface GcResult {
  dryRun: boolean;
  /** Set aside now (or, in a dry run, what would be). */
  objects: number;
  manifests: number;
  bytes: number;
  /** Deleted for good out of earlier trash. */
  purgedObjects: number;
  purgedBytes: number;
  /** Unreferenced, but too young to touch. */
  tooYoung: number;
  /** Files and folders that processes which died had left in `tmp/`, and beside restores to other disks. */
  leftovers: number;
}

export interface StoreStats {
  checkpoints: number;
  refs: number;
  head: CheckpointId | null;
  objects: number;
  manifests: number;
  /** Bytes of object contents, and of everything in the store. */
  objectBytes: number;
  storeBytes: number;
}

export interface FileInfo {
  path: RelPath;
  kind: 'file' | 'dir' | 'link';
  size: number;
  mode: number;
  checksum?: string;
  target?: string;
}
