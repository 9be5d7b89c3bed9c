import type { CallContext, OperationPage, PruneResult, UndoPlan, UndoResult } from '../core/engine';
import type { RecordId } from '../core/ids';
import type { Retention } from '../core/records';
import { told } from './restore';
import type { Repository } from './repository';

/** What is to be undone or redone. Without a name: what people did last, or undid last. */
export interface UndoRequest {
  what: 'undo' | 'redo';
  operation?: RecordId;
  /** Back to how everything was right after this one. */
  to?: RecordId;
}

/** A page of the operations, newest first. */
export function listOperations(
  repository: Repository,
  page: { limit?: number; before?: RecordId } = {},
  context?: CallContext,
): Promise<OperationPage> {
  return repository.engine.operations(page, context);
}

/** What undoing or redoing would do. Nothing is written. */
export function planUndoOperations(
  repository: Repository,
  request: UndoRequest,
  context?: CallContext,
): Promise<UndoPlan> {
  const { rules } = repository.settings;
  return repository.engine.planUndoOperations({ ...request, rules }, context);
}

/**
 * Undoes or redoes operations of any kind. With the plan's fingerprint it refuses (PLAN_CHANGED) when
 * something else would happen by now.
 */
export function undoOperations(
  repository: Repository,
  request: UndoRequest & { fingerprint?: string },
  context?: CallContext,
): Promise<UndoResult> {
  const { rules } = repository.settings;
  return told(repository, repository.engine.undoOperations({ ...request, rules }, context));
}

/** Takes automatic snapshots off the list that a retention does not keep. */
export async function pruneSnapshots(
  repository: Repository,
  request: { dryRun: boolean; keep: Retention; automatic?: boolean; fingerprint?: string },
  context?: CallContext,
): Promise<PruneResult> {
  const result = await repository.engine.prune(request, context);
  if (result.operation !== null) {
    repository.didChange({ kind: 'deleted' });
  }
  return result;
}
