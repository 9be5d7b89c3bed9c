import type { EngineMethods, RepositoryLocation } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { ensureDir, join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { removeTree } from '../disk/removeTree';
import { isRegistered, noteForeign, register } from '../home/registry';
import { listRecords } from '../store/records';
import { openStore, placeOf, type Store } from '../store/storeRoot';

/**
 * From now on the store that came with the folder is this user's (H57). What it could lie with goes first:
 * caches and drafts are deleted, journals of restores that somebody else began are kept in `damaged/`, and
 * its records are remembered as foreign (H45).
 * @throws STORE_NOT_FOUND, INVALID_ARGUMENT (it is this user's already), READ_ONLY, IO
 */
export function adopt(
  env: EngineEnv,
  location: RepositoryLocation,
): EngineMethods['adopt']['result'] {
  const store = openStore(env, location);
  const { id } = store;
  if (!store.foreign) {
    const reason = { is: 'yours-already' } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'adopt', reason });
  }
  if (!env.fs.writable(store.path)) {
    throw new SnapdirError('READ_ONLY', { path: store.path });
  }
  const names = listRecords(env, store).map(({ name }) => name);
  io('adopt', store.path, () => clear(env, store));
  const uid = env.fs.lstat(store.path)?.uid ?? 0;
  noteForeign(env, id, names);
  register(env, { id, uid, path: placeOf(env, location) });
  if (!isRegistered(env, { id, uid })) {
    throw new SnapdirError('READ_ONLY', { path: env.home ?? '' });
  }
  return { storeId: id, records: names.length };
}

function clear(env: EngineEnv, store: Store): void {
  const { fs } = env;
  fs.chmod(store.path, 0o700);
  if (fs.lstat(store.restore) !== undefined && fs.readdir(store.restore).length > 0) {
    ensureDir(fs, store.damaged, 0o700);
    fs.rename(store.restore, join(store.damaged, `restore-${env.randomName()}`));
  }
  for (const dir of [store.cache, store.tmp]) {
    removeTree(env, dir);
  }
  for (const dir of [store.tmp, store.cache, store.restore, store.trash, store.records]) {
    ensureDir(fs, dir, 0o700);
    fs.chmod(dir, 0o700);
  }
}
