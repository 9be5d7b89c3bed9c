import type {
  CallContext,
  RestorePlan,
  RestoreResult,
  RestoreToParams,
  RestoreToResult,
} from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Repository } from './repository';

export interface RestoreRequest {
  rev: string;
  /** Absent: everything the checkpoint captured. */
  paths?: RelPath[];
  /** Delete what the snapshot does not hold. */
  exact: boolean;
  /** Out of a snapshot from elsewhere: what an editor or Git would run, too (H45). */
  includeRunnable?: boolean;
}

/** What a restore in place would do. Nothing is written. At most `limit` items come back (default 5,000). */
export function planRestore(
  repository: Repository,
  request: RestoreRequest & { limit?: number },
  context?: CallContext,
): Promise<RestorePlan> {
  return repository.engine.planRestore({ ...request, rules: repository.settings.rules }, context);
}

/**
 * Restores in place: safety checkpoint, journal, converge, verify. With the plan's fingerprint it
 * refuses (PLAN_CHANGED) when the folder is no longer what the person agreed to.
 */
export async function restore(
  repository: Repository,
  request: RestoreRequest & { fingerprint?: string },
  context?: CallContext,
): Promise<RestoreResult> {
  const { rules } = repository.settings;
  return told(repository, repository.engine.restore({ ...request, rules }, context));
}

/** Finishes or undoes a restore that a crash interrupted. */
export function recoverRestore(
  repository: Repository,
  action: 'finish' | 'undo',
  context?: CallContext,
): Promise<RestoreResult> {
  const { rules } = repository.settings;
  return told(repository, repository.engine.recoverRestore({ action, rules }, context));
}

/** Restores to another place (restoreAt, restoreSafe). The folder and HEAD stay as they are. */
export function restoreTo(
  repository: Repository,
  params: RestoreToParams,
  context?: CallContext,
): Promise<RestoreToResult> {
  return repository.engine.restoreTo(params, context);
}

/**
 * What a restore to another place would leave out, because the snapshot came from elsewhere and an editor or Git would
 * run it (H45), with the `folders` that hold nothing else; `elsewhere`: whether it did at all.
 */
export function runnableFiles(
  repository: Repository,
  params: Pick<RestoreToParams, 'rev' | 'paths' | 'overwrite'>,
  context?: CallContext,
): Promise<{ elsewhere: boolean; files: RelPath[]; folders: RelPath[] }> {
  return repository.engine.runnableFiles(params, context);
}

/** Restores content by its checksum alone to a new file (features C6). */
export function restoreObject(
  repository: Repository,
  params: { checksum: string; destination: string },
  context?: CallContext,
): Promise<{ path: string; bytes: number }> {
  return repository.engine.restoreObject(params, context);
}

/** Views hear of a restore even when it failed half-way: files may have changed. */
export async function told<T>(repository: Repository, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    repository.didChange({ kind: 'restored' });
  }
}
