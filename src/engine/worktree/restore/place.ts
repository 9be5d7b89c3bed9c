import { isCancelled, throwIfCancelled } from '../../../base/abort';
import { SnapdirError } from '../../../core/errors';
import { baseName, parentOf } from '../../../core/paths';
import type { FailureReason } from '../../../core/failureReason';
import type { PathFailure } from '../../../core/records';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import type { Stat } from '../../disk/fs';
import { errnoOf } from '../../disk/fsErrors';
import type { Lease } from '../../disk/lease';
import type { FolderCursor } from '../../disk/safePath';
import type { FileTable } from '../../hashing/fileTable';
import type { Store } from '../../store/storeRoot';
import type { Journal } from './journal';
import type { PlacedFile } from './primeLook';
import type { Staged } from './staged';
import type { Staging } from './staging';
import type { Goal, NodeState, Step } from './steps';

/** Everything that one run of a restore shares. */
export interface Run {
  env: EngineEnv;
  store: Store;
  lease: Lease;
  control: Control;
  journal: Journal;
  staging: Staging;
  goal: Goal;
  cursor: FolderCursor;
  staged: Staged;
  /** Paths that could not be brought to their state, with the first reason. */
  failures: Map<RelPath, PathFailure>;
  /** What is known of files before they were displaced: then their bytes need no second look. */
  known: FileTable | undefined;
  /** Displaced files (names in `old/`) whose bytes were in the store when they were displaced. */
  trusted: Map<string, Stat>;
  /** Folders whose entries changed, for file systems that cannot be synced as a whole. */
  touched: Set<RelPath>;
  /** Files that were put in place and are still what was staged. */
  placed: Map<RelPath, PlacedFile>;
  /** Files that only got another mode. */
  changedModes: Set<RelPath>;
  /** Files that could not be given the owner of what they replaced. */
  changedOwner: RelPath[];
}

/** A step with its number in the journal, which names its staged file. */
export interface Numbered {
  n: number;
  path: RelPath;
  step: Step;
}

/** What the run wants at a step's path. */
export function wanted(run: Run, step: Step): NodeState | null {
  return step[run.goal];
}

/** Why a path could not be done, in data; words for it are made where it is shown. */
export function reasonOf(error: unknown): FailureReason {
  if (SnapdirError.is(error, 'UNSAFE_PATH')) {
    return error.data.reason;
  }
  return (
    (errnoOf(error) as `E${string}` | undefined) ??
    (SnapdirError.is(error) ? error.code : 'unknown')
  );
}

/**
 * Runs one path's part. Its failure is noted and the others go on; a lost lease, a cancellation and
 * program errors end the run.
 */
export function attempt(run: Run, path: RelPath, work: () => void): void {
  try {
    work();
  } catch (error) {
    const ofThisPath = errnoOf(error) !== undefined || SnapdirError.is(error, 'UNSAFE_PATH');
    if (isCancelled(error) || !ofThisPath) {
      throw error;
    }
    refuse(run, path, reasonOf(error));
  }
}

/** Notes that a path was left as it is. */
export function refuse(run: Run, path: RelPath, reason: FailureReason): void {
  if (!run.failures.has(path)) {
    run.failures.set(path, { path, reason });
  }
}

/** Goes to a path's folder and gives the path to use for system calls. */
export function locate(run: Run, path: RelPath): string {
  const prefix = run.cursor.enter(parentOf(path));
  return path === '' ? `${prefix}/.` : `${prefix}/${baseName(path)}`;
}

/** Notes that a folder's entries changed. */
export function touchFolder(run: Run, path: RelPath): void {
  run.touched.add(parentOf(path));
}

/** The fence before a destructive step: still the holder of the lease, still the same folders. */
export function fence(run: Run): void {
  run.lease.fence();
  run.cursor.recheck();
}

/** Looks whether the run was cancelled, and says how far it is. */
export function pace(run: Run, done: number, total: number): void {
  if (done % 256 === 0) {
    throwIfCancelled(run.control.signal);
    run.control.progress({ phase: 'write', done, total });
  }
}
