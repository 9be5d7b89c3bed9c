import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { readFile } from '../disk/durable';
import { errnoOf, isOwnLack } from '../disk/fsErrors';
import { vaultPath } from '../home/vaultPath';
import { openVault, type OtherStore } from './sources';

/** What of a repair's sources could not be looked at, by absolute path: it is told, and is no failure of the repair. */
export type Unread = Set<string>;

function note(error: unknown, path: string, unread: Unread): undefined {
  if (!SnapdirError.is(error) || isOwnLack(error)) {
    throw error;
  }
  unread.add(path);
}

/** A file's bytes; undefined: nothing is there, or it cannot be read, or it is longer than `max` bytes. */
export function readIfReadable(
  env: EngineEnv,
  path: string,
  max: number,
  unread: Unread,
): Uint8Array | undefined {
  try {
    return readFile(env.fs, path, max);
  } catch (error) {
    return note(error, path, unread);
  }
}

/** The vault; undefined: there is none, or it cannot be read, or its FORMAT is damaged. */
export function openReadableVault(
  env: EngineEnv,
  storeId: string,
  unread: Unread,
): OtherStore | undefined {
  try {
    return openVault(env, storeId);
  } catch (error) {
    return note(error, vaultPath(env, storeId) ?? storeId, unread);
  }
}

/** Whether this user may not read a file, which says nothing about what is in it. */
export function isDenied({ fs }: EngineEnv, path: string): boolean {
  try {
    fs.close(fs.open(path, 'r'));
    return false;
  } catch (error) {
    return ['EACCES', 'EPERM'].includes(errnoOf(error) ?? '');
  }
}
