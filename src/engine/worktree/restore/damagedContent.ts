import { SnapdirError } from '../../../core/errors';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { isOwnLack } from '../../disk/fsErrors';
import { noteSuspect } from '../../store/damage';
import { checkObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import type { Step } from './steps';

/** So many paths are named. */
const NAMED = 20;

/**
 * What to throw when staging met content that is missing or damaged: everything else that is needed is looked
 * at, too, so that people hear of all of it at once (H42). It is noted for the lists and for a repair.
 * @returns SNAPSHOT_DAMAGED, or the error itself where it is another one; AbortError
 */
export function damageError(
  env: EngineEnv,
  store: Store,
  of: { snapshot: string; steps: readonly Step[]; error: unknown },
  control: Control,
): unknown {
  const { snapshot, steps, error } = of;
  if (!SnapdirError.is(error, 'OBJECT_NOT_FOUND') && !SnapdirError.is(error, 'INTEGRITY')) {
    return error;
  }
  const sound = new Map<string, boolean>();
  const paths: RelPath[] = [];
  for (const { path, after } of steps) {
    if (after?.kind === 'file') {
      const { checksum } = after;
      const good = sound.get(checksum) ?? isSound(env, store, checksum, control);
      sound.set(checksum, good);
      if (!good) {
        paths.push(path);
      }
    }
  }
  if (paths.length === 0) {
    return error; // Somebody mended it in this moment, or it was the disk.
  }
  const data = { snapshot, paths: paths.slice(0, NAMED), count: paths.length };
  return new SnapdirError('SNAPSHOT_DAMAGED', data, { cause: error });
}

function isSound(env: EngineEnv, store: Store, checksum: string, control: Control): boolean {
  try {
    checkObject(env, store, checksum, control);
    return true;
  } catch (error) {
    if (!SnapdirError.is(error) || isOwnLack(error)) {
      throw error;
    }
    const missing = error.code === 'OBJECT_NOT_FOUND';
    const kind = missing ? 'object-missing' : 'object-damaged';
    noteSuspect(env, store, { kind, address: checksum });
    return false;
  }
}
