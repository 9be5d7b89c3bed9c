import { throwIfCancelled } from '../../../base/abort';
import type { Control, EngineEnv } from '../../context';
import { ensureDir, join, syncFile } from '../../disk/durable';
import { errnoOf, io } from '../../disk/fsErrors';
import type { FileColumns } from '../../hashing/fileTable';
import { opensAgain } from '../../jobs/copyJob';
import type { Store } from '../../store/storeRoot';
import { syncAll } from '../../store/syncAll';
import { canDefer } from '../../store/unsynced';
import { copyFiles, keptModes, type CopyRequest } from './copyFiles';

/** Files, folders and links that are to be made below `root`, by paths below it. */
export interface TreeToWrite extends Pick<CopyRequest, 'root' | 'files' | 'wantStats' | 'phase'> {
  /** Each before what is in it. */
  folders: readonly { to: string; mode: number }[];
  links: readonly { to: string; target: string }[];
}

/** Up to this many files, syncing each is cheaper than syncing the file system. */
const SYNC_EACH_LIMIT = 32;
const OWNER = 0o700;

/**
 * Writes a tree into a folder of our own: every byte checked on the way, every mode set, all of it durable
 * when this returns. When it fails, a part of it may be there: the caller removes it.
 * @returns columns: row i is `files[i]`
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function writeTree(
  env: EngineEnv,
  store: Store,
  tree: TreeToWrite,
  control: Control,
): FileColumns {
  const { root } = tree;
  // Not where one sync of the file system is to come: read-only files may be many.
  const syncShut = tree.files.length <= SYNC_EACH_LIMIT || !canDefer(env);
  const kept = keptModes(env, root);
  return io('write', root, () => {
    const shut = makeFolders(env, tree, kept, control);
    const columns = copyFiles(env, store, { ...tree, syncShut, keptModes: kept }, control);
    for (const { to, target } of tree.links) {
      throwIfCancelled(control.signal);
      env.fs.symlink(target, join(root, to));
    }
    control.progress({ phase: 'sync', done: 0, total: 0 });
    makeDurable(env, store, { tree, syncShut }, control);
    shutFolders(env, root, shut);
    return columns;
  });
}

/** @returns the folders whose mode would keep their owner from filling them: they get it in the end */
function makeFolders(
  env: EngineEnv,
  tree: TreeToWrite,
  kept: number,
  control: Control,
): TreeToWrite['folders'] {
  const shut: TreeToWrite['folders'][number][] = [];
  for (const folder of tree.folders) {
    throwIfCancelled(control.signal);
    const path = join(tree.root, folder.to);
    const open = (folder.mode & OWNER) === OWNER;
    ensureDir(env.fs, path, open ? folder.mode : OWNER);
    if (!open) {
      shut.push(folder);
    } else if ((folder.mode & ~kept) !== 0) {
      env.fs.chmod(path, folder.mode);
    }
  }
  return shut.reverse();
}

/** Everything is written before the first sync: a journaling file system writes all of it with that one. */
function makeDurable(
  env: EngineEnv,
  store: Store,
  { tree, syncShut }: { tree: TreeToWrite; syncShut: boolean },
  control: Control,
): void {
  const { fs } = env;
  const { root, files, folders } = tree;
  if (files.length > SYNC_EACH_LIMIT && syncAll(env, store, root, control)) {
    return;
  }
  for (const { to, mode } of files) {
    throwIfCancelled(control.signal);
    if (!syncShut || opensAgain(mode)) {
      syncFile(fs, join(root, to));
    }
  }
  folders.toReversed().forEach(({ to }) => fs.fsyncDir(join(root, to)));
  fs.fsyncDir(root);
}

function shutFolders(env: EngineEnv, root: string, shut: TreeToWrite['folders']): void {
  for (const { to, mode } of shut) {
    const path = join(root, to);
    env.fs.chmod(path, mode);
    try {
      env.fs.fsyncDir(path);
    } catch (error) {
      // Its new mode keeps us from opening it; there is no other way to sync it.
      if (errnoOf(error) !== 'EACCES') {
        throw error;
      }
    }
  }
}
