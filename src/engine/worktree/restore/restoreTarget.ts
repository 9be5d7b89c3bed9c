import * as nodePath from 'node:path';
import type { RestoreToParams } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import { checkRelPath, foldName, isProtectedName, windowsProblem } from '../../../core/paths';
import type { TargetProblem } from '../../../core/reasons';
import type { EngineEnv } from '../../context';
import { ensureDir, join } from '../../disk/durable';
import { io } from '../../disk/fsErrors';
import { FolderCursor } from '../../disk/safePath';
import type { Store } from '../../store/storeRoot';
import { isInside, realHome } from './checks';
import type { Selection } from './selection';

/** Where a restore to another place goes. */
export interface Target {
  /** An existing real folder, all links resolved. */
  parent: string;
  name: string;
  /** What is there now. */
  existing: 'nothing' | 'file' | 'dir';
}

function refuse(path: string, reason: TargetProblem, name?: string): never {
  throw new SnapdirError('UNSAFE_TARGET', {
    path,
    reason,
    ...(name === undefined ? {} : { name }),
  });
}

function realDir(env: EngineEnv, path: string): string {
  const real = io('resolve', path, () =>
    env.fs.lstat(path) === undefined ? undefined : env.fs.realpath(path),
  );
  if (real === undefined || env.fs.lstat(real)?.kind !== 'dir') {
    throw new SnapdirError('FOLDER_NOT_FOUND', { path });
  }
  return real;
}

/** Below the workspace no link may be on the way: somebody else may have put it there (H30). */
function refuseLinksInside(env: EngineEnv, store: Store, folder: string): void {
  if (!isInside(folder, store.root) || folder === store.root) {
    return;
  }
  const cursor = new FolderCursor(env, store.root);
  try {
    cursor.enter(folder.slice(store.root.length + 1).replaceAll('\\', '/'));
  } catch (error) {
    if (SnapdirError.is(error, 'UNSAFE_PATH')) {
      refuse(folder, error.data.reason, error.data.name);
    }
    throw error;
  } finally {
    cursor.dispose();
  }
}

/**
 * The real path of a folder that may lie in the workspace. Then no link may be on the way, also none that
 * came since {@link refuseLinksInside} looked.
 */
function realParent(env: EngineEnv, store: Store, folder: string): string {
  const real = realDir(env, folder);
  const inside = isInside(folder, store.root) && env.platform !== 'win32';
  const expected = inside ? env.fs.realpath(store.root) + folder.slice(store.root.length) : real;
  if (foldName(real) !== foldName(expected)) {
    refuse(folder, 'folder-is-link');
  }
  return real;
}

/** Names and places that nothing may be restored to (H44). */
function checkPlace(env: EngineEnv, store: Store, target: Target): void {
  const path = join(target.parent, target.name);
  const root = env.fs.realpath(store.root);
  const storePath = env.fs.realpath(store.path);
  if (isInside(path, storePath)) {
    refuse(path, 'in-store');
  }
  if (isInside(root, path) || isInside(storePath, path) || path === realHome(env)) {
    refuse(path, 'folder-or-above');
  }
  if (isInside(path, root)) {
    checkRelPath(path.slice(root.length + 1));
  } else if (isProtectedName(target.name)) {
    refuse(path, 'protected-name', target.name);
  }
  const problem = env.platform === 'win32' ? windowsProblem(target.name) : undefined;
  if (problem !== undefined) {
    refuse(path, problem, target.name);
  }
}

function lookAtTarget(env: EngineEnv, parent: string, name: string): Target['existing'] {
  const kind = io('stat', parent, () => env.fs.lstat(join(parent, name))?.kind);
  if (kind === undefined) {
    return 'nothing';
  }
  return kind === 'dir' ? 'dir' : 'file';
}

/** `restoreAt`: into an existing folder under its own name, or to an exact path. */
function targetAt(env: EngineEnv, store: Store, selection: Selection, destination: string): Target {
  const kind = io('stat', destination, () => env.fs.lstat(destination)?.kind);
  if (kind === 'link') {
    refuse(destination, 'is-link');
  }
  const into = kind === 'dir';
  const folder = into ? destination : nodePath.dirname(destination);
  const name = into ? selection.name : nodePath.basename(destination);
  refuseLinksInside(env, store, folder);
  if (!into && selection.kind !== 'dir') {
    const expected = nodePath.extname(selection.name);
    if (nodePath.extname(name) !== expected) {
      throw new SnapdirError('SUFFIX_MISMATCH', { path: destination, expected });
    }
  }
  const parent = realParent(env, store, folder);
  return { parent, name, existing: lookAtTarget(env, parent, name) };
}

/** `restoreSafe`: a folder of its own, new below `destination`, which is made when it is missing. */
function targetSafe(
  env: EngineEnv,
  store: Store,
  selection: Selection,
  of: { destination: string; label: string },
): Target {
  refuseLinksInside(env, store, nodePath.dirname(of.destination));
  io('create', of.destination, () => ensureDir(env.fs, of.destination, 0o755));
  const base = realParent(env, store, of.destination);
  checkPlace(env, store, { parent: base, name: of.label, existing: 'nothing' });
  for (let again = 1; ; again++) {
    const folder = again === 1 ? of.label : `${of.label}-${again}`;
    // mkdir fails on an existing name, so two restores at once get two folders.
    if (io('create', base, () => ensureDir(env.fs, join(base, folder), 0o700))) {
      return { parent: join(base, folder), name: selection.name, existing: 'nothing' };
    }
  }
}

/**
 * Finds out where a selection goes and refuses places where nothing may be restored.
 * @param label the new folder's name in `safe` mode
 * @throws INVALID_ARGUMENT, FOLDER_NOT_FOUND, UNSAFE_TARGET, UNSAFE_PATH, SUFFIX_MISMATCH, TARGET_EXISTS, IO
 */
export function findTarget(
  env: EngineEnv,
  store: Store,
  selection: Selection,
  params: Pick<RestoreToParams, 'mode' | 'destination' | 'overwrite'> & { label: string },
): Target {
  const { mode, destination, label } = params;
  if (!nodePath.isAbsolute(destination)) {
    const reason = { is: 'no-full-path' } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'destination', reason });
  }
  const clean = nodePath.resolve(destination);
  if (mode === 'safe') {
    return targetSafe(env, store, selection, { destination: clean, label });
  }
  const target = targetAt(env, store, selection, clean);
  checkPlace(env, store, target);
  const fits = (target.existing === 'dir') === (selection.kind === 'dir');
  if (target.existing !== 'nothing' && !(params.overwrite === true && fits)) {
    throw new SnapdirError('TARGET_EXISTS', { path: join(target.parent, target.name) });
  }
  return target;
}
