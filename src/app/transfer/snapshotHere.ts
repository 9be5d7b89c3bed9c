import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import type { Repository } from '../repository';

/** What a name stands for here; undefined: nothing. */
export async function snapshotHere(
  repository: Repository,
  name: string,
): Promise<SnapshotId | undefined> {
  try {
    const resolved = await repository.engine.resolve({ rev: name });
    return resolved.kind === 'live' ? undefined : resolved.snapshot;
  } catch (error) {
    if (SnapdirError.is(error, 'REV_NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}
