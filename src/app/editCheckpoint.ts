import type { CheckpointInfo } from '../core/engine';
import type { CheckpointId } from '../core/ids';
import type { Repository } from './repository';

/** Gives a snapshot a name that keeps it for good: sets (or moves) a ref. `rev: null` deletes the ref. */
export async function promote(
  repository: Repository,
  rev: string | null,
  name: string,
): Promise<{ changed: boolean; checkpoint: CheckpointId | null }> {
  const result = await repository.engine.setRef({ name, rev });
  repository.didChange({ kind: 'promoted', ref: name });
  return result;
}

/** Adds and removes tags. */
export async function tagCheckpoint(
  repository: Repository,
  rev: string,
  change: { add?: string[]; remove?: string[] },
): Promise<CheckpointInfo> {
  const result = await repository.engine.tag({ rev, ...change });
  repository.didChange({ kind: 'edited' });
  return result;
}

/** Changes the message. */
export async function renameCheckpoint(
  repository: Repository,
  rev: string,
  message: string,
): Promise<CheckpointInfo> {
  const result = await repository.engine.rename({ rev, message });
  repository.didChange({ kind: 'edited' });
  return result;
}

/** Takes checkpoints off the list. Their content stays until garbage collection. */
export async function deleteCheckpoints(
  repository: Repository,
  revs: string[],
): Promise<{ deleted: CheckpointId[]; head: CheckpointId | null }> {
  const result = await repository.engine.delete({ revs });
  repository.didChange({ kind: 'deleted' });
  return result;
}
