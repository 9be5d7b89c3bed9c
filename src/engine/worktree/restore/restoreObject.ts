import * as nodePath from 'node:path';
import type { EngineMethods } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import { parseChecksum } from '../../../core/ids';
import type { Control, EngineEnv } from '../../context';
import { discard, join } from '../../disk/durable';
import { errnoOf, io } from '../../disk/fsErrors';
import { copyObject, statObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import { rescueObject } from '../../store/trash';
import { checkSpace, isInside } from './checks';

/**
 * Restores content by its checksum alone, to a new file: no snapshot is needed (hitsave's restore of a
 * blob). What garbage collection set aside is found as well. Nothing is ever overwritten.
 * @throws PARSE (not a checksum), OBJECT_NOT_FOUND, INTEGRITY, FOLDER_NOT_FOUND, UNSAFE_TARGET, TARGET_EXISTS,
 * DISK_FULL, READ_ONLY, IO, AbortError
 */
export function restoreObject(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['restoreObject']['params'],
  control: Control,
): EngineMethods['restoreObject']['result'] {
  const checksum = parseChecksum(params.checksum);
  const folder = realFolder(env, nodePath.dirname(params.destination));
  const path = join(folder, nodePath.basename(params.destination));
  if (isInside(path, env.fs.realpath(store.path))) {
    throw new SnapdirError('UNSAFE_TARGET', { path, reason: 'in-store' });
  }
  if (env.fs.lstat(path) !== undefined) {
    throw new SnapdirError('TARGET_EXISTS', { path });
  }
  if (statObject(env, store, checksum) === undefined) {
    rescueObject(env, store, checksum);
  }
  checkSpace(env, folder, statObject(env, store, checksum)?.size ?? 0);
  const draft = join(folder, `.snapdir-${env.randomName()}`);
  const bytes = copyObject(env, store, checksum, draft, { mode: 0o644, control, sync: true });
  publish(env, draft, path);
  return { path, bytes };
}

function realFolder(env: EngineEnv, folder: string): string {
  const there = io('resolve', folder, () => env.fs.lstat(folder) !== undefined);
  const real = there ? env.fs.realpath(folder) : folder;
  if (env.fs.lstat(real)?.kind !== 'dir') {
    throw new SnapdirError('FOLDER_NOT_FOUND', { path: folder });
  }
  return real;
}

/** By a second name where there are hard links: that can replace nothing, unlike a rename. */
function publish(env: EngineEnv, draft: string, path: string): void {
  io('write', path, () => {
    try {
      env.fs.link(draft, path);
      env.fs.unlink(draft);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' || env.fs.lstat(path) !== undefined) {
        discard(env.fs, draft);
        throw new SnapdirError('TARGET_EXISTS', { path }, { cause: error });
      }
      env.fs.rename(draft, path);
    }
    env.fs.fsyncDir(nodePath.dirname(path));
  });
}
