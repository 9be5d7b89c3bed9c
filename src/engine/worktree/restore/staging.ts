import { SnapdirError } from '../../../core/errors';
import type { Control, EngineEnv } from '../../context';
import { discard, ensureDir, join } from '../../disk/durable';
import type { Stat } from '../../disk/fs';
import { errnoOf, io, translate } from '../../disk/fsErrors';
import { copyObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import { rescueObject } from '../../store/trash';
import { journalDir } from './journal';
import type { NodeState } from './steps';

/** The folders of one restore on the workspace's file system. */
export interface Staging {
  dir: string;
  /** Files that are going to be put in place: whole, checked and durable. */
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
        throw new SnapdirError('UNSAFE_PATH', { path: part, reason: 'it is not a folder' });
      }
    }
    ensureDir(fs, join(dir, 'new'), 0o700);
    ensureDir(fs, join(dir, 'old'), 0o700);
    const run = env.randomName().slice(0, 8);
    return { dir, fresh: join(dir, 'new'), old: join(dir, 'old'), run };
  });
}

/** Where a step's new file waits. */
export function freshPath(staging: Staging, n: number): string {
  return `${staging.fresh}/${staging.run}.${n}`;
}

function stageOne(
  env: EngineEnv,
  store: Store,
  staging: Staging,
  item: StageItem,
  options: { sync: boolean; control: Control },
): void {
  const destination = freshPath(staging, item.n);
  const { state } = item;
  if (state.kind === 'link') {
    env.fs.symlink(state.target, destination);
  } else if (state.kind === 'file') {
    const copy = { mode: state.mode, shown: item.path, ...options };
    try {
      copyObject(env, store, state.checksum, destination, copy);
    } catch (error) {
      if (
        !SnapdirError.is(error, 'OBJECT_NOT_FOUND') ||
        !rescueObject(env, store, state.checksum)
      ) {
        throw error;
      }
      copyObject(env, store, state.checksum, destination, copy);
    }
  }
}

/**
 * Stages a slice of the list: each file is copied out of the store and checked against its checksum
 * on the way, so that nothing damaged ever gets near the folder (H42). Slices are independent:
 * several threads can take one each.
 * @returns the stats of the staged files, by step
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, IO, AbortError
 */
export function stageSlice(
  env: EngineEnv,
  store: Store,
  staging: Staging,
  items: readonly StageItem[],
  options: { sync: boolean; control: Control },
): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const item of items) {
    try {
      stageOne(env, store, staging, item, options);
      stats.set(item.n, env.fs.lstat(freshPath(staging, item.n))!);
    } catch (error) {
      throw translate(error, 'write', item.path);
    }
  }
  return stats;
}

const SLICE = 512;

/**
 * Stages everything and makes it durable, before the first change to the folder.
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, IO, AbortError
 */
export function stageAll(
  env: EngineEnv,
  store: Store,
  staging: Staging,
  items: readonly StageItem[],
  control: Control,
): Map<number, Stat> {
  const staged = new Map<number, Stat>();
  const batch = items.length > SYNC_EACH_LIMIT && canSyncAll(env, staging);
  for (let from = 0; from < items.length; from += SLICE) {
    const slice = items.slice(from, from + SLICE);
    for (const [n, stat] of stageSlice(env, store, staging, slice, { sync: !batch, control })) {
      staged.set(n, stat);
    }
    control.progress({ phase: 'check', done: from + slice.length, total: items.length });
  }
  io('sync', staging.fresh, () => {
    if (!batch || !env.fs.syncFileSystem(staging.fresh)) {
      syncEach(env, staging, batch ? items : []);
      env.fs.fsyncDir(staging.fresh);
    }
  });
  return staged;
}

/** Up to this many files, syncing each is cheaper than syncing the file system. */
const SYNC_EACH_LIMIT = 32;

function canSyncAll(env: EngineEnv, staging: Staging): boolean {
  return env.fs.syncFileSystem(staging.dir);
}

/** The file system could not be synced as a whole after all. */
function syncEach(env: EngineEnv, staging: Staging, items: readonly StageItem[]): void {
  for (const item of items.filter(({ state }) => state.kind === 'file')) {
    const fd = env.fs.open(freshPath(staging, item.n), 'r');
    try {
      env.fs.fsync(fd);
    } finally {
      env.fs.close(fd);
    }
  }
}

/** Removes what is only of use during the run. A folder that is not empty stays. */
export function closeStaging(env: EngineEnv, store: Store, id: string): void {
  for (const place of ['store', 'folder'] as const) {
    const dir = join(baseOf(store, place), id);
    if (env.fs.lstat(dir)?.kind === 'dir') {
      clear(env, join(dir, 'new'));
      const folders = [join(dir, 'new'), join(dir, 'old'), dir];
      if (place === 'folder') {
        folders.push(baseOf(store, place), join(store.root, '.snapdir'));
      }
      folders.every((folder) => removeEmpty(env, folder));
    }
  }
}

function clear(env: EngineEnv, dir: string): void {
  if (env.fs.lstat(dir)?.kind === 'dir') {
    for (const entry of env.fs.readdir(dir)) {
      discard(env.fs, join(dir, entry.name));
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
