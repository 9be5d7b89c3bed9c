import { dirname } from 'node:path';
import type { EngineEnv } from '../context';
import { ensureDir, join, readFile, writeFileRelaxed } from '../disk/durable';
import { errnoOf, io, translate } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';

/**
 * Which stores are this user's (H57), below the user's own folder: `stores/<store id>/` has a file
 * `owner-<uid>` for each owner under which the store was made or adopted, a file `at-<16 hex>` for each place
 * where it was seen (the path is its text, the hex its BLAKE3), `last-<16 hex>` with the newest record seen
 * there, and `foreign` with the names of the records that came with it. A lost registry costs a question.
 */
export interface StorePlace {
  id: string;
  /** Absolute path of the store. */
  path: string;
  uid: number;
}

const STORE_ID = /^[0-9a-f]{32}$/;

const MAX_FOREIGN_BYTES = 64 * 1024 * 1024;

/** How old the note of a place may grow while its store is seen there. Milliseconds. */
const SEEN_MS = 60_000;

/** Why a folder can never be written by this user. */
const FOR_GOOD = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT']);

/** Homes that can be used, by path: they are tried once. */
const usable = new Map<string, boolean>();
/** What is known to be registered, so that most calls look at no file. */
const known = new Set<string>();

/**
 * The user's folder, made where it is missing; undefined where there is none or this user may not write it: then
 * nothing can be remembered, and every store counts as this user's.
 * @throws DISK_FULL, IO: it could not be found out
 */
export function homeOf(env: EngineEnv): string | undefined {
  const { home } = env;
  if (home === undefined) {
    return undefined;
  }
  let answer = usable.get(home);
  if (answer === undefined) {
    answer = canUse(env, home);
    usable.set(home, answer);
    if (!answer) {
      env.log.warn(`${home} cannot be written: nobody can tell which stores are yours`);
    }
  }
  return answer ? home : undefined;
}

function canUse(env: EngineEnv, home: string): boolean {
  try {
    makeFolders(env, home);
    for (const part of ['stores', 'vault', 'tmp']) {
      ensureDir(env.fs, join(home, part), 0o700);
    }
    return (
      env.fs.writable(join(home, 'stores')) && env.fs.lstat(join(home, 'stores'))?.kind === 'dir'
    );
  } catch (error) {
    if (FOR_GOOD.has(errnoOf(error) ?? '')) {
      return false;
    }
    // A full disk, too many open files: tomorrow it may be known whose a store is.
    throw translate(error, 'open', home);
  }
}

function makeFolders(env: EngineEnv, path: string): void {
  if (env.fs.lstat(path) === undefined && dirname(path) !== path) {
    makeFolders(env, dirname(path));
    ensureDir(env.fs, path, 0o700);
  }
}

const folderOf = (home: string, id: string): string => join(home, `stores/${id}`);
/** Sixteen hex digits that stand for a path. */
export function placeKey(path: string): string {
  return blake3(new TextEncoder().encode(path)).slice(0, 16);
}
const placeName = (path: string): string => `at-${placeKey(path)}`;

/** Whether this user made or adopted a store of this id and owner. Without a home: yes. */
export function isRegistered(env: EngineEnv, { id, uid }: Omit<StorePlace, 'path'>): boolean {
  const home = homeOf(env);
  if (home === undefined) {
    return true;
  }
  const path = join(folderOf(home, id), `owner-${uid}`);
  if (!known.has(path) && env.fs.lstat(path)?.kind === 'file') {
    known.add(path);
  }
  return known.has(path);
}

/** Remembers that a store is this user's. Best effort, not synced: losing it costs a question. */
export function register(env: EngineEnv, { id, path, uid }: StorePlace): void {
  const home = homeOf(env);
  if (home !== undefined && STORE_ID.test(id)) {
    io('register', home, () => ensureDir(env.fs, folderOf(home, id), 0o700));
    const owner = join(folderOf(home, id), `owner-${uid}`);
    writeFileRelaxed(env, join(home, 'tmp'), owner, new Uint8Array(0));
    noteStorePlace(env, id, path);
  }
}

/** Remembers where a store is, so that it is missed when it is gone. Best effort. */
export function noteStorePlace(env: EngineEnv, id: string, path: string): void {
  const home = homeOf(env);
  if (home === undefined || env.fs.lstat(folderOf(home, id))?.kind !== 'dir') {
    return;
  }
  const at = join(folderOf(home, id), placeName(path));
  if (!known.has(at) && !isRecent(env, at)) {
    writeFileRelaxed(env, join(home, 'tmp'), at, new TextEncoder().encode(path));
  }
  known.add(at);
}

/** Written anew once in a while: of several stores that were at a place, the one seen last is the one that is missed. */
function isRecent({ fs, clock }: EngineEnv, path: string): boolean {
  const stat = fs.lstat(path);
  return stat !== undefined && clock.now() - Number(stat.mtimeNs / 1_000_000n) < SEEN_MS;
}

/** Ids of the stores that were at this path, the one that came last first. @throws IO */
export function storesSeenAt(env: EngineEnv, path: string): string[] {
  const home = homeOf(env);
  if (home === undefined) {
    return [];
  }
  const name = placeName(path);
  return io('list', home, () => env.fs.readdir(join(home, 'stores')))
    .filter(({ name: id }) => STORE_ID.test(id))
    .map(({ name: id }) => ({ id, stat: env.fs.lstat(`${folderOf(home, id)}/${name}`) }))
    .filter(({ stat }) => stat?.kind === 'file')
    .sort((a, b) => (a.stat!.mtimeNs < b.stat!.mtimeNs ? 1 : -1))
    .map(({ id }) => id);
}

/** Keeps the names of the records that a store had when it was adopted (H45). @throws IO */
export function noteForeign(env: EngineEnv, id: string, names: readonly string[]): void {
  const home = homeOf(env);
  if (home !== undefined) {
    io('register', home, () => ensureDir(env.fs, folderOf(home, id), 0o700));
    const bytes = new TextEncoder().encode(names.map((name) => `${name}\n`).join(''));
    writeFileRelaxed(env, join(home, 'tmp'), join(folderOf(home, id), 'foreign'), bytes);
  }
}

/** Tells of record ids whether they came with a store that was adopted. @throws IO */
export function foreignRecords(env: EngineEnv, storeId: string): (recordId: string) => boolean {
  const home = homeOf(env);
  if (home === undefined || !STORE_ID.test(storeId)) {
    return () => false;
  }
  const path = join(folderOf(home, storeId), 'foreign');
  const bytes = io('read', path, () => readFile(env.fs, path, MAX_FOREIGN_BYTES));
  const names = bytes === undefined ? undefined : Buffer.from(bytes);
  return (id) => names?.includes(`-${id}.json\n`) === true;
}
