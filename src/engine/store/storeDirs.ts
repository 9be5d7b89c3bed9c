import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import type { Stat } from '../disk/fs';
import { io } from '../disk/fsErrors';

/** @throws FOLDER_NOT_FOUND, IO */
export function checkRoot(env: EngineEnv, root: string): void {
  const stat = io('stat', root, () => env.fs.lstat(root));
  // A folder that is itself a link is fine as a workspace: VS Code opens such paths.
  const real = stat?.kind === 'link' ? env.fs.lstat(env.fs.realpath(root)) : stat;
  if (real?.kind !== 'dir') {
    throw new SnapdirError('FOLDER_NOT_FOUND', { path: root });
  }
}

/**
 * H58: the store is a real directory of ours, never a link into some other place.
 * @returns its stat; undefined: there is none
 * @throws STORE_UNSAFE, IO
 */
export function statStore(env: EngineEnv, path: string): Stat | undefined {
  const stat = io('stat', path, () => env.fs.lstat(path));
  if (stat !== undefined && stat.kind !== 'dir') {
    const reason = stat.kind === 'link' ? 'is-link' : 'not-folder';
    throw new SnapdirError('STORE_UNSAFE', { path, reason });
  }
  return stat;
}

/** Whether there is such a folder. @throws as {@link statStore} */
export function checkStoreDir(env: EngineEnv, path: string): boolean {
  return statStore(env, path) !== undefined;
}
