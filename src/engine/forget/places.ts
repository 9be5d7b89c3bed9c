import { attempt } from '../repair/placeContent';
import { dirOf, discard, join } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import type { Lease } from '../disk/lease';
import { forgetLook } from '../hashing/statCache';
import { contentPath, listTrash, trashPath, type ContentKind } from '../store/trash';
import type { Work } from './manifests';

/** One thing that is to go. */
export interface Doomed {
  kind: ContentKind;
  hex: string;
  /** Its own place. */
  path: string;
}

/** They tell names and checksums of what is forgotten; all of it is made anew when it is asked for. */
export function dropCaches({ env, store }: Work): void {
  forgetLook(env, store);
  if (env.fs.lstat(store.cache)?.kind !== 'dir') {
    return;
  }
  for (const { name } of io('list', store.cache, () => env.fs.readdir(store.cache))) {
    if (name.startsWith('changes-') || name.startsWith('looked-')) {
      discard(env.fs, join(store.cache, name));
    }
  }
}

/** Everywhere that this content may lie, but for its own place. */
function placesOf({ env, store, vault }: Work, { kind, hex }: Doomed): string[] {
  return [
    ...(vault === undefined ? [] : [contentPath(vault, kind, hex)]),
    join(store.damaged, hex),
    ...listTrash(env, store).map((gcId) => trashPath(store, gcId, kind, hex)),
  ];
}

/**
 * Deletes what was set aside, and copies elsewhere. What lies in its own place is left alone: somebody who takes a snapshot
 * at this moment may rely on it.
 * @throws IO (it is still there)
 */
export function removeAside(work: Work, one: Doomed): void {
  for (const path of placesOf(work, one)) {
    io('delete', path, () => {
      try {
        work.env.fs.unlink(path);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') {
          throw error;
        }
      }
    });
  }
}

/** Makes the deletions durable, and takes folders away that are empty now. */
export function syncAfter(
  { env, store, vault }: Work,
  lease: Lease,
  gone: readonly Doomed[],
): void {
  const { fs } = env;
  const folders = new Set<string>();
  for (const { kind, hex, path } of gone) {
    folders.add(dirOf(path));
    if (vault !== undefined) {
      folders.add(dirOf(contentPath(vault, kind, hex)));
    }
  }
  for (const gcId of gone.length === 0 ? [] : listTrash(env, store)) {
    folders.add(`${store.trash}/${gcId}/objects`).add(`${store.trash}/${gcId}/manifests`);
  }
  for (const dir of folders) {
    if (fs.lstat(dir)?.kind === 'dir') {
      io('sync', dir, () => fs.fsyncDir(dir));
    }
  }
  // Those of manifests stay: a take makes them in steps that expect them to stay.
  const tops = [store.objects, ...(vault === undefined ? [] : [vault.objects])];
  for (const top of tops) {
    for (const from of folders) {
      for (let dir = from; dir.startsWith(`${top}/`); dir = dirOf(dir)) {
        lease.fence();
        attempt(() => fs.rmdir(dir));
      }
    }
  }
}
