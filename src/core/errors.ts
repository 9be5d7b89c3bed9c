import type {
  ArgumentCauses,
  CaFileCauses,
  Cause,
  CertificateProblem,
  EndpointCauses,
  KeyCauses,
  NoS3Causes,
  StoreCauses,
  StoreOperation,
  ThreadCauses,
  Told,
  UrlCauses,
} from './causes';
import type { PromotionErrorData } from './promotion/promotionErrors';
import type {
  NameProblem,
  OutsideText,
  ParseProblem,
  PathProblem,
  PlanChange,
  StoreProblem,
  TargetProblem,
} from './reasons';
import type { UndoObstacle } from './undoObstacle';

/**
 * Every failure that a person can meet, by its stable code, with the data that its message needs.
 * Codes are a contract: renaming one is a breaking change. Secrets never enter the data.
 */
export interface ErrorData extends PromotionErrorData {
  /** No checkpoint, snapshot, ref, tag or time matches what was asked for. */
  REV_NOT_FOUND: { rev: string };
  /** An id prefix that fits several. */
  REV_AMBIGUOUS: { rev: string; candidates: string[] };
  /** A path that the snapshot does not hold. */
  PATH_NOT_FOUND: { path: string; rev: string };
  /** The store has no manifest for this snapshot. */
  MANIFEST_NOT_FOUND: { snapshot: string };
  /** The store has no object with this checksum. */
  OBJECT_NOT_FOUND: { checksum: string; path?: string };
  /** Stored bytes do not match their address. */
  INTEGRITY: { address: string; expected: string; actual: string; path?: string };
  /**
   * Text that is not what it should be (manifest, record, FORMAT, journal). `why`: where a person can mend it; `file`:
   * where it is none of the local store's.
   */
  PARSE: { what: string; line?: number; reason: string; why?: ParseProblem; file?: OutsideText };
  /** A manifest made with another hash function than plain BLAKE3. */
  UNSUPPORTED_HASH: { what: string; reason: string };
  /** A path that must never be written or read (leaves the folder, protected name, …). */
  UNSAFE_PATH: { path: string; reason: PathProblem; name?: string };
  /** A name for a ref or tag that is not allowed. */
  INVALID_NAME: { name: string; reason: NameProblem; what?: 'ref' | 'tag' };
  /** A wrong argument of a command or setting. */
  INVALID_ARGUMENT: { argument: string; reason: Cause<ArgumentCauses> };
  /** The folder to snapshot is not there or is not a folder. */
  FOLDER_NOT_FOUND: { path: string };
  /** There is no `.snapdir` where one is needed. */
  STORE_NOT_FOUND: { path: string };
  /** `.snapdir` is a link, a file, or not owned by this user. */
  STORE_UNSAFE: { path: string; reason: StoreProblem; kind?: string };
  /** The store came with the folder: it is read-only until this user adopts it. */
  FOREIGN_STORE: { path: string };
  /** There is no copy of the store outside of the folder, or no place for one. */
  NO_VAULT: { path: string };
  /** Content that a restore needs is missing or damaged; nothing was touched. `paths`: at most 20 of `count`. */
  SNAPSHOT_DAMAGED: { snapshot: string; paths: string[]; count: number };
  /** Nobody can tell what these snapshots hold; nothing was done. `checkpoints`: at most 20 of `count`. */
  SNAPSHOTS_UNREADABLE: { checkpoints: string[]; count: number };
  /** The store (or `file`) was written by a newer version: the store can be read only, the file not at all. */
  UNSUPPORTED_FORMAT: { found: string; supported: string; file?: OutsideText };
  /** The store cannot be written. */
  READ_ONLY: { path: string };
  /** Another process holds the lease for something destructive. */
  STORE_BUSY: { operation: string; owner: string; since: number };
  /** A restore target that is refused (`/`, home, the store itself, …). */
  UNSAFE_TARGET: { path: string; reason: TargetProblem; name?: string };
  /** `restoreAt` with something in the way, or a suffix that does not fit. */
  TARGET_EXISTS: { path: string; for?: 'export' };
  SUFFIX_MISMATCH: { path: string; expected: string };
  /** The folder changed between the plan that a person saw and the restore. */
  PLAN_CHANGED: { reason: PlanChange };
  /** A restore was interrupted and has to be finished or undone first. */
  RESTORE_PENDING: { journal: string };
  /** The file system takes names in the snapshot for one. */
  NAME_COLLISION: { paths: string[] };
  /** There is nothing to undo or redo. */
  NOTHING_TO_UNDO: { what: 'undo' | 'redo' };
  /** This operation cannot be undone or redone; `obstacle` is an `UndoObstacle`. */
  CANNOT_UNDO: { operation: string; what: 'undo' | 'redo'; obstacle: UndoObstacle };
  /** No restore was interrupted. */
  NOTHING_TO_RECOVER: { path: string };
  /** Not enough space: `missing` in bytes where it is known; or (`quota`) this user's share of it is used up. */
  DISK_FULL: { path: string; missing?: number; quota?: true };
  /** Any other error of the file system. */
  IO: { operation: string; path: string; errno: string };
  /** A worker thread died. */
  WORKER_CRASHED: { reason: Cause<ThreadCauses> };
  /** The method needs a trusted workspace. */
  NOT_TRUSTED: { operation: string };
  // Permanent stores. `store`: the remote's name, or its URL; `host`: where requests went; `key`: in the store.
  /** No keys for a store were found. */
  REMOTE_NO_CREDENTIALS: { store: string; host: string };
  /** ~/.aws has no such profile. */
  REMOTE_PROFILE_NOT_FOUND: { store: string; profile: string; known: string[] };
  /** Nobody is signed in (single sign-on), or no longer. */
  REMOTE_SIGN_IN: { store: string; profile: string };
  /** A program that should give keys (`credential_process`) or their source failed. */
  REMOTE_CREDENTIALS_FAILED: { store: string; reason: Cause<KeyCauses> };
  /** Temporary keys are no longer valid. */
  REMOTE_SESSION_EXPIRED: { store: string; host: string };
  /** The secret does not belong to the key id. */
  REMOTE_WRONG_SECRET: { store: string; host: string };
  /** The store does not know the key id. */
  REMOTE_UNKNOWN_KEY: { store: string; host: string };
  /** The keys do not allow it; `permission` as policies name it (`s3:PutObject`). */
  REMOTE_DENIED: { store: string; bucket: string; permission: string };
  REMOTE_BUCKET_NOT_FOUND: { store: string; host: string; bucket: string };
  /** There is no such folder where a `file:` store is to be. */
  REMOTE_FOLDER_NOT_FOUND: { store: string; path: string };
  /** Nothing is promoted into a folder where Snapdir works (`.snapdir`), or below one: what it does not know goes there. */
  REMOTE_WORKING_STORE: { store: string; path: string };
  /** The bucket is in another region; `region` where the store says which. */
  REMOTE_WRONG_REGION: { store: string; bucket: string; used: string; region?: string };
  /** This machine's clock and the store's differ too much; `minutes` where known, positive: ours is ahead. */
  REMOTE_CLOCK_SKEW: { store: string; host: string; minutes?: number };
  REMOTE_UNREACHABLE: { store: string; host: string; reason: 'refused' | 'name' | 'network' };
  REMOTE_TIMEOUT: { store: string; host: string; seconds: number };
  /** A connection broke, again and again. `tryTls`: it was not encrypted, and perhaps should have been. */
  REMOTE_CONNECTION_LOST: { store: string; host: string; tryTls: boolean };
  /** `https://` to a server that does not encrypt. */
  REMOTE_NOT_TLS: { store: string; host: string };
  /** Both sides speak TLS, but found no agreement; `reason` as OpenSSL has it. */
  REMOTE_TLS_FAILED: { store: string; host: string; reason: Told };
  REMOTE_CERTIFICATE: { store: string; host: string; reason: CertificateProblem };
  REMOTE_CA_FILE: { store: string; path: string; reason: Cause<CaFileCauses> };
  /** `store`: where it is in the settings of one. */
  REMOTE_URL_INVALID: { url: string; reason: Cause<UrlCauses>; store?: string };
  /** `from`: the variable of the environment that says so, or the AWS profile, where it is not the store's settings. */
  REMOTE_ENDPOINT_INVALID: {
    store: string;
    endpoint: string;
    reason: Cause<EndpointCauses>;
    from?: { variable: string } | { profile: string };
  };
  /** An endpoint elsewhere that does not encrypt, which the remote does not allow. */
  REMOTE_INSECURE: { store: string; endpoint: string };
  /** Something answers there, but no S3 (a sign-in page, a proxy, a website). */
  REMOTE_NOT_S3: { store: string; host: string; reason: Cause<NoS3Causes> };
  /** The store asked to slow down until we gave up. */
  REMOTE_SLOW_DOWN: { store: string; host: string };
  /** The store has no such content. */
  REMOTE_KEY_NOT_FOUND: { store: string; key: string };
  /** Fewer bytes came than were announced. */
  REMOTE_TRUNCATED: { store: string; key: string; expected: number; actual: number };
  /** What came is not what the key says. */
  REMOTE_INTEGRITY: { store: string; key: string; expected: string; actual: string };
  /** The store cannot keep conditions on writes. */
  REMOTE_NO_CONDITIONS: { store: string };
  /** A condition on a write did not hold: somebody else was first. */
  REMOTE_CONFLICT: { store: string; key: string };
  /** The content is in an archive and has to be fetched from it first. */
  REMOTE_ARCHIVED: { store: string; key: string };
  /** A proxy on the way refused. */
  REMOTE_PROXY: { store: string; host: string; status?: number };
  /** `disk`: not its settings say so, but the disk that it is on. */
  REMOTE_READ_ONLY: { store: string; disk?: true };
  /** No space is left in the store, or a quota is used up. */
  REMOTE_FULL: { store: string };
  /** Any other answer that means failure. */
  REMOTE_FAILED: {
    store: string;
    operation: StoreOperation;
    reason: Cause<StoreCauses>;
    status?: number;
  };
}

export type ErrorCode = keyof ErrorData;

/** How an error crosses a thread. */
export interface SerializedError {
  code: ErrorCode;
  data: unknown;
  message: string;
  stack?: string;
}

/** The one error class for what a person can meet. Branch on `code` through {@link SnapdirError.is}. */
export class SnapdirError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly data: ErrorData[C];

  constructor(code: C, data: ErrorData[C], options?: { cause?: unknown }) {
    super(`${code}: ${JSON.stringify(data)}`, options);
    this.name = 'SnapdirError';
    this.code = code;
    this.data = data;
  }

  /** Whether `error` is a SnapdirError (with this code); narrows `data`. */
  static is<C extends ErrorCode>(error: unknown, code?: C): error is SnapdirError<C> {
    return error instanceof SnapdirError && (code === undefined || error.code === code);
  }

  toJSON(): SerializedError {
    return {
      code: this.code,
      data: this.data,
      message: this.message,
      ...(this.stack === undefined ? {} : { stack: this.stack }),
    };
  }

  static fromJSON(json: SerializedError): SnapdirError {
    const error = new SnapdirError(json.code, json.data as ErrorData[ErrorCode]);
    if (json.stack !== undefined) {
      error.stack = json.stack;
    }
    return error;
  }
}
