import type { EngineEnv } from '../context';
import { join } from './durable';
import { errnoOf } from './fsErrors';

const known = new Map<string, boolean>();

/** What a folder's own count of names is when nothing is in it: its name in the folder above, and its `.`. */
export const EMPTY_COUNT = 2;

/**
 * Whether a folder's stat counts the folders in it here: each has a `..` that is a name of it (ext4, XFS, tmpfs,
 * APFS; not btrfs, nor most network drives). Found out by trying, once; no where it cannot be tried.
 * @param folder a folder of our own on the file system in question
 */
export function countsFolders(env: EngineEnv, folder: string): boolean {
  let answer = known.get(folder);
  if (answer === undefined) {
    answer = tryOut(env, join(folder, `probe-${env.randomName()}`));
    known.set(folder, answer);
  }
  return answer;
}

function tryOut({ fs }: EngineEnv, probe: string): boolean {
  const inside = ['a', 'b'].map((name) => join(probe, name));
  try {
    fs.mkdir(probe, 0o700);
    const empty = fs.lstat(probe)?.nlink;
    inside.forEach((path) => fs.mkdir(path, 0o700));
    const full = fs.lstat(probe)?.nlink;
    return empty === EMPTY_COUNT && full === EMPTY_COUNT + inside.length;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  } finally {
    [...inside, probe].forEach((path) => removeQuietly(fs, path));
  }
}

function removeQuietly(fs: EngineEnv['fs'], path: string): void {
  try {
    fs.rmdir(path);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
  }
}
