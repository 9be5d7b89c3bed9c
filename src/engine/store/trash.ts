import { isHex64 } from '../../core/ids';
import { shard } from '../../core/storeLayout';
import type { EngineEnv } from '../context';
import { dirOf, ensureDir, join, makeDirs } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import type { Store } from './storeRoot';

/** The two kinds of content that garbage collection sets aside. */
export type ContentKind = 'objects' | 'manifests';

/** Where garbage collection puts one thing. Flat: found by one look a collection. */
export function trashPath(store: Store, gcId: string, kind: ContentKind, hex: string): string {
  return `${store.trash}/${gcId}/${kind}/${hex}`;
}

/**
 * Makes the folder of one collection in the trash, durably. Takes see it, and trust nothing that they knew before.
 * @throws READ_ONLY, DISK_FULL, IO
 */
export function openBin(env: EngineEnv, store: Store, gcId: string): void {
  io('create', store.trash, () => {
    ensureDir(env.fs, store.trash, 0o700);
    for (const dir of ['', '/manifests', '/objects']) {
      ensureDir(env.fs, `${store.trash}/${gcId}${dir}`, 0o700);
    }
    env.fs.fsyncDir(`${store.trash}/${gcId}`);
    env.fs.fsyncDir(store.trash);
  });
}

const GC_ID = /^\d{14}-[0-9a-f]{8}$/;

/** Collections that still have a folder in the trash, oldest first. Unknown names are left alone. */
export function listTrash(env: EngineEnv, store: Store): string[] {
  if (env.fs.lstat(store.trash)?.kind !== 'dir') {
    return [];
  }
  const entries = io('list', store.trash, () => env.fs.readdir(store.trash));
  return entries
    .filter((entry) => entry.kind === 'dir' && GC_ID.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** What one collection set aside and is still there. */
export function listTrashed(
  env: EngineEnv,
  store: Store,
  gcId: string,
  kind: ContentKind,
): string[] {
  const dir = `${store.trash}/${gcId}/${kind}`;
  if (env.fs.lstat(dir)?.kind !== 'dir') {
    return [];
  }
  return io('list', dir, () => env.fs.readdir(dir))
    .filter((entry) => entry.kind === 'file' && isHex64(entry.name))
    .map((entry) => entry.name);
}

/** The path of something that a collection set aside, or undefined (H50). Its content is not checked. */
export function findInTrash(
  env: EngineEnv,
  store: Store,
  kind: ContentKind,
  hex: string,
): string | undefined {
  if (!isHex64(hex)) {
    return undefined;
  }
  return listTrash(env, store)
    .map((gcId) => trashPath(store, gcId, kind, hex))
    .find((path) => env.fs.lstat(path)?.kind === 'file');
}

/** Where it belongs. */
export function contentPath(store: Store, kind: ContentKind, hex: string): string {
  return join(store[kind], shard(hex));
}

/**
 * Moves something back from the trash, durably.
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function moveBack(
  env: EngineEnv,
  store: Store,
  from: string,
  kind: ContentKind,
  hex: string,
): void {
  const { fs } = env;
  const to = contentPath(store, kind, hex);
  io('move', to, () => {
    const changed = makeDirs(fs, store[kind], shard(hex).split('/').slice(0, -1), 0o700);
    fs.rename(from, to);
    // A collection that runs at this moment must see that it is wanted (H50).
    fs.touch(to);
    for (const dir of [dirOf(to), ...changed.reverse(), dirOf(from)]) {
      fs.fsyncDir(dir);
    }
  });
}

/**
 * Brings an object back that a collection set aside although somebody needs it.
 * @returns whether there was one
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function rescueObject(env: EngineEnv, store: Store, checksum: string): boolean {
  return rescue(env, store, 'objects', checksum);
}

/** As {@link rescueObject}, for either kind. */
export function rescue(env: EngineEnv, store: Store, kind: ContentKind, hex: string): boolean {
  const from = findInTrash(env, store, kind, hex);
  if (from === undefined) {
    return false;
  }
  try {
    moveBack(env, store, from, kind, hex);
    return true;
  } catch (error) {
    if (errnoOf((error as { cause?: unknown }).cause) === 'ENOENT') {
      return false; // Somebody else was faster, in either direction.
    }
    throw error;
  }
}
