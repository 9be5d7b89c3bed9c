import type { Control, EngineEnv } from '../context';
import { dirOf, join, syncFile } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { syncInBackground } from '../jobs/syncJob';
import { walkContents } from './contents';
import type { Store } from './storeRoot';
import { clearMarks, listMarks, sinceOf } from './unsynced';

/**
 * Makes everything durable that any process has put into the store without a sync, and takes the marks
 * away that said so. One sync of the file system where there is such a thing; otherwise every file that is
 * not older than the oldest mark.
 * @throws IO, DISK_FULL, AbortError
 */
export function makeAllDurable(env: EngineEnv, store: Store, control: Control): void {
  const marks = listMarks(env, store);
  if (marks.length === 0) {
    return;
  }
  io('sync', store.path, () => {
    if (!syncInBackground(env, store.path, control)) {
      syncSince(env, store, sinceOf(marks)!, control);
    }
  });
  clearMarks(env, store, marks);
}

function syncSince(env: EngineEnv, store: Store, sinceNs: bigint, control: Control): void {
  const folders = new Set<string>([store.records]);
  for (const kind of ['objects', 'manifests'] as const) {
    for (const { path, stat } of walkContents(env, store, kind, control)) {
      if (stat.mtimeNs >= sinceNs) {
        unlessGone(() => syncFile(env.fs, path));
        for (let dir = dirOf(path); dir.length >= store[kind].length; dir = dirOf(dir)) {
          folders.add(dir);
        }
      }
    }
  }
  for (const { name } of env.fs.readdir(store.records)) {
    const path = join(store.records, name);
    const stat = env.fs.lstat(path);
    if (stat?.kind === 'file' && stat.mtimeNs >= sinceNs) {
      unlessGone(() => syncFile(env.fs, path));
    }
  }
  for (const folder of folders) {
    unlessGone(() => env.fs.fsyncDir(folder));
  }
}

/** What a garbage collection removed meanwhile needs no sync. */
function unlessGone(sync: () => void): void {
  try {
    sync();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}
