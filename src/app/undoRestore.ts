import type { CallContext, EngineMethods, RestoreResult } from '../core/engine';
import { told } from './restore';
import type { Repository } from './repository';

/** What undoing the last restore (or redoing the last undone one) would do. Nothing is written. */
export function planUndo(
  repository: Repository,
  what: 'undo' | 'redo',
  context?: CallContext,
): Promise<EngineMethods['planUndo']['result']> {
  return repository.engine.planUndo({ what, rules: repository.settings.rules }, context);
}

/** Undoes the last restore, or redoes the last undone one. It is a restore itself, so it can be undone. */
export function undoRestore(
  repository: Repository,
  what: 'undo' | 'redo',
  options: { fingerprint?: string } = {},
  context?: CallContext,
): Promise<RestoreResult> {
  const { rules } = repository.settings;
  return told(repository, repository.engine.undo({ what, rules, ...options }, context));
}
