import type { CancelSignal } from '../base/abort';
import type { Change, Comparison } from './change';
import type {
  CheckpointInfo,
  FileInfo,
  FilePatchParams,
  GcResult,
  RepositoryLocation,
  ResolvedRev,
  StoreStats,
  TakeParams,
  TakeResult,
  TimelinePage,
  TimelineParams,
  CompareParams,
} from './engineData';
import type { ForgetParams, ForgetResult } from './forgetData';
import type { FileHistory, FolderHistory, HistoryParams } from './fileHistoryData';
import type {
  FolderEstimate,
  FolderStatus,
  RecoveredStore,
  RepairResult,
  VaultSlice,
  VerifyResult,
  VerifySlice,
} from './repairData';
import type { CheckpointId, RecordId, SnapshotId } from './ids';
import type {
  OperationPage,
  PruneParams,
  PruneResult,
  UndoParams,
  UndoPlan,
  UndoResult,
} from './operationData';
import type { ExcludeRules, Skipped } from './records';
import type {
  RestoreParams,
  RestorePlan,
  RestorePlanParams,
  RestoreResult,
  RestoreToParams,
  RestoreToResult,
} from './restoreData';
import type { TransferMethods } from './transferData';
import type { RelPath } from './tree';

// Who uses the port needs its data, too: one import for both.
export type * from './engineData';
export type * from './restoreData';
export type * from './repairData';
export type * from './fileHistoryData';
export type * from './forgetData';
export type * from './operationData';
export type * from './promotion/leftOut';
export type * from './transferData';
export type { UndoObstacle } from './undoObstacle';

/** Every operation of the engine: its parameters and its result. Plain data only: it crosses threads. */
export interface EngineMethods extends TransferMethods {
  /** Whether the folder has a store, without making one. */
  status: { params: object; result: FolderStatus };
  /** About how much a first snapshot would hold, counted for at most `ms` milliseconds. `folder`: only there. */
  estimate: {
    params: { rules: ExcludeRules; maxFileSize?: number; folder?: RelPath; ms: number };
    result: FolderEstimate;
  };
  /** Says that this user trusts the store that came with the folder. Its caches and journals are thrown away. */
  adopt: { params: object; result: { storeId: string; records: number } };
  take: { params: TakeParams; result: TakeResult };
  timeline: { params: TimelineParams; result: TimelinePage };
  resolve: { params: { rev: string }; result: ResolvedRev };
  /** Newest first. */
  operations: { params: { limit?: number; before?: RecordId }; result: OperationPage };
  /** What was skipped and unstable in one checkpoint, by name. */
  checkpointDetails: {
    params: { id: CheckpointId };
    result: { skipped: Skipped[]; unstable: RelPath[]; rules: ExcludeRules };
  };
  compare: { params: CompareParams; result: Comparison };
  /**
   * A change as git writes it, UTF-8; empty where a patch has no words for it. `binary`: a file is no text;
   * `tooLarge`: a file is above 64 MiB, and only said to differ.
   */
  filePatch: {
    params: FilePatchParams;
    result: { bytes: Uint8Array; binary: boolean; tooLarge: boolean };
  };
  /** Which of these changes have a file that is no text on one of its sides. */
  binaryFiles: {
    params: { left: string; right: string; changes: Change[] };
    result: { paths: RelPath[] };
  };
  /** The versions of a file, newest first, moves followed. */
  fileHistory: { params: HistoryParams; result: FileHistory };
  /** The checkpoints in which anything below a folder differs, newest first. */
  folderHistory: { params: HistoryParams; result: FolderHistory };
  /**
   * Looks for about `ms` milliseconds through at most `most` checkpoints that histories know nothing of yet.
   * `pending`: how many are left.
   */
  indexChanges: { params: { ms?: number; most?: number }; result: { pending: number } };
  /** A file's bytes, checked against its checksum. */
  readFile: { params: { rev: string; path: RelPath }; result: { bytes: Uint8Array; mode: number } };
  stat: { params: { rev: string; path: RelPath }; result: FileInfo };
  readDir: { params: { rev: string; path: RelPath }; result: FileInfo[] };
  /** The manifest's text as UTF-8, and its id, of a REV or of the live folder (nothing is written). */
  manifest: {
    params: { rev: string; rules: ExcludeRules; excludeRegex?: string };
    result: { bytes: Uint8Array; id: SnapshotId; skipped: Skipped[] };
  };
  planRestore: { params: RestorePlanParams; result: RestorePlan };
  restore: { params: RestoreParams; result: RestoreResult };
  restoreTo: { params: RestoreToParams; result: RestoreToResult };
  /**
   * What `restoreTo` would leave out because an editor or Git would run it; `elsewhere`: whether the snapshot may be
   * somebody else's (H45). `folders` would hold nothing else, and stay away with them.
   */
  runnableFiles: {
    params: Pick<RestoreToParams, 'rev' | 'paths' | 'overwrite'>;
    result: { elsewhere: boolean; files: RelPath[]; folders: RelPath[] };
  };
  /** Content by its checksum alone, to a new file. `destination` is an absolute path. */
  restoreObject: {
    params: { checksum: string; destination: string };
    result: { path: string; bytes: number };
  };
  /** What undo or redo would do. */
  planUndo: {
    params: { what: 'undo' | 'redo'; rules: ExcludeRules; limit?: number };
    result: RestorePlan & { operation: RecordId };
  };
  undo: {
    params: {
      what: 'undo' | 'redo';
      rules: ExcludeRules;
      operation?: RecordId;
      fingerprint?: string;
    };
    result: RestoreResult;
  };
  /** What undoing or redoing operations of any kind would do. */
  planUndoOperations: { params: UndoParams & { limit?: number }; result: UndoPlan };
  undoOperations: { params: UndoParams & { fingerprint?: string }; result: UndoResult };
  /** Finishes or undoes a restore that was interrupted. */
  recoverRestore: {
    params: { action: 'finish' | 'undo'; rules: ExcludeRules };
    result: RestoreResult;
  };
  setRef: {
    params: { name: string; rev: string | null };
    result: { changed: boolean; checkpoint: CheckpointId | null };
  };
  tag: { params: { rev: string; add?: string[]; remove?: string[] }; result: CheckpointInfo };
  rename: { params: { rev: string; message: string }; result: CheckpointInfo };
  delete: {
    params: { revs: string[] };
    result: { deleted: CheckpointId[]; head: CheckpointId | null };
  };
  /** Takes automatic checkpoints off the list that a retention does not keep. */
  prune: { params: PruneParams; result: PruneResult };
  /** Takes paths out of every snapshot, and what nothing else needs off the disk, for good. Cannot be undone. */
  forget: { params: ForgetParams; result: ForgetResult };
  verify: { params: { full: boolean }; result: VerifyResult };
  /**
   * Looks at the store for about `ms` milliseconds and goes on at the next call. `quick`: sizes, begins anew
   * in each process; `full`: every byte, its place is kept in the store's cache.
   */
  verifySlice: { params: { depth: 'quick' | 'full'; ms: number }; result: VerifySlice };
  /**
   * Mends what `verify` finds, out of the trash, the folder, the vault and `from`: absolute paths of other
   * stores or folders. Every byte is checked before it is placed.
   */
  repair: { params: { full: boolean; from?: string[]; rules: ExcludeRules }; result: RepairResult };
  /**
   * Copies into the vault what it has not got, for about `ms` milliseconds; makes the vault when there is none.
   * `all`: the content of snapshots that it has is looked for, too.
   */
  keepVault: { params: { ms: number; all?: boolean }; result: VaultSlice };
  /** Brings a store that is gone back out of the vault, or what is missing in it. Every byte is checked. */
  recoverStore: { params: object; result: RecoveredStore };
  /** `force`: also on a network file system. */
  collectGarbage: {
    params: { dryRun: boolean; graceMs?: number; force?: boolean };
    result: GcResult;
  };
  stats: { params: object; result: StoreStats };
}

export type EngineMethod = keyof EngineMethods;

/** Parts of promoting and fetching: looking for secrets, at what the remote has, sending, receiving. */
export type TransferPhase = 'secrets' | 'compare' | 'send' | 'receive';

/** How far long work is. `total` is 0 while it is not known yet. */
export interface Progress {
  phase:
    | 'scan'
    | 'read'
    | 'sync'
    | 'plan'
    | 'check'
    | 'write'
    | 'verify'
    | 'mark'
    | 'sweep'
    | TransferPhase;
  done: number;
  total: number;
  bytes?: number;
  totalBytes?: number;
}

/** What a caller may add to a call. */
export interface CallContext {
  /** An `AbortSignal` fits. */
  signal?: CancelSignal & {
    addEventListener?(type: 'abort', listener: () => void): void;
    removeEventListener?(type: 'abort', listener: () => void): void;
  };
  onProgress?(progress: Progress): void;
}

/**
 * The port to everything that touches the local disk, for one repository. Implemented by
 * `engine/worker/engineClient.ts` (worker threads) and, in tests, by calling the engine directly.
 * Every method rejects with a `SnapdirError`, or an `AbortError` when it was cancelled.
 */
export type Engine = {
  readonly [M in EngineMethod]: (
    params: EngineMethods[M]['params'],
    context?: CallContext,
  ) => Promise<EngineMethods[M]['result']>;
} & { readonly location: RepositoryLocation; close(): Promise<void> };
