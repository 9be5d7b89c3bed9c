import type { UndoObstacle } from './undoObstacle';

/**
 * Every failure that a person can meet, by its stable code, with the data that its message needs.
 * Codes are a contract: renaming one is a breaking change. Secrets never enter the data.
 */
export interface ErrorData {
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
  /** Text that is not what it should be (manifest, record, FORMAT, journal). */
  PARSE: { what: string; line?: number; reason: string };
  /** A manifest made with another hash function than plain BLAKE3. */
  UNSUPPORTED_HASH: { what: string; reason: string };
  /** A path that must never be written or read (leaves the folder, protected name, …). */
  UNSAFE_PATH: { path: string; reason: string };
  /** A name for a ref or tag that is not allowed. */
  INVALID_NAME: { name: string; reason: string };
  /** A wrong argument of a command or setting. */
  INVALID_ARGUMENT: { argument: string; reason: string };
  /** The folder to snapshot is not there or is not a folder. */
  FOLDER_NOT_FOUND: { path: string };
  /** There is no `.snapdir` where one is needed. */
  STORE_NOT_FOUND: { path: string };
  /** `.snapdir` is a link, a file, or not owned by this user. */
  STORE_UNSAFE: { path: string; reason: string };
  /** The store came with the folder: it is read-only until this user adopts it. */
  FOREIGN_STORE: { path: string };
  /** There is no copy of the store outside of the folder, or no place for one. */
  NO_VAULT: { path: string };
  /** Content that a restore needs is missing or damaged; nothing was touched. `paths`: at most 20 of `count`. */
  SNAPSHOT_DAMAGED: { snapshot: string; paths: string[]; count: number };
  /** The store was written by a newer version: it can be read only. */
  UNSUPPORTED_FORMAT: { found: string; supported: string };
  /** The store cannot be written. */
  READ_ONLY: { path: string };
  /** Another process holds the lease for something destructive. */
  STORE_BUSY: { operation: string; owner: string; since: number };
  /** A restore target that is refused (`/`, home, the store itself, …). */
  UNSAFE_TARGET: { path: string; reason: string };
  /** `restoreAt` with something in the way, or a suffix that does not fit. */
  TARGET_EXISTS: { path: string };
  SUFFIX_MISMATCH: { path: string; expected: string };
  /** The folder changed between the plan that a person saw and the restore. */
  PLAN_CHANGED: { reason: string };
  /** A restore was interrupted and has to be finished or undone first. */
  RESTORE_PENDING: { journal: string };
  /** Names in the snapshot collide or cannot exist on this file system. */
  NAME_COLLISION: { paths: string[]; reason: string };
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
  WORKER_CRASHED: { reason: string };
  /** The method needs a trusted workspace. */
  NOT_TRUSTED: { operation: string };
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
