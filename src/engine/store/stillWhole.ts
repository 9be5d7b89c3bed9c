import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import type { Control, EngineEnv } from '../context';
import { gcEpoch } from './gcEpoch';
import { hasManifest } from './manifests';
import { appendRecord, knownHistory } from './records';
import { requireContent } from './requireContent';
import type { Store } from './storeRoot';

/**
 * Whether what a checkpoint needs is there right after it was recorded. A forgetting (H62) waits for nobody: what it deletes
 * between the last look and the record is missed here. Then the checkpoint goes off the list, and whoever recorded it
 * begins anew.
 * @param of.epoch as it was when the content was looked at
 * @throws DISK_FULL, READ_ONLY, IO, AbortError
 */
export function isStillWhole(
  env: EngineEnv,
  store: Store,
  of: { id: CheckpointId; snapshot: string; epoch: string },
  control: Control,
): boolean {
  const isThere = hasManifest(env, store, of.snapshot);
  if (isThere && (gcEpoch(env, store) === of.epoch || hasContent(env, store, of.id, control))) {
    return true;
  }
  appendRecord(env, store, { kind: 'delete', checkpoints: [of.id], reverses: of.id });
  return false;
}

function hasContent(env: EngineEnv, store: Store, id: CheckpointId, control: Control): boolean {
  const take = knownHistory(env, store).history.checkpoint(id);
  try {
    requireContent(env, store, take === undefined ? [] : [take], control);
    return true;
  } catch (error) {
    if (
      SnapdirError.is(error, 'OBJECT_NOT_FOUND') ||
      SnapdirError.is(error, 'MANIFEST_NOT_FOUND')
    ) {
      return false;
    }
    throw error;
  }
}
