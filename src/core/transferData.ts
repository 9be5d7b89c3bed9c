import type { CheckpointInfo } from './engineData';
import type { CheckpointId, RecordId, SnapshotId } from './ids';
import type { PromotedCheckpoint } from './promotion/refEntry';
import type { PromotedChoice } from './promotion/promotedChoice';
import type { Preferred, PromotedConflict } from './promotion/promotedManifest';
import type { LastLeftOut, LeftOut, RestOfSnapshot, SecretsFound } from './promotion/leftOut';
import type { Origin } from './records';
import type { RelPath } from './tree';

/** Content by its checksum. */
export interface ContentRow {
  checksum: string;
  /** Bytes. */
  size: number;
}

/** So many rows come in one answer. */
export const ROWS_A_MESSAGE = 5_000;
/** So many bytes of content go in one message at most. */
export const CONTENT_BYTES = 1024 * 1024;

/** A promotion that is about to begin. */
export interface PromotionStart {
  snapshot: SnapshotId;
  /** null: a snapshot that no checkpoint has. */
  checkpoint: CheckpointId | null;
  details: PromotedCheckpoint | null;
  /** Files, and different contents, of the snapshot; bytes of those contents. */
  files: number;
  objects: number;
  bytes: number;
  manifestBytes: number;
  author: string;
  now: number;
  /** 16 hex digits, new. */
  nonce: string;
  /** Some more of them. */
  spare: string[];
  /** The nonce of the promotion of this name that this store saw last; null: none. */
  seen: string | null;
  /** What the name stood for here when that promotion was first fetched; null: nothing, or it was none that was fetched. */
  seenOver: SnapshotId | null;
  /** The nonce of the promotion of this name that was begun here last; null: none. */
  drafted: string | null;
  /** Something was being sent to this remote, and nothing tells that it all arrived: some of it may be there. */
  unfinished: boolean;
  /** Snapshots that were seen to be whole in this remote lately. */
  whole: Record<string, SeenWhole>;
}

/** That a snapshot was seen to be whole in a remote. */
export interface SeenWhole {
  /** When that was last, milliseconds since 1970. */
  at: number;
  /** How many different contents it has; 0: not known. */
  objects: number;
}

/** What of a snapshot has to be sent, or fetched. */
export interface ContentPage {
  /** The rows, as a `ContentTable` packs them. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Pass as `from` to get the next page; absent on the last one. */
  next?: number;
  /** What is left to send in all, and what is known to be there. */
  total: number;
  totalBytes: number;
  known: number;
}

/** A piece of an object to read. Without `offset`: whole. */
export interface ReadRow extends ContentRow {
  offset?: number;
  length?: number;
}

/** A piece of content to put in its place. `offset` 0 and the whole length: in one piece. */
export interface PlaceRow extends ContentRow {
  kind: 'objects' | 'manifests';
  offset: number;
  length: number;
}

/** A fetched checkpoint's record is written, when everything of it is there. */
export interface RecordFetchedParams {
  snapshot: SnapshotId;
  origin: Origin;
  message: string;
  tags: string[];
  links: PromotedCheckpoint['links'];
  /** A local name that is to stand for it; null: none. */
  ref: string | null;
}

export interface RecordedFetch {
  checkpoint: CheckpointInfo;
  /** false: this very checkpoint had been fetched before. */
  recorded: boolean;
  /** Whether the local name was left alone: a person here had set it, and not fetching. */
  kept: boolean;
}

export interface PromotedFile {
  path: string;
  exists: boolean;
  changed: boolean;
  promoted: { name: string; snapshot: SnapshotId }[];
}

/** Which manifest says what of a name in conflict; `side`: of Git's conflict in it. */
export interface PromotedClaim {
  name: string;
  snapshot: SnapshotId;
  /** Absolute. */
  path: string;
  side: 'ours' | 'theirs' | null;
}

export interface MergedPromotedFile {
  /** false: there are conflicts that nobody decided, and nothing was written. */
  settled: boolean;
  /** false also where it says so already. */
  written: boolean;
  names: number;
  conflicts: PromotedConflict[];
  /** What is said of the names in conflict, in the order of the files. */
  claims: PromotedClaim[];
  /** Whether it is known what both sides come from; without, a name that only one changed is a conflict, too. */
  base: boolean;
}

export interface ExportedCheckpoints {
  path: string;
  checkpoints: number;
  bytes: number;
}

export interface ImportedCheckpoints {
  imported: RecordId[];
  /** They were here before. */
  known: number;
  /** Their content is not here: fetch it first. */
  missing: { snapshot: SnapshotId; message: string; time: number }[];
  /**
   * They were taken here, as another snapshot than the file has: paths were forgotten on its side only, or the file is wrong.
   * Nothing of these was taken over. At most 500.
   */
  differing: { checkpoint: CheckpointId; message: string; time: number }[];
  /** So many names were set that were none here, and so many checkpoints that were here got tags. */
  named: number;
  tagged: number;
  /** Names that stand for another checkpoint here, and do so still. At most 500. */
  kept: KeptName[];
}

/** A name that an import found to be somebody else's here. */
export interface KeptName {
  name: string;
  /** What it stands for here, and what it would stand for as the file has it. */
  here: CheckpointId;
  there: CheckpointId;
}

/**
 * What the engine does for promoting and fetching. Each answer and each call fits one message. `remote` is a permanent
 * store's `id`. What is remembered of one says nothing of what it holds: that is asked of the store.
 */
export interface TransferMethods {
  /** Begins to promote a REV to a permanent store under a name. */
  startPromotion: {
    params: { rev: string; remote: string; name: string };
    result: PromotionStart;
  };
  /** Different contents of a snapshot, without those of the snapshots `less`. */
  listContent: {
    params: { snapshot: SnapshotId; less: SnapshotId[]; from?: number };
    result: ContentPage;
  };
  /**
   * Bytes of objects one after the other, at most {@link CONTENT_BYTES}. Whole ones are checked. `packed`: whole ones, as a
   * `ContentTable` packs them; it is handed over, and may be empty after that. `into`: memory that both threads see, which
   * they are written to; `bytes` is empty then.
   */
  readContent: {
    params: ({ rows: ReadRow[] } | { packed: Uint8Array<ArrayBuffer> }) & { into?: Uint8Array };
    result: { bytes: Uint8Array };
  };
  /** A piece of a manifest's text. `into`: as for `readContent`. */
  readManifestPiece: {
    params: { snapshot: SnapshotId; offset: number; length: number; into?: Uint8Array };
    result: { bytes: Uint8Array };
  };
  /** Which of these snapshots' manifests are here. `received`: also those that came without their content. */
  haveManifests: {
    params: { snapshots: SnapshotId[]; received?: boolean };
    result: SnapshotId[];
  };
  /**
   * Keeps a manifest that was placed, to compare it and look into it while its content is elsewhere. `known`: false
   * where it has to be placed first.
   */
  lookInto: {
    params: { snapshot: SnapshotId; links: PromotedCheckpoint['links'] };
    result: { known: boolean };
  };
  /** Keeps a checkpoint from retention, durably, before a permanent store's name stands for it. */
  pinPromotion: { params: { checkpoint: CheckpointId; name: string }; result: null };
  /** Remembers that content is being sent to the remote, or that all of it arrived. */
  noteSending: { params: { remote: string; underWay: boolean }; result: null };
  /** Remembers when a snapshot was seen to be whole in the remote; null: that is believed of none any more. */
  noteWhole: {
    params: { remote: string; snapshot: SnapshotId | null } & SeenWhole;
    result: null;
  };
  /** Remembers which promotion of a name was seen. `over`: what the name stood for here when it was fetched. */
  noteSeen: {
    params: { remote: string; name: string; nonce: string; over?: SnapshotId };
    result: null;
  };
  /** Remembers the nonce of a promotion before anybody can see it. */
  noteDraft: { params: { remote: string; name: string; nonce: string }; result: null };
  /** Looks for secrets in what would be sent, but for those that a person allowed for this remote. */
  findSecrets: {
    params: {
      snapshot: SnapshotId;
      less: SnapshotId[];
      remote: string;
      paths: boolean;
      /** Checksums of contents that the store is known to have: at most 1,000. */
      present?: string[];
    };
    result: SecretsFound;
  };
  /** Remembers that a person saw these and sends them to this remote all the same. */
  allowSecrets: { params: { remote: string; checksums: string[] }; result: null };
  /** Writes the manifest of a snapshot without some files: those at these paths, and all with these checksums. */
  leaveOut: {
    params: { snapshot: SnapshotId; checksums: string[]; paths: RelPath[] };
    result: RestOfSnapshot;
  };
  /** Which of these a person left out when this name was promoted before, and what the last such promotion was. */
  leftOutBefore: {
    params: { remote: string; name: string; found: LeftOut[] };
    result: { known: boolean[]; last: LastLeftOut | null };
  };
  /** Remembers that these were left out. */
  noteLeftOut: {
    params: { remote: string; name: string; found: LeftOut[]; last: LastLeftOut };
    result: null;
  };
  /** Puts pieces of fetched content in place, each checked whole before it can be seen. */
  placeContent: { params: { rows: PlaceRow[]; bytes: Uint8Array }; result: { placed: number } };
  /** What of a snapshot, whose manifest was placed, is not here. */
  missingContent: { params: { snapshot: SnapshotId; from?: number }; result: ContentPage };
  /** Makes it durable and records it, marked with where it came from. */
  recordFetched: { params: RecordFetchedParams; result: RecordedFetch };
  /** Reads `snapdir.json` and sets names in it; it is written only where it exists or `create` says so. */
  promotedFile: {
    params: { set: { name: string; snapshot: SnapshotId }[]; create: boolean };
    result: PromotedFile;
  };
  /**
   * Settles Git's conflict in `snapdir.json`, and puts other manifests into it. `files` are absolute; `snapdir.json`
   * itself comes first. `choices` goes before `prefer`. Needs no store.
   */
  mergePromotedFile: {
    params: { prefer: Preferred; files?: string[]; choices?: PromotedChoice[] };
    result: MergedPromotedFile;
  };
  /** What an unmerged file's sides come from, out of Git's index. `path` is absolute. */
  unmergedBase: { params: { path: string }; result: { bytes: Uint8Array | null } };
  /** Writes what is known of checkpoints as compressed JSON lines. `path` is absolute and new. */
  exportCheckpoints: { params: { path: string; revs?: string[] }; result: ExportedCheckpoints };
  /** Reads them back; each is marked as from elsewhere. */
  importCheckpoints: { params: { path: string }; result: ImportedCheckpoints };
}
