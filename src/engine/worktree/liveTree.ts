import type { CancelSignal } from '../../base/abort';
import type { SnapshotText } from '../../core/compareManifests';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import type { ExcludeRules, Skipped } from '../../core/records';
import type { Manifest, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import type { Store } from '../store/storeRoot';
import { capture, dirsOf, filesOf, type Captured } from './capture';
import { composeText } from './composeText';
import { remembered } from './remembered';
import type { ScanOptions } from './walk';

/** The manifest of what was captured. A folder that vanished half-way has lost its files with it. */
function manifestOf(captured: Pick<Captured, 'look'>): Manifest {
  return buildManifest(filesOf(captured.look), dirsOf(captured.look), blake3);
}

/** The manifest of the last look, as long as nothing changed. */
function rememberedManifest(captured: Captured): Manifest {
  const { look, read, fresh } = captured;
  const known = read === 0 && !fresh ? remembered.manifests.get(look) : undefined;
  const manifest = known ?? manifestOf(captured);
  remembered.manifests.set(look, manifest);
  return manifest;
}

/** The text of the manifest of what was captured, made without its entries where that can be. */
export function textOf(captured: Captured, signal?: CancelSignal): Uint8Array {
  const { look, read, fresh } = captured;
  const known = read === 0 && !fresh ? remembered.texts.get(look) : undefined;
  const text = known ?? composeText(look, blake3, signal) ?? encodeManifest(manifestOf(captured));
  remembered.texts.set(look, text);
  return text;
}

/**
 * The whole folder as a snapshot would have it, hashed through the stat cache. Nothing is written but the cache.
 * @throws what `capture` throws
 */
export function scanText(
  env: EngineEnv,
  store: Store,
  rules: ExcludeRules,
  control: Control,
): SnapshotText {
  const captured = capture(env, store, { rules, scope: null, store: false }, control);
  return { bytes: textOf(captured, control.signal), links: captured.look.links };
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
  const { entries } = rememberedManifest(captured);
  const { look, skipped, unstable } = captured;
  return { tree: { entries, links: look.links }, skipped, unstable };
}
