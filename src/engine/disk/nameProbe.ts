import type { EngineEnv } from '../context';
import { discard, join } from './durable';
import { errnoOf, io } from './fsErrors';

/** How a file system compares names (H28). */
export interface NameRules {
  /** `README` and `readme` are one file. */
  foldsCase: boolean;
  /** Composed and decomposed accents are one name. */
  foldsAccents: boolean;
}

const known = new Map<string, NameRules>();

/**
 * Finds out by trying: creates a file in `folder` and looks it up under other spellings. The answer
 * is kept per folder, since it cannot change under a store.
 * @param folder a folder of our own on the file system in question
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function probeNames(env: EngineEnv, folder: string): NameRules {
  const cached = known.get(folder);
  if (cached !== undefined) {
    return cached;
  }
  const { fs } = env;
  const stem = `probe-${env.randomName()}-`;
  const name = join(folder, `${stem}A\u00e9`);
  const rules = io('probe', folder, () => {
    fs.close(fs.open(name, 'wx', 0o600));
    try {
      return {
        foldsCase: fs.lstat(join(folder, `${stem}a\u00e9`)) !== undefined,
        foldsAccents: fs.lstat(join(folder, `${stem}Ae\u0301`)) !== undefined,
      };
    } finally {
      discard(fs, name);
    }
  });
  known.set(folder, rules);
  return rules;
}

/** What file systems say to a name that they cannot hold. */
const REFUSED = new Set(['EINVAL', 'ENOENT', 'EILSEQ', 'EPERM']);

/**
 * Whether a file system refuses names that Windows refuses (H36): NTFS, exFAT, SMB and the like do everywhere. Finds
 * out by trying; on Windows itself, where a colon means something else, it is not tried.
 * @param folder a folder of our own on the file system in question
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function refusesWindowsNames(env: EngineEnv, folder: string): boolean {
  if (env.platform === 'win32') {
    return true;
  }
  const { fs } = env;
  const name = join(folder, `probe-${env.randomName()}:`);
  return io('probe', folder, () => {
    try {
      fs.close(fs.open(name, 'wx', 0o600));
    } catch (error) {
      if (REFUSED.has(errnoOf(error) ?? '')) {
        return true;
      }
      throw error;
    }
    discard(fs, name);
    return false;
  });
}
