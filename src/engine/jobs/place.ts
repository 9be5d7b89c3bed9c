import { shard } from '../../core/storeLayout';
import { dirOf, ensureDir, writeAll } from '../disk/durable';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';

/** Where objects go. */
export interface Objects {
  objects: string;
  /** 4,096 flags: which first-level folders are there. Shared by the threads of a job. */
  prefixes: Uint8Array;
}

const prefixOf = (hex: string): number => Number.parseInt(hex.slice(0, 3), 16);

/** An object's path; its first-level folder may be missing. */
export function placeOf(at: Objects, hex: string): string {
  return `${at.objects}/${shard(hex)}`;
}

/** Makes the folders above an object. Returns those that got a new entry, topmost first. */
function makeFolders(fs: Fs, at: Objects, hex: string): string[] {
  const changed: string[] = [];
  const first = `${at.objects}/${hex.slice(0, 3)}`;
  if (at.prefixes[prefixOf(hex)] === 0) {
    if (ensureDir(fs, first, 0o700)) {
      changed.push(at.objects);
    }
    at.prefixes[prefixOf(hex)] = 1;
  }
  const second = `${first}/${hex.slice(3, 6)}`;
  if (ensureDir(fs, second, 0o700)) {
    changed.push(first);
  }
  if (ensureDir(fs, `${second}/${hex.slice(6, 9)}`, 0o700)) {
    changed.push(second);
  }
  return changed;
}

/** One collection alone can take three levels of folders, each in another moment. */
const ATTEMPTS = 30;

/** Runs a step that needs an object's folders. A garbage collection may remove them while they are empty. */
function withFolders<T>(
  fs: Fs,
  at: Objects,
  hex: string,
  step: (path: string, changed: string[]) => T,
): T {
  for (let attempt = 1; ; attempt++) {
    try {
      const changed = makeFolders(fs, at, hex);
      return step(placeOf(at, hex), changed);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS) {
        throw error;
      }
      at.prefixes[prefixOf(hex)] = 0;
    }
  }
}

/**
 * Writes an object straight to its place, unsynced. When writing fails, what was written stays: its size
 * tells everybody that it is not whole, while removing it might take away what another process has put
 * there since.
 * @returns false: there is something already
 */
export function createInPlace(fs: Fs, at: Objects, hex: string, bytes: Uint8Array): boolean {
  const fd = withFolders(fs, at, hex, (path) => {
    try {
      return fs.open(path, 'wx', 0o600);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') {
        return undefined;
      }
      throw error;
    }
  });
  if (fd === undefined) {
    return false;
  }
  try {
    writeAll(fs, fd, bytes);
  } finally {
    fs.close(fd);
  }
  return true;
}

/**
 * Moves a whole copy to an object's place. It replaces: equal names are equal bytes, or the old one was torn.
 * @returns the folders that got a new entry, the object's own first
 */
export function moveInPlace(fs: Fs, at: Objects, hex: string, from: string): string[] {
  return withFolders(fs, at, hex, (path, changed) => {
    fs.rename(from, path);
    return [dirOf(path), ...changed.reverse()];
  });
}

/** How old an object may be before its use is noted in its time, which garbage collection looks at (H50). */
export const FRESH_NS = 3_600_000_000_000n;

/** `torn`: something is there that is not the object. */
export type Found = 'stored' | 'missing' | 'torn';

/**
 * Whether the object is in the store, whole as far as its size tells (H2).
 * @param nowNs the file system's time
 */
export function findObject(
  fs: Fs,
  at: Objects,
  of: { hex: string; size: number },
  nowNs: bigint,
): Found {
  if (at.prefixes[prefixOf(of.hex)] === 0) {
    return 'missing';
  }
  const path = placeOf(at, of.hex);
  const stat = fs.lstat(path);
  if (stat === undefined) {
    return 'missing';
  }
  if (stat.kind !== 'file' || stat.size !== of.size) {
    return 'torn';
  }
  return stat.mtimeNs >= nowNs - FRESH_NS || freshen(fs, path) ? 'stored' : 'missing';
}

/** false: a garbage collection took it away in this moment. */
function freshen(fs: Fs, path: string): boolean {
  try {
    fs.touch(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
