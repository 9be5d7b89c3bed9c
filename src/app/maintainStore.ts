import type { CallContext, GcResult, VerifyResult } from '../core/engine';
import type { Repository } from './repository';

/** Checks the store: structure and sizes, or (full) every byte. */
export function verifyStore(
  repository: Repository,
  full: boolean,
  context?: CallContext,
): Promise<VerifyResult> {
  return repository.engine.verify({ full }, context);
}

/** Sets aside content that nothing references; a later run deletes it. */
export async function collectGarbage(
  repository: Repository,
  options: { dryRun: boolean; graceMs?: number },
  context?: CallContext,
): Promise<GcResult> {
  const result = await repository.engine.collectGarbage(options, context);
  if (!result.dryRun) {
    repository.didChange({ kind: 'edited' });
  }
  return result;
}
