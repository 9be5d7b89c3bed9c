import { SnapdirError } from '../../../core/errors';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { ensureDir, join } from '../../disk/durable';
import { errnoOf, io } from '../../disk/fsErrors';
import { FolderCursor } from '../../disk/safePath';
import { removeInBackground } from '../../jobs/removeJob';
import type { Store } from '../../store/storeRoot';
import type { FileToCopy } from './copyFiles';
import { journalDir } from './journal';
import { safeLstat } from './safeLstat';
import { Staged } from './staged';
import type { Goal, NodeState, Step } from './steps';
import { writeTree, type TreeToWrite } from './writeTree';

/** The folders of one restore on the workspace's file system. */
export interface Staging {
  dir: string;
  /** Files and folders that are going to be put in place: whole, checked and durable. */
  fresh: string;
  /** What they displaced. */
  old: string;
  /** Names of this run begin with it: an earlier run may have left files. */
  run: string;
}

/** One file or link to be staged. */
export interface StageItem {
  /** Number of its step. */
  n: number;
  path: string;
  state: NodeState;
}

/**
 * A rename needs one file system. With a store elsewhere, staging happens in a `.snapdir` of the
 * workspace's own, which is protected and goes away with the restore.
 */
export function stagingPlace(env: EngineEnv, store: Store): 'store' | 'folder' {
  const { fs } = env;
  const same = fs.lstat(fs.realpath(store.root))?.dev === fs.lstat(store.path)?.dev;
  return same ? 'store' : 'folder';
}

function baseOf(store: Store, place: 'store' | 'folder'): string {
  return place === 'store' ? store.restore : join(store.root, '.snapdir/restore');
}

/**
 * Makes the staging folders of a restore.
 * @throws UNSAFE_PATH when `.snapdir` in the workspace is no folder; DISK_FULL, READ_ONLY, IO
 */
export function openStaging(
  env: EngineEnv,
  store: Store,
  id: string,
  place: 'store' | 'folder',
): Staging {
  const { fs } = env;
  const dir = join(baseOf(store, place), id);
  return io('create', dir, () => {
    const parts = place === 'store' ? [] : [join(store.root, '.snapdir')];
    // The journal's folder exists in any case, so that what a crash leaves is found by its name.
    for (const part of [journalDir(store, id), ...parts, baseOf(store, place), dir]) {
      ensureDir(fs, part, 0o700);
      if (fs.lstat(part)?.kind !== 'dir') {
        throw new SnapdirError('UNSAFE_PATH', { path: part, reason: 'not-folder' });
      }
    }
    ensureDir(fs, join(dir, 'new'), 0o700);
    ensureDir(fs, join(dir, 'old'), 0o700);
    const run = env.randomName().slice(0, 8);
    return { dir, fresh: join(dir, 'new'), old: join(dir, 'old'), run };
  });
}

/**
 * Stages everything and makes it durable, before the first change to the folder: files are copied out of
 * the store and checked on the way (H42), folders that are not there are put together whole.
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function stageAll(
  env: EngineEnv,
  store: Store,
  staging: Staging,
  of: { steps: readonly Step[]; goal: Goal; items: readonly StageItem[] },
  control: Control,
): Staged {
  const { steps, goal, items } = of;
  const cursor = new FolderCursor(env, store.root);
  let staged: Staged;
  try {
    const isAbsent = (path: RelPath): boolean => safeLstat(env, cursor, path) === undefined;
    staged = new Staged(staging, { steps, goal, items: items.map(({ n }) => n) }, isAbsent);
  } finally {
    cursor.dispose();
  }
  const tree = treeOf(staging, staged, of);
  if (tree.files.length + tree.folders.length + tree.links.length > 0) {
    staged.noteStats(writeTree(env, store, tree, control));
  }
  return staged;
}

function treeOf(
  staging: Staging,
  staged: Staged,
  of: { steps: readonly Step[]; goal: Goal; items: readonly StageItem[] },
): TreeToWrite {
  const files: FileToCopy[] = [];
  const links: { to: string; target: string }[] = [];
  const folders: { to: string; mode: number }[] = [];
  for (const { n, path, state } of of.items) {
    const to = staged.placeOf(n);
    if (state.kind === 'file') {
      const { checksum, size, mode } = state;
      files.push({ to, shown: path, checksum, size, mode });
    } else if (state.kind === 'link') {
      links.push({ to, target: state.target });
    }
  }
  for (const n of staged.grafts.flatMap((graft) => graft.folders)) {
    const state = of.steps[n]![of.goal];
    const mode = state?.kind === 'dir' ? state.mode : 0o700;
    // A folder without its own write right could not be moved into place.
    folders.push({ to: staged.placeOf(n), mode: staged.graftOf(n)?.n === n ? mode | 0o700 : mode });
  }
  return { root: staging.fresh, files, links, folders, wantStats: true, phase: 'check' };
}

/** Removes what is only of use during the run. A folder that is not empty stays. */
export function closeStaging(env: EngineEnv, store: Store, id: string): void {
  for (const place of ['store', 'folder'] as const) {
    const dir = join(baseOf(store, place), id);
    if (env.fs.lstat(dir)?.kind === 'dir') {
      removeInBackground(env, store, join(dir, 'new'));
      const folders = [join(dir, 'new'), join(dir, 'old'), dir];
      if (place === 'folder') {
        folders.push(baseOf(store, place), join(store.root, '.snapdir'));
      }
      folders.every((folder) => removeEmpty(env, folder));
    }
  }
}

function removeEmpty(env: EngineEnv, dir: string): boolean {
  try {
    env.fs.rmdir(dir);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return errnoOf(error) === 'ENOENT';
  }
}
