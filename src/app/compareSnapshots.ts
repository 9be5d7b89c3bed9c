import type { Comparison } from '../core/change';
import type { CallContext } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Repository } from './repository';

export interface CompareRequest {
  left: string;
  right: string;
  paths?: RelPath[];
  limit?: number;
  offset?: number;
}

/** Compares two trees, each named by a REV, `live` (the folder) or `empty`. */
export function compareSnapshots(
  repository: Repository,
  request: CompareRequest,
  context?: CallContext,
): Promise<Comparison> {
  return repository.engine.compare({ ...request, rules: repository.settings.rules }, context);
}
