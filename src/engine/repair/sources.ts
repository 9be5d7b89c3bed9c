import { SnapdirError } from '../../core/errors';
import type { RepairSource } from '../../core/engine';
import { shard } from '../../core/storeLayout';
import type { EngineEnv } from '../context';
import { join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { vaultPath } from '../home/vaultPath';
import { storeAt, type Store } from '../store/storeRoot';
import { listTrash, trashPath } from '../store/trash';
import type { Candidate, Wanted } from './placeContent';

/** Somewhere to look for content. Cheap ones come first. */
export interface Source {
  candidates(wanted: Wanted, size: number | undefined): Iterable<Candidate>;
}

/** A store, or a copy of one, that content may be taken from. */
export interface OtherStore {
  source: RepairSource;
  at: Store;
}

/** Whether a folder has the layout of a store. */
function looksLikeStore(env: EngineEnv, path: string): boolean {
  return ['FORMAT', '.objects', '.manifests'].some(
    (name) => env.fs.lstat(join(path, name)) !== undefined,
  );
}

/**
 * What `from` names: a store, a folder that has one (then both are looked into), or a folder.
 * @throws FOLDER_NOT_FOUND, STORE_UNSAFE, PARSE, IO
 */
export function openFrom(
  env: EngineEnv,
  from: readonly string[],
): { stores: OtherStore[]; folders: string[] } {
  const stores: OtherStore[] = [];
  const folders: string[] = [];
  for (const path of from) {
    const real = io('open', path, () =>
      env.fs.lstat(path) === undefined ? undefined : env.fs.realpath(path),
    );
    if (real === undefined || env.fs.lstat(real)?.kind !== 'dir') {
      throw new SnapdirError('FOLDER_NOT_FOUND', { path });
    }
    if (looksLikeStore(env, real)) {
      stores.push({ source: 'store', at: storeAt(env, real) });
      continue;
    }
    folders.push(real);
    const inside = join(real, '.snapdir');
    if (env.fs.lstat(inside)?.kind === 'dir' && looksLikeStore(env, inside)) {
      stores.push({ source: 'store', at: storeAt(env, inside) });
    }
  }
  return { stores, folders };
}

/** The vault of this store, where there is one. @throws PARSE, STORE_UNSAFE, IO */
export function openVault(env: EngineEnv, storeId: string): OtherStore | undefined {
  const path = vaultPath(env, storeId);
  return path !== undefined && env.fs.lstat(path)?.kind === 'dir'
    ? { source: 'vault', at: storeAt(env, path) }
    : undefined;
}

/** What garbage collection set aside, and what was set aside because it was torn. */
export function asideIn(env: EngineEnv, store: Store): Source {
  const collections = listTrash(env, store);
  return {
    *candidates({ kind, hex }) {
      for (const gcId of collections) {
        yield { source: 'trash', from: trashPath(store, gcId, kind, hex) };
      }
      yield { source: 'damaged', from: join(store.damaged, hex) };
    },
  };
}

/** Another store in the same layout, its trash too. */
export function storeSource(env: EngineEnv, { source, at }: OtherStore): Source {
  const collections = listTrash(env, at);
  return {
    *candidates({ kind, hex }) {
      yield { source, from: join(at[kind], shard(hex)) };
      for (const gcId of collections) {
        yield { source, from: trashPath(at, gcId, kind, hex) };
      }
    },
  };
}
