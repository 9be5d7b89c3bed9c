import type { EngineEnv } from '../context';
import { discard } from './durable';
import type { Stat } from './fs';
import { errnoOf } from './fsErrors';
import { FolderCursor } from './safePath';

/**
 * Removes a folder of our own with everything in it. Links are removed, never followed, not even one that
 * somebody puts there meanwhile. What cannot be removed stays: this is never worth an error.
 * @param path absolute; nothing but the engine ever puts anything there
 */
export function removeTree(env: Pick<EngineEnv, 'fs' | 'platform'>, path: string): void {
  const { fs } = env;
  quietly(() => {
    const stat = fs.lstat(path);
    if (stat?.kind !== 'dir') {
      return;
    }
    openUp(env, path, stat);
    const cursor = new FolderCursor(env, path);
    try {
      removeInside(env, cursor, '');
    } finally {
      cursor.dispose();
    }
    fs.rmdir(path);
  });
}

function removeInside(
  env: Pick<EngineEnv, 'fs' | 'platform'>,
  cursor: FolderCursor,
  folder: string,
): void {
  const { fs } = env;
  const inside = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const entries = fs.readdir(`${cursor.enter(folder)}/.`);
  for (const { name, kind } of entries) {
    const at = `${cursor.enter(folder)}/${name}`;
    if (kind === 'dir') {
      quietly(() => {
        openUp(env, at, fs.lstat(at));
        removeInside(env, cursor, inside(name));
        fs.rmdir(`${cursor.enter(folder)}/${name}`);
      });
    } else {
      cursor.recheck();
      discard(fs, at);
    }
  }
}

/** A folder that its owner may not write in cannot be emptied. */
function openUp(env: Pick<EngineEnv, 'fs'>, path: string, stat: Stat | undefined): void {
  if (stat?.kind === 'dir' && (stat.mode & 0o700) !== 0o700) {
    env.fs.chmod(path, 0o700);
  }
}

function quietly(step: () => void): void {
  try {
    step();
  } catch (error) {
    const expected = errnoOf(error) !== undefined || isUnsafe(error);
    if (!expected) {
      throw error;
    }
  }
}

function isUnsafe(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'UNSAFE_PATH';
}
