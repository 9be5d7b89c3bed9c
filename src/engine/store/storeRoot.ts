import type { RepositoryLocation } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { ensureDir, join, readFile, writeFileDurable } from '../disk/durable';
import type { Stat } from '../disk/fs';
import { io } from '../disk/fsErrors';
import { isRegistered, register } from '../home/registry';
import { KnownStores } from './knownStores';
import { checkNewPlace, writeFormat } from './newStore';
import { checkRoot, checkStoreDir, statStore } from './storeDirs';

/** One open store: where its parts are. All paths are absolute. */
export interface Store {
  /** The folder that is snapshotted. */
  root: string;
  path: string;
  id: string;
  objects: string;
  manifests: string;
  records: string;
  restore: string;
  trash: string;
  cache: string;
  tmp: string;
  /** Marks of processes that wrote content without syncing it (`unsynced.ts`). */
  unsynced: string;
  /** What an unclean end left torn, kept for people to look at. */
  damaged: string;
  lease: string;
  /** Why nothing may be written here; null when it may. */
  readOnly: string | null;
  /** It came from somewhere else, and nobody here has adopted it (H57): nothing in it is believed but what checksums prove. */
  foreign: boolean;
}

export const STORE_NAME = '.snapdir';
/** The newest layout this code writes. A store with a higher number opens read-only (H12). */
export const FORMAT_VERSION = 1;
const DIR_MODE = 0o700;
const FORMAT_LIMIT = 4096;

const opened = new KnownStores<Store>();

function storePath(location: RepositoryLocation): string {
  return location.store ?? join(location.root, STORE_NAME);
}

function layout(location: RepositoryLocation, id: string, readOnly: string | null): Store {
  const path = storePath(location);
  return {
    root: location.root,
    path,
    id,
    objects: join(path, '.objects'),
    manifests: join(path, '.manifests'),
    records: join(path, 'records'),
    restore: join(path, 'restore'),
    trash: join(path, 'trash'),
    cache: join(path, 'cache'),
    tmp: join(path, 'tmp'),
    unsynced: join(path, 'unsynced'),
    damaged: join(path, 'damaged'),
    lease: join(path, 'lease'),
    readOnly,
    foreign: false,
  };
}

/** FORMAT is two lines: `snapdir-store <version>` and `id <32 hex>`. */
function parseFormat(text: string, path: string): { version: number; id: string } {
  const match = /^snapdir-store (\d{1,9})\nid ([0-9a-f]{32})\n/.exec(text);
  if (match === null) {
    throw new SnapdirError('PARSE', { what: path, reason: 'not a FORMAT file of Snapdir' });
  }
  return { version: Number(match[1]), id: match[2]! };
}

/** @returns those of the folders that every store has which are missing */
function checkParts(env: EngineEnv, store: Store): string[] {
  [store.unsynced, store.damaged].forEach((part) => checkStoreDir(env, part));
  return partsOf(store).filter((part) => !checkStoreDir(env, part));
}

/**
 * Opens the store of a folder, or returns undefined when there is none.
 * A folder that snapdir itself wrote (no FORMAT) opens read-only: it can be listed, verified, restored from.
 * A store whose folder and FORMAT are as they were is not looked through again.
 * @throws FOLDER_NOT_FOUND, STORE_UNSAFE, PARSE (damaged FORMAT), IO
 */
export function findStore(env: EngineEnv, location: RepositoryLocation): Store | undefined {
  checkRoot(env, location.root);
  const path = storePath(location);
  const stats = { dir: statStore(env, path), format: env.fs.lstat(join(path, 'FORMAT')) };
  const known = opened.find(env, location, stats);
  if (known !== undefined && env.fs.writable(path)) {
    return known;
  }
  const store = openAnew(env, location, stats.dir);
  if (store?.readOnly === null) {
    opened.note(env, location, stats, store);
  }
  return store;
}

function openAnew(
  env: EngineEnv,
  location: RepositoryLocation,
  dir: Stat | undefined,
): Store | undefined {
  const path = storePath(location);
  if (dir === undefined) {
    return undefined;
  }
  const bytes = readFile(env.fs, join(path, 'FORMAT'), FORMAT_LIMIT);
  if (bytes === undefined) {
    return findPlainStore(env, location, path);
  }
  const { version, id } = parseFormat(new TextDecoder().decode(bytes), join(path, 'FORMAT'));
  let readOnly: string | null = null;
  if (version > FORMAT_VERSION) {
    readOnly = `it was written by a newer version (format ${version}, this one knows ${FORMAT_VERSION})`;
  } else if (!env.fs.writable(path)) {
    readOnly = 'the folder cannot be written';
  }
  const foreign = !isRegistered(env, { id, uid: dir.uid });
  if (foreign) {
    readOnly ??= 'it came from somewhere else and was not adopted';
  }
  const store = { ...layout(location, id, readOnly), foreign };
  const missing = checkParts(env, store);
  if (readOnly === null) {
    makeMissingParts(env, store, missing);
  }
  return store;
}

/** Git keeps no empty folders: a store that was stashed and brought back, or cloned, lacks some. */
function makeMissingParts(env: EngineEnv, store: Store, missing: readonly string[]): void {
  const { fs } = env;
  if (missing.length > 0) {
    io('create', store.path, () => {
      missing.forEach((part) => ensureDir(fs, part, DIR_MODE));
      fs.fsyncDir(store.path);
    });
  }
}

/** The folders that every store has. */
function partsOf(store: Store): string[] {
  const { objects, manifests, records, restore, trash, cache, tmp } = store;
  return [objects, manifests, records, restore, trash, cache, tmp];
}

/** The store's own path as it is remembered: links to the folder resolved. */
export function placeOf(env: EngineEnv, location: RepositoryLocation): string {
  return (
    location.store ??
    join(
      io('resolve', location.root, () => env.fs.realpath(location.root)),
      STORE_NAME,
    )
  );
}

function findPlainStore(
  env: EngineEnv,
  location: RepositoryLocation,
  path: string,
): Store | undefined {
  const store = layout(location, '', 'it was written by another snapdir tool');
  checkParts(env, store);
  const isOurs = env.fs.lstat(store.tmp) !== undefined;
  if (isOurs || env.fs.lstat(store.manifests) === undefined) {
    // A creation that was interrupted before FORMAT (`tmp` comes first): the next take goes on with it.
    return undefined;
  }
  return { ...store, path };
}

/**
 * A store by its own path, to read from and never to write to: the vault, or what a person named. `id` is ''
 * where it has no FORMAT.
 * @throws STORE_UNSAFE, PARSE, IO
 */
export function storeAt(env: EngineEnv, path: string): Store {
  checkStoreDir(env, path);
  const bytes = readFile(env.fs, join(path, 'FORMAT'), FORMAT_LIMIT);
  const id =
    bytes === undefined
      ? ''
      : parseFormat(new TextDecoder().decode(bytes), join(path, 'FORMAT')).id;
  const store = layout({ root: path, store: path }, id, 'it is only read from');
  checkParts(env, store);
  return store;
}

/** @throws STORE_NOT_FOUND and what {@link findStore} throws */
export function openStore(env: EngineEnv, location: RepositoryLocation): Store {
  const store = findStore(env, location);
  if (store === undefined) {
    throw new SnapdirError('STORE_NOT_FOUND', { path: storePath(location) });
  }
  return store;
}

/** @throws READ_ONLY, UNSUPPORTED_FORMAT, FOREIGN_STORE when nothing may be written */
export function requireWritable(store: Store): void {
  if (store.readOnly === null) {
    return;
  }
  if (store.readOnly.includes('newer version')) {
    throw new SnapdirError('UNSUPPORTED_FORMAT', {
      found: store.readOnly,
      supported: String(FORMAT_VERSION),
    });
  }
  throw store.foreign
    ? new SnapdirError('FOREIGN_STORE', { path: store.path })
    : new SnapdirError('READ_ONLY', { path: store.path });
}

/**
 * Opens the store, or makes it: `.gitignore` first, so that no moment exists in which Git or npm
 * would pick up the objects (H61); FORMAT last, so that a store with one is complete.
 * @throws what {@link findStore} throws, READ_ONLY, UNSUPPORTED_FORMAT, DISK_FULL
 */
export function openOrCreateStore(env: EngineEnv, location: RepositoryLocation): Store {
  const found = findStore(env, location);
  if (found !== undefined) {
    requireWritable(found);
    return found;
  }
  return makeStore(env, location, env.randomName());
}

/**
 * Makes a store where there is none.
 * @param id 32 hex digits
 * @throws STORE_UNSAFE (that place is no place for one), READ_ONLY, DISK_FULL, IO
 */
export function makeStore(env: EngineEnv, location: RepositoryLocation, id: string): Store {
  const { fs } = env;
  const parent = location.store === undefined ? location.root : undefined;
  const store = layout(location, id, null);
  checkNewPlace(env, location);
  io('create', store.path, () => {
    if (parent !== undefined && !fs.writable(parent)) {
      throw new SnapdirError('READ_ONLY', { path: parent });
    }
    const created = ensureDir(fs, store.path, DIR_MODE);
    ensureDir(fs, store.tmp, DIR_MODE);
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const ignore = join(store.path, '.gitignore');
    if (parent !== undefined || fs.lstat(ignore) === undefined) {
      writeFileDurable(env, store.tmp, ignore, encode('*\n'));
    }
    for (const dir of [
      store.objects,
      store.manifests,
      store.records,
      store.restore,
      store.trash,
      store.cache,
    ]) {
      ensureDir(fs, dir, DIR_MODE);
    }
    const uid = fs.lstat(store.path)?.uid ?? 0;
    register(env, { id, uid, path: placeOf(env, location) });
    writeFormat(env, store, encode(`snapdir-store ${FORMAT_VERSION}\nid ${store.id}\n`));
    if (created && parent !== undefined) {
      fs.fsyncDir(parent);
    }
  });
  return openStore(env, location);
}

/** Stands in where a folder without a store is only looked at: nothing is ever written for it. */
export function noStore(location: RepositoryLocation): Store {
  return layout(location, '', 'there is no store');
}
