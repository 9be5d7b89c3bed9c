import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { gitEnvironment, gitSettings } from '../../base/gitCall';
import { MAX_PROMOTED_BYTES } from '../../core/promotion/promotedManifest';

/** Reading one text takes milliseconds; a disk that hangs must not hold the thread. */
const PATIENCE_MS = 10_000;

/**
 * The text that both sides of an unmerged file come from, as Git's index has it (stage 1). Only reads. Undefined:
 * the file is in no repository or not unmerged, both sides made it, or there is no Git.
 */
export function unmergedBase(path: string): Uint8Array | undefined {
  // `cat-file` and not `show`: that would run what the attributes name for showing a file.
  const args = ['-C', dirname(path), 'cat-file', 'blob', `:1:./${basename(path)}`];
  const { status, stdout } = spawnSync('git', [...gitSettings(process.platform), ...args], {
    env: gitEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    maxBuffer: MAX_PROMOTED_BYTES,
    timeout: PATIENCE_MS,
  });
  return status === 0 ? stdout : undefined;
}
