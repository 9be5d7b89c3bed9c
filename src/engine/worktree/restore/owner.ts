import type { EngineEnv } from '../../context';
import { syncFile } from '../../disk/durable';
import type { Stat } from '../../disk/fs';
import { errnoOf } from '../../disk/fsErrors';

/** set-uid, set-gid and sticky: a restore never sets them (H32). */
const SPECIAL_BITS = 0o7000;

/**
 * Gives a file that is about to replace another one that one's owner and group, where this user may (H46): what root
 * restores stays a person's own.
 * @param path the new file, by a path that nobody else can change
 * @param replaced the file that is there
 * @returns false: it differs from what it replaces, in its owner or in special permission bits
 */
export function keepsOwner(env: EngineEnv, path: string, replaced: Stat): boolean {
  const { fs } = env;
  const own = fs.lstat(path);
  const same = own?.kind !== 'file' || (own.uid === replaced.uid && own.gid === replaced.gid);
  const plain = (replaced.mode & SPECIAL_BITS) === 0;
  if (same) {
    return plain;
  }
  try {
    fs.chown(path, replaced.uid, replaced.gid);
    syncFile(fs, path);
    return plain;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}
