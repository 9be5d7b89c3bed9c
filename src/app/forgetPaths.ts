import type { CallContext, ForgetParams, ForgetResult } from '../core/engine';
import type { Repository } from './repository';

/** Takes paths out of every snapshot and off the disk, for good; or tells what that would come to. */
export async function forgetPaths(
  repository: Repository,
  request: ForgetParams,
  context?: CallContext,
): Promise<ForgetResult> {
  const result = await repository.engine.forget(request, context);
  if (result.operations.length > 0) {
    repository.didChange({ kind: 'deleted' });
  }
  return result;
}
