import { SnapdirError } from '../../../core/errors';
import { baseName, parentOf } from '../../../core/paths';
import type { RelPath } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import type { Stat } from '../../disk/fs';
import { errnoOf, isOwnLack } from '../../disk/fsErrors';
import type { FolderCursor } from '../../disk/safePath';

/** What is at a path, reached through real folders only; undefined when nothing can be reached there. */
export function safeLstat(env: EngineEnv, cursor: FolderCursor, path: RelPath): Stat | undefined {
  try {
    const prefix = cursor.enter(parentOf(path));
    return env.fs.lstat(path === '' ? `${prefix}/.` : `${prefix}/${baseName(path)}`);
  } catch (error) {
    const isOfPath = errnoOf(error) !== undefined && !isOwnLack(error);
    if (SnapdirError.is(error, 'UNSAFE_PATH') || isOfPath) {
      return undefined;
    }
    throw error;
  }
}
