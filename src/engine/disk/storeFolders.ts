import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';

/** What is moved from and to, and deleted from, while somebody holds the lease. */
const PARTS = ['', '/.objects', '/.manifests', '/records', '/restore', '/trash', '/tmp'];

/**
 * The folders of a store as they were when a lease on it was taken (H58): one that is swapped for another, or for a
 * link, while somebody is at work there must not be written to or deleted from. Looking again narrows the time in
 * which that goes unnoticed; it does not close it.
 */
export class StoreFolders {
  private readonly env: EngineEnv;
  private readonly folders: { path: string; dev: bigint; ino: bigint }[] = [];

  /** @param path of the store */
  constructor(env: EngineEnv, path: string) {
    this.env = env;
    for (const part of PARTS) {
      const stat = env.fs.lstat(path + part);
      if (stat?.kind === 'dir') {
        this.folders.push({ path: path + part, dev: stat.dev, ino: stat.ino });
      }
    }
  }

  /** @throws STORE_UNSAFE when one of them is another one by now */
  check(): void {
    for (const { path, dev, ino } of this.folders) {
      const stat = this.env.fs.lstat(path);
      if (stat?.kind !== 'dir' || stat.dev !== dev || stat.ino !== ino) {
        throw new SnapdirError('STORE_UNSAFE', { path, reason: 'replaced' });
      }
    }
  }
}
