import { buildManifest } from '../../core/merkle';
import type { Manifest, Tree } from '../../core/tree';
import type { Skipped } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import type { Store } from '../store/storeRoot';
import { capture, type Captured } from './capture';
import type { ScanOptions } from './walk';

/** The manifest of what was captured. A folder that vanished half-way has lost its files with it. */
export function manifestOf(captured: Pick<Captured, 'files' | 'dirs'>): Manifest {
  return buildManifest(captured.files, captured.dirs, blake3);
}

/**
 * The folder as a tree, hashed through the stat cache. Nothing is written but the cache.
 * @throws what `capture` throws
 */
export function scanLive(
  env: EngineEnv,
  store: Store,
  options: ScanOptions,
  control: Control,
): { tree: Tree; skipped: Skipped[]; unstable: string[] } {
  const captured = capture(env, store, { ...options, store: false }, control);
  const { entries } = manifestOf(captured);
  const { links, skipped, unstable } = captured;
  return { tree: { entries, links }, skipped, unstable };
}
