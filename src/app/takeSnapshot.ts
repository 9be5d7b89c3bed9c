import type { CallContext, TakeResult } from '../core/engine';
import type { Trigger } from '../core/records';
import type { RelPath } from '../core/tree';
import type { Repository } from './repository';

export interface TakeRequest {
  message?: string;
  tags?: string[];
  trigger: Trigger;
  /** Look only at this folder; the rest is carried over from HEAD. */
  folder?: RelPath;
  /** Look only at these files and folders; the rest is carried over from HEAD. */
  scope?: RelPath[];
  /** Read every file again, whatever the stat cache says. */
  rehash?: boolean;
}

/** Records the folder as it is now: a new checkpoint, and HEAD moves to it. */
export async function takeSnapshot(
  repository: Repository,
  request: TakeRequest,
  context?: CallContext,
): Promise<TakeResult> {
  const { rules, maxFileSize } = repository.settings;
  const { folder, ...rest } = request;
  const scope = folder === undefined || folder === '' ? {} : { scope: [folder] };
  const result = await repository.engine.take({ ...rest, ...scope, rules, maxFileSize }, context);
  repository.didChange({ kind: 'taken', checkpoint: result.checkpoint });
  return result;
}
