import type { CheckpointId } from './ids';
import type { RelPath } from './tree';

/** Something in the store that is not as it should be. */
export interface VerifyProblem {
  kind:
    | 'object-missing'
    | 'object-damaged'
    | 'manifest-missing'
    | 'manifest-damaged'
    | 'record-damaged'
    /** It was the newest one here when somebody looked last: the store was changed from outside. */
    | 'record-missing';
  /** Checksum, snapshot id or record file name. */
  address: string;
  detail: string;
  /** A path that has this content, and the checkpoints that need it (at most 20). */
  path?: RelPath;
  checkpoints: CheckpointId[];
}

/** A checkpoint that cannot be restored whole. */
export interface DamagedCheckpoint {
  id: CheckpointId;
  time: number;
  message: string;
  /** Files whose content is missing or damaged, at most 20; none: the manifest itself is. */
  paths: RelPath[];
  /** How many files that are in all. */
  pathCount: number;
}

/** What a look at the store found. */
export interface VerifyResult {
  full: boolean;
  checkpoints: number;
  manifests: number;
  objects: number;
  /** Bytes that were hashed (full) or only sized (quick). */
  bytes: number;
  /** As many as fit one message. */
  problems: VerifyProblem[];
  /** How many there are in all. */
  problemCount: number;
  /** What the problems mean for the list: newest first, as many as fit one message. */
  damaged: DamagedCheckpoint[];
  damagedCount: number;
}

/** One stretch of a look at the store that is done bit by bit. */
export interface VerifySlice {
  /** The look came to its end with this stretch; the next call begins anew. */
  done: boolean;
  /** In this stretch. */
  objects: number;
  bytes: number;
  /** Problems known by now that `verify` has to look at: 0 means that nothing is wrong as far as one looked. */
  suspects: number;
}

/** Where content was found that mends the store. */
export type RepairSource = 'trash' | 'damaged' | 'folder' | 'store' | 'vault' | 'other-folder';

/** Something that is whole again. */
export interface Mended {
  kind: VerifyProblem['kind'];
  address: string;
  /** A path that has this content. */
  path?: RelPath;
  source: RepairSource;
  /** Absolute path of what it was copied from. */
  from: string;
}

/** What a repair did. */
export interface RepairResult {
  mended: Mended[];
  mendedCount: number;
  /** What no source had; as many as fit one message. */
  lost: VerifyProblem[];
  lostCount: number;
  /** Checkpoints that still cannot be restored whole. */
  damaged: DamagedCheckpoint[];
  damagedCount: number;
  /**
   * Absolute paths that could not be looked at, as many as fit one message: where something is lost, those that may have
   * it, and in any case the records of a copy of the store.
   */
  unread: string[];
  unreadCount: number;
}

/** A store that this user had here and that is gone, or the vault's copy of it. */
export interface VanishedStore {
  storeId: string;
  /** Whether the vault can bring it back. */
  inVault: boolean;
}

/** What the engine can say of a folder without looking into its store. */
export interface FolderStatus {
  exists: boolean;
  storeId: string | null;
  /** Why nothing may be written; null: it may. */
  readOnly: string | null;
  /** The store came from somewhere else: it is read-only until somebody adopts it. */
  foreign: boolean;
  /** There is no store, but there was one. */
  vanished: VanishedStore | null;
}

/** What was put into the vault, in this stretch of the work. */
export interface VaultSlice {
  /** Everything is in the vault. */
  done: boolean;
  records: number;
  objects: number;
  /** Bytes that had to be copied: the others share their blocks or their file with the store. */
  copiedBytes: number;
}

/** What came back. */
export interface RecoveredStore {
  storeId: string;
  records: number;
  manifests: number;
  objects: number;
  bytes: number;
  /** What the vault has damaged or not at all. */
  lostCount: number;
}

/** About how much a first snapshot of a folder would hold. */
export interface FolderEstimate {
  files: number;
  bytes: number;
  /** Everything was counted; otherwise there is more. */
  complete: boolean;
  /**
   * `home`: the home folder, or one above it; `desktop`: one of those in it that hold all sorts of things;
   * `disk`: the top of a disk; null: a folder like any other.
   */
  place: 'home' | 'desktop' | 'disk' | null;
}
