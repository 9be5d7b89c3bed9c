// What making a store takes beside its folders: a place that may be one, and FORMAT.
import { dirname } from 'node:path';
import type { RepositoryLocation } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { discard, join, writeFileDurable } from '../disk/durable';
import type { Stat } from '../disk/fs';
import { io } from '../disk/fsErrors';

/** What a creation makes before FORMAT: one that was interrupted is gone on with. `tmp` comes first. */
const BEGUN = new Set([
  ...['tmp', '.gitignore', '.objects', '.manifests', 'records', 'restore', 'trash', 'cache'],
]);
/** What systems put into folders unasked. */
const UNASKED = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * A store that was given a place of its own begins in an empty folder, or in one that is not there yet: in any other one it
 * would get in the way of what is there. Never in the folder that it is for, nor around it, by whatever name.
 * @throws STORE_UNSAFE, IO
 */
export function checkNewPlace(env: EngineEnv, location: RepositoryLocation): void {
  const { root, store: path } = location;
  if (path === undefined) {
    return;
  }
  const stat = io('stat', path, () => env.fs.lstat(path));
  if (stat === undefined) {
    return; // What is not there is around nothing.
  }
  if (holds(env, { path, stat }, root)) {
    throw new SnapdirError('STORE_UNSAFE', { path, reason: 'holds-folder' });
  }
  const names = io('list', path, () => env.fs.readdir(path)).map(({ name }) => name);
  const own = names.includes('tmp') ? BEGUN : new Set<string>();
  if (!names.every((name) => own.has(name) || UNASKED.has(name))) {
    throw new SnapdirError('STORE_UNSAFE', { path, reason: 'not-empty' });
  }
}

/** Whether a folder is another one, or above it. Folders are told by what they are: links and letter case do not count. */
function holds({ fs }: EngineEnv, store: { path: string; stat: Stat }, root: string): boolean {
  const outer = io('resolve', store.path, () => fs.realpath(store.path));
  const { dev, ino } = store.stat;
  for (let at = io('resolve', root, () => fs.realpath(root)); ; at = dirname(at)) {
    const stat = io('stat', at, () => fs.lstat(at));
    // Some network disks number nothing.
    if (at === outer || (ino !== 0n && stat?.dev === dev && stat.ino === ino)) {
      return true;
    }
    if (dirname(at) === at) {
      return false;
    }
  }
}

/** Two windows may make the store at once: the first FORMAT wins, since `link` never replaces. */
export function writeFormat(
  env: EngineEnv,
  store: { path: string; tmp: string },
  bytes: Uint8Array,
): void {
  const draft = join(store.tmp, `format-${env.randomName()}`);
  const final = join(store.path, 'FORMAT');
  try {
    // Its last step is to sync the folder: the draft is there when that fails.
    writeFileDurable(env, store.tmp, draft, bytes);
    placeFormat(env, draft, final);
  } finally {
    discard(env.fs, draft);
  }
  env.fs.fsyncDir(store.path);
}

function placeFormat(env: EngineEnv, draft: string, final: string): void {
  try {
    env.fs.link(draft, final);
  } catch {
    if (env.fs.lstat(final) === undefined) {
      // No hard links on this file system (exFAT).
      env.fs.rename(draft, final);
    }
  }
}
