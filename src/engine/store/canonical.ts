import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { checkManifest, encodeManifest } from '../../core/manifest';
import { isSound } from '../../core/manifest/sound';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { readManifestBytes } from './manifests';
import type { Store } from './storeRoot';

/**
 * A manifest's canonical text, always read from disk and checked by every rule of the format. A text that
 * is as it should be is never taken apart into entries.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE, UNSAFE_PATH, UNSUPPORTED_HASH, IO, AbortError
 */
export function readCanonical(
  env: EngineEnv,
  store: Store,
  id: string,
  control: Control,
): Uint8Array {
  const bytes = readManifestBytes(env, store, id);
  if (bytes === undefined) {
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot: id });
  }
  return checkedCanonical(bytes, id, control);
}

/** As {@link readCanonical}, of bytes that were read. */
export function checkedCanonical(bytes: Uint8Array, id: string, control: Control): Uint8Array {
  return blake3(bytes) === id && isSound(bytes, blake3, control.signal)
    ? bytes
    : encodeManifest(checkManifest(bytes, id as SnapshotId, blake3, { signal: control.signal }));
}
