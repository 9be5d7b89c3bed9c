import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { systemClock } from '../base/clock';

/** Below the user's own folder. */
const NAME = 'compiled';
/** Others than the owner may write. */
const WRITABLE_BY_OTHERS = 0o022;
/** Of a folder that others may write to: what is in it is renamed by its owner alone. */
const STICKY = 0o1000;
/** What another version keeps goes when nothing came to it for so long. */
const OLD_MS = 30 * 24 * 60 * 60 * 1000;

/** Of Node 22.1 and newer. */
interface CompileCache {
  enableCompileCache?: (folder: string) => unknown;
}

/**
 * Lets Node keep the command's code as it was compiled, so that the next process has it at once. Code that is kept
 * is run: it lies where nobody but this user can write, or nowhere (Node's own place for it is a folder that all
 * users share). Never fails: without it everything works, only later.
 * @param home the user's own folder. It is not made here: the command makes it when there is something to remember
 */
export function keepCompiledCode(home: string, version: string): void {
  const { enableCompileCache } = nodeModule as CompileCache;
  const all = join(home, NAME);
  const folder = join(all, version);
  try {
    if (enableCompileCache === undefined || !isOwn(home) || !isSafeAbove(home) || !makeOwn(all)) {
      return;
    }
    const isNew = lstatSync(folder, { throwIfNoEntry: false }) === undefined;
    if (makeOwn(folder)) {
      enableCompileCache(folder);
    }
    if (isNew) {
      removeOld(all);
    }
  } catch {
    // A disk that is full, or cannot be written.
  }
}

/** @returns whether it is there now, and this user's own */
function makeOwn(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    // Another process may be faster.
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  return isOwn(path);
}

/** A folder, no link, that nobody but this user can write to. */
function isOwn(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const user = process.getuid?.();
  if (user === undefined) {
    // Windows tells no modes: in the user's profile nobody else may write, of another place nobody knows.
    return stat?.isDirectory() === true && (process.env['SNAPDIR_HOME'] ?? '') === '';
  }
  return (
    stat?.isDirectory() === true && stat.uid === user && (stat.mode & WRITABLE_BY_OTHERS) === 0
  );
}

/** Whether nobody else may put another folder in this one's place: each above is root's or one's own, as ssh wants it. */
function isSafeAbove(path: string): boolean {
  const user = process.getuid?.();
  const real = realpathSync(path);
  for (let at = dirname(real), below = real; at !== below; below = at, at = dirname(at)) {
    const { uid, mode } = lstatSync(at);
    const isShared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
    if (user !== undefined && (isShared || (uid !== user && uid !== 0))) {
      return false;
    }
  }
  return true;
}

function removeOld(all: string): void {
  const now = systemClock.now();
  for (const name of readdirSync(all)) {
    try {
      if (now - lstatSync(join(all, name)).mtimeMs > OLD_MS) {
        rmSync(join(all, name), { recursive: true, force: true });
      }
    } catch {
      // Another process was faster, or it is somebody else's.
    }
  }
}
