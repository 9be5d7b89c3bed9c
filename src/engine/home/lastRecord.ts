import type { EngineEnv } from '../context';
import { attempt } from '../repair/placeContent';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import { loadHistory } from '../store/records';
import type { Store } from '../store/storeRoot';
import { hasUnsynced } from '../store/unsynced';
import { homeOf, placeKey } from './registry';

/**
 * The newest record that was seen in a store, kept in the user's own folder (H56): whoever can write the
 * store can take records away, and checksums do not tell. Durable ones only: those of a relaxed take may be
 * lost in a power cut.
 */
function notePath(env: EngineEnv, store: Store): string | undefined {
  const home = homeOf(env);
  return home === undefined || store.foreign || store.id === ''
    ? undefined
    : join(home, `stores/${store.id}/last-${placeKey(store.path)}`);
}

const MAX_NAME_BYTES = 256;
const NAME = /^[0-9TZ]+-[0-9a-f]{64}\.json$/;

/** Remembers the newest record, unless the one that was remembered is gone. Best effort. */
export function noteLastRecord(env: EngineEnv, store: Store): void {
  const path = notePath(env, store);
  const { newest } = loadHistory(env, store);
  if (path === undefined || !NAME.test(newest) || newest === read(env, path)) {
    return;
  }
  if (!hasUnsynced(env, store) && lostRecord(env, store) === undefined) {
    write(env, path, newest);
  }
}

/** A record that was the newest one and is not there any more; undefined: nothing is missed. */
export function lostRecord(env: EngineEnv, store: Store): string | undefined {
  const path = notePath(env, store);
  const name = path === undefined ? undefined : read(env, path);
  const isThere = (folder: string): boolean => env.fs.lstat(join(folder, name!)) !== undefined;
  return name === undefined || isThere(store.records) || isThere(store.damaged) ? undefined : name;
}

/** After people were told what is lost for good: it is missed no longer. */
export function acceptLoss(env: EngineEnv, store: Store): void {
  const path = notePath(env, store);
  if (path !== undefined && lostRecord(env, store) !== undefined) {
    write(env, path, loadHistory(env, store).newest);
  }
}

function read(env: EngineEnv, path: string): string | undefined {
  const bytes = attempt(() => readFile(env.fs, path, MAX_NAME_BYTES));
  const name = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  return NAME.test(name) ? name : undefined;
}

function write(env: EngineEnv, path: string, name: string): void {
  writeFileRelaxed(env, join(homeOf(env)!, 'tmp'), path, new TextEncoder().encode(name));
}
