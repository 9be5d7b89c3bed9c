import { throwIfCancelled } from '../../base/abort';
import { errnoOf, io } from '../disk/fsErrors';
import type { Collection } from './collection';
import { DAY_MS } from './gcClock';
import { contentPath, listTrash, listTrashed, rescue, trashPath, type ContentKind } from './trash';

/** What a collection set aside stays for this long before it is deleted (reliability §0 rule 7). */
const TRASH_MS = DAY_MS;

/**
 * Goes through what earlier collections set aside, after everything that is needed was marked again:
 * what is needed goes back to its place, the rest is deleted once it has lain there for a day.
 * @param purged what is deleted is added to it, at once
 * @throws STORE_BUSY, IO, AbortError
 */
export function emptyTrash(
  collection: Collection,
  purged: { purgedObjects: number; purgedBytes: number },
): void {
  const { env, store, id } = collection;
  const all = listTrash(env, store);
  for (const gcId of all.filter((one) => one !== id)) {
    const old = isOld(collection, gcId);
    for (const kind of ['manifests', 'objects'] as const) {
      for (const hex of listTrashed(env, store, gcId, kind)) {
        const bytes = treat(collection, { gcId, kind, hex }, old);
        if (bytes !== undefined && kind === 'objects') {
          purged.purgedObjects++;
        }
        purged.purgedBytes += bytes ?? 0;
      }
    }
    if (old && gcId !== all.at(-1)) {
      removeFolders(collection, gcId);
    }
  }
}

/** By the file system's time of the last move into it. */
function isOld({ env, store, now }: Collection, gcId: string): boolean {
  return (['', '/objects', '/manifests'] as const).every((part) => {
    const stat = env.fs.lstat(`${store.trash}/${gcId}${part}`);
    return stat === undefined || Number(stat.mtimeNs / 1_000_000n) + TRASH_MS <= now;
  });
}

/** @returns the bytes that were deleted; undefined when nothing was */
function treat(
  { env, store, marks, lease, control }: Collection,
  of: { gcId: string; kind: ContentKind; hex: string },
  old: boolean,
): number | undefined {
  const { fs } = env;
  const { gcId, kind, hex } = of;
  const path = trashPath(store, gcId, kind, hex);
  throwIfCancelled(control.signal);
  const inPlace = fs.lstat(contentPath(store, kind, hex)) !== undefined;
  if (marks[kind].has(hex) && !inPlace) {
    lease.check();
    rescue(env, store, kind, hex);
    return undefined;
  }
  if (!old) {
    return undefined;
  }
  lease.check();
  return io('delete', path, () => {
    const bytes = fs.lstat(path)?.size ?? 0;
    try {
      fs.unlink(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') {
        throw error;
      }
      return undefined; // Somebody who needs it was faster.
    }
    return bytes;
  });
}

/** The folder of the newest collection always stays: its name tells takes what may have gone. */
function removeFolders({ env, store, lease }: Collection, gcId: string): void {
  for (const part of ['/objects', '/manifests', '']) {
    try {
      lease.check();
      env.fs.rmdir(`${store.trash}/${gcId}${part}`);
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
    }
  }
}
