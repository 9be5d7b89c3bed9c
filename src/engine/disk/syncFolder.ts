import * as fs from 'node:fs';
import { errnoOf } from './fsErrors';

/**
 * What a file system says that has no way to sync a folder: some network and FUSE ones. No other error is passed over,
 * EPERM, EACCES and EISDIR included: those are Windows's, where nobody asks (H7).
 */
const UNSUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Makes a folder's entries durable, where its file system can.
 * @throws raw errors
 */
export function syncFolder(path: string, fsync: (fd: number) => void = fs.fsyncSync): void {
  const fd = fs.openSync(path, fs.constants.O_RDONLY);
  try {
    fsync(fd);
  } catch (error) {
    if (!UNSUPPORTED.has(errnoOf(error) ?? '')) {
      throw error;
    }
  } finally {
    fs.closeSync(fd);
  }
}
