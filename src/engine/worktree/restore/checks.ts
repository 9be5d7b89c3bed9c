import { homedir } from 'node:os';
import { SnapdirError } from '../../../core/errors';
import { checkRelPath, findCollisions } from '../../../core/paths';
import type { TargetProblem } from '../../../core/reasons';
import type { RelPath, Tree } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import { io } from '../../disk/fsErrors';
import type { Store } from '../../store/storeRoot';
import type { Look } from './look';

const DRIVE = /^(?:[a-z]:)?[\\/]*$/i;

/** Whether `path` is `folder` or inside it. Both absolute, resolved. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/**
 * Refuses folders that must never be restored over (H44). There is no way to force it.
 * @throws UNSAFE_TARGET, IO
 */
export function refuseTarget(env: EngineEnv, store: Store, folder: string): void {
  const real = io('resolve', folder, () => env.fs.realpath(folder));
  const storePath = io('resolve', store.path, () => env.fs.realpath(store.path));
  const refuse = (reason: TargetProblem): never => {
    throw new SnapdirError('UNSAFE_TARGET', { path: folder, reason });
  };
  if (DRIVE.test(real)) {
    refuse('disk-top');
  }
  if (real === realHome(env)) {
    refuse('home');
  }
  if (isInside(real, storePath)) {
    refuse('in-store');
  }
}

/** The user's home folder, resolved; '' when there is none. */
export function realHome(env: EngineEnv): string {
  try {
    return env.fs.realpath(homedir());
  } catch {
    return '';
  }
}

/**
 * Checks every name that would be written, before anything is (H28, H30, H36).
 * @throws UNSAFE_PATH, NAME_COLLISION
 */
export function checkNames(env: EngineEnv, look: Look): void {
  const windows = env.platform === 'win32';
  const gone = new Set<RelPath>();
  for (const { action, path } of look.planned.items) {
    if (action === 'delete') {
      gone.add(path);
    } else {
      checkRelPath(path, { windows });
    }
  }
  if (!look.names.foldsCase && !look.names.foldsAccents) {
    return;
  }
  for (const { action, path } of look.planned.items) {
    if (action !== 'delete') {
      gone.delete(path);
    }
  }
  const after = new Set<RelPath>();
  const written = look.planned.items.filter((item) => item.action !== 'delete');
  for (const path of [...pathsOf(look.live), ...written.map((item) => item.path)]) {
    if (!gone.has(path)) {
      after.add(path);
    }
  }
  refuseCollisions(after);
}

function pathsOf(tree: Tree): RelPath[] {
  return [...tree.entries.map(({ path }) => path), ...tree.links.map(({ path }) => path)];
}

/** @throws NAME_COLLISION when two of these would be one file on a file system that folds names */
export function refuseCollisions(paths: Iterable<RelPath>): void {
  const groups = findCollisions(paths);
  if (groups.length > 0) {
    throw new SnapdirError('NAME_COLLISION', { paths: groups.flat().slice(0, 20) });
  }
}

/** Kept free on top of what is written. */
const RESERVE = 16 * 1024 * 1024;

/** @throws DISK_FULL when the files do not fit (H33) */
export function checkSpace(env: EngineEnv, path: string, bytes: number): void {
  const free = env.fs.freeBytes(path);
  const missing = bytes + Math.ceil(bytes / 10) + RESERVE - (free ?? Infinity);
  if (bytes > 0 && missing > 0) {
    throw new SnapdirError('DISK_FULL', { path, missing });
  }
}
