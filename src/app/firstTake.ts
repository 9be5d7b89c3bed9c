import type { CallContext, FolderEstimate } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Repository } from './repository';

/** Above either of these a first snapshot is asked about. */
export const MANY_FILES = 100_000;
export const MANY_BYTES = 20 * 1024 ** 3;
/** Whoever asked for a snapshot waits so long, in milliseconds, for the count at most. */
const COUNTING_MS = 8_000;

/**
 * What a person should know before the first snapshot of a folder is taken: it is a home folder, a whole
 * disk, or much too large. Undefined: nothing; or it is not the first one, which is never held up. A store that only
 * holds some folder of it, or what was fetched, says nothing about the whole.
 * @throws what the engine's `status`, `timeline` and `estimate` throw
 */
export async function firstTakeConcern(
  repository: Repository,
  folder: RelPath | undefined,
  context?: CallContext,
): Promise<FolderEstimate | undefined> {
  const { engine, settings } = repository;
  const isWhole = folder === undefined || folder === '';
  const { exists } = await engine.status({}, context);
  if (exists && (!isWhole || (await engine.timeline({ limit: 1 }, context)).wholeTaken)) {
    return undefined;
  }
  const { rules, maxFileSize } = settings;
  const at = isWhole ? {} : { folder };
  const found = await engine.estimate({ rules, maxFileSize, ms: COUNTING_MS, ...at }, context);
  const large = found.files > MANY_FILES || found.bytes > MANY_BYTES || !found.complete;
  return large || found.place !== null ? found : undefined;
}
