import { throwIfCancelled } from '../../base/abort';
import type { Control, EngineEnv } from '../context';
import { makeDirs } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import type { Lease } from '../disk/lease';
import { shard } from '../../core/storeLayout';
import type { Store } from './storeRoot';
import { syncAll } from './syncAll';
import { contentPath, listTrashed, trashPath } from './trash';

const KINDS = ['objects', 'manifests'] as const;

/** Whether anything is left of what a collection set aside. */
export function hasTrash(env: EngineEnv, store: Store, gcId: string): boolean {
  return KINDS.some((kind) => listTrashed(env, store, gcId, kind).length > 0);
}

/**
 * Brings back what a collection set aside, as far as it is still there, durably. Its age begins anew, so
 * the next collection leaves it alone. Can be called again after a crash.
 * @param of.lease held: no collection runs
 * @returns how many objects and manifests came back
 * @throws STORE_BUSY, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function undoCollection(
  env: EngineEnv,
  store: Store,
  of: { gcId: string; lease: Lease },
  control: Control,
): number {
  const { gcId, lease } = of;
  const changed = new Set<string>();
  let count = 0;
  for (const kind of KINDS) {
    const names = listTrashed(env, store, gcId, kind);
    for (const [done, hex] of names.entries()) {
      throwIfCancelled(control.signal);
      control.progress({ phase: 'write', done, total: names.length });
      lease.fence();
      count += bringBack(env, store, { gcId, kind, hex }, changed) ? 1 : 0;
    }
    changed.add(`${store.trash}/${gcId}/${kind}`);
  }
  syncFolders(env, store, changed, control);
  return count;
}

/** Moves one thing back, unless it has come back by itself. */
function bringBack(
  env: EngineEnv,
  store: Store,
  of: { gcId: string; kind: (typeof KINDS)[number]; hex: string },
  changed: Set<string>,
): boolean {
  const { fs } = env;
  const { gcId, kind, hex } = of;
  const to = contentPath(store, kind, hex);
  if (fs.lstat(to) !== undefined) {
    return false;
  }
  return io('move', to, () => {
    const parts = shard(hex).split('/').slice(0, -1);
    makeDirs(fs, store[kind], parts, 0o700).forEach((dir) => changed.add(dir));
    changed.add(`${store[kind]}/${parts.join('/')}`);
    try {
      fs.rename(trashPath(store, gcId, kind, hex), to);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return false; // A reader that needed it was faster.
      }
      throw error;
    }
    fs.touch(to);
    return true;
  });
}

/** Up to this many folders, syncing each is cheaper than syncing the file system. */
const SYNC_EACH_LIMIT = 32;

function syncFolders(
  env: EngineEnv,
  store: Store,
  folders: ReadonlySet<string>,
  control: Control,
): void {
  io('sync', store.path, () => {
    if (folders.size <= SYNC_EACH_LIMIT || !syncAll(env, store, store.path, control)) {
      // The deepest first: a name must not be there before what it leads to.
      const deepest = [...folders].sort((a, b) => b.length - a.length);
      deepest
        .filter((dir) => env.fs.lstat(dir)?.kind === 'dir')
        .forEach((dir) => env.fs.fsyncDir(dir));
    }
  });
}
