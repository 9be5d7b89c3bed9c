import { throwIfCancelled } from '../../base/abort';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { removeTree } from '../disk/removeTree';
import { clearDrafts, isDraftNote } from './draftNotes';
import { DAY_MS } from './gcClock';
import type { Store } from './storeRoot';

/** Names that the engine gives to what it writes in `tmp/`; anything else is not ours and stays (H53). */
const OURS = /^(?:format-|lease-)?[0-9a-f]{32}$/;

/** So long nothing was written to it: whoever made it is no more. */
const LEFTOVER_MS = DAY_MS;

/**
 * Removes what processes that were killed had left in `tmp/`, a day after they last wrote to it by the file
 * system's time, and what they had left beside restores to other disks (H13). Call it with the lease.
 * @param of.now the file system's time, in milliseconds
 * @param of.dryRun only counts
 * @returns how many files and folders went, or would go
 * @throws IO, AbortError
 */
export function clearLeftovers(
  env: EngineEnv,
  store: Store,
  of: { now: number; dryRun: boolean },
  control: Control,
): number {
  const { fs } = env;
  if (fs.lstat(store.tmp)?.kind !== 'dir') {
    return 0;
  }
  const isOld = (entry: string): boolean =>
    newestTime(env, join(store.tmp, entry)) + LEFTOVER_MS <= of.now;
  const entries = io('list', store.tmp, () => fs.readdir(store.tmp)).map(({ name }) => name);
  const old = entries.filter((entry) => OURS.test(entry) && isOld(entry));
  if (of.dryRun) {
    return old.length + entries.filter((entry) => isDraftNote(entry) && isOld(entry)).length;
  }
  for (const entry of old) {
    throwIfCancelled(control.signal);
    remove(env, join(store.tmp, entry));
  }
  return old.length + clearDrafts(env, store, isOld);
}

/** When anything in it was last written, two levels deep: threads have folders of their own. Milliseconds. */
function newestTime(env: EngineEnv, path: string, depth = 2): number {
  const { fs } = env;
  try {
    const stat = fs.lstat(path);
    const own = stat === undefined ? Infinity : Number(stat.mtimeNs / 1_000_000n);
    if (stat?.kind !== 'dir' || depth === 0) {
      return own;
    }
    const inside = fs.readdir(path).map(({ name }) => newestTime(env, join(path, name), depth - 1));
    return inside.reduce((a, b) => (b === Infinity ? a : Math.max(a, b)), own);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return Infinity; // Not ours to judge, or gone meanwhile.
  }
}

function remove(env: EngineEnv, path: string): void {
  const { fs } = env;
  if (fs.lstat(path)?.kind === 'dir') {
    removeTree(env, path);
    return;
  }
  try {
    fs.unlink(path);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
  }
}
