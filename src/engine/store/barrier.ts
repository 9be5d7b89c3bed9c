import type { Control, EngineEnv } from '../context';
import { dirOf, join, syncFile } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { walkContents } from './contents';
import type { Store } from './storeRoot';
import { noteFailedSync } from './failedSyncs';
import { clearSuspects, listSuspects, rewriteSuspects } from './suspects';
import { syncAll } from './syncAll';
import { clearMarks, listMarks, sinceOf } from './unsynced';

/**
 * Makes everything durable that any process has put into the store without a sync, and takes the marks
 * away that said so. One sync of the file system where there is such a thing; otherwise every file that is
 * not older than the oldest mark. After a sync that failed, what was in doubt then is written anew (H6).
 * @throws IO, DISK_FULL, INTEGRITY (see `suspects.ts`), AbortError
 */
export function makeAllDurable(env: EngineEnv, store: Store, control: Control): void {
  const marks = listMarks(env, store);
  const suspects = listSuspects(env, store);
  if (marks.length === 0 && suspects === undefined) {
    return;
  }
  io('sync', store.path, () => {
    if (suspects !== undefined) {
      rewriteSuspects(env, store, suspects, control);
    }
    if (!syncAll(env, store, store.path, control) && marks.length > 0) {
      const since = sinceOf(marks)!;
      try {
        syncSince(env, store, since, control);
      } catch (error) {
        noteFailedSync(env, store, error, since);
        throw error;
      }
    }
  });
  clearMarks(env, store, marks);
  clearSuspects(env, suspects);
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
