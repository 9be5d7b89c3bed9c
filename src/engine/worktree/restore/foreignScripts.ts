import { throwIfCancelled } from '../../../base/abort';
import { SnapdirError } from '../../../core/errors';
import { bringsScripts } from '../../../core/packageScripts';
import type { ManifestEntry, RelPath, Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { join, readFile } from '../../disk/durable';
import { blake3 } from '../../hashing/blake3';
import { readObject, statObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';

/** A `package.json` of more bytes is not looked into. */
const LARGEST = 4 * 1024 * 1024;

/** Says of a `package.json` from elsewhere whether it would bring scripts (H45). */
export type ScriptJudge = (file: ManifestEntry) => boolean;

/**
 * Judges by what the folder has in the same place. `live`: the folder; null: nothing is there; undefined: something may
 * be, and nobody looks.
 */
export function scriptJudge(
  env: EngineEnv,
  store: Store,
  live: Tree | null | undefined,
  control: Control,
): ScriptJudge {
  let there: Map<RelPath, ManifestEntry> | undefined;
  return ({ path, checksum, size }) => {
    throwIfCancelled(control.signal);
    there ??= new Map(
      live?.entries.filter(({ type }) => type === 'F').map((entry) => [entry.path, entry]),
    );
    const own = there.get(path);
    if (own?.checksum === checksum) {
      return false;
    }
    if (Math.max(size, statObject(env, store, checksum)?.size ?? 0) > LARGEST) {
      return true;
    }
    const theirs = contentOf(env, store, checksum);
    // What is missing or damaged is told by the restore itself.
    return theirs !== undefined && bringsScripts(theirs, ownText(env, store, own, live));
  };
}

function ownText(
  env: EngineEnv,
  store: Store,
  own: ManifestEntry | undefined,
  live: Tree | null | undefined,
): Uint8Array | null | undefined {
  if (own === undefined) {
    return live === undefined ? undefined : null;
  }
  const absolute = join(store.root, own.path);
  return own.size > LARGEST
    ? undefined
    : (contentOf(env, store, own.checksum) ?? liveContent(env, absolute, own.checksum));
}

/** undefined: it is not in the store as it should be. */
function contentOf(env: EngineEnv, store: Store, checksum: string): Uint8Array | undefined {
  return orUnknown(() => readObject(env, store, checksum));
}

/** undefined: it is not what it was a moment ago. */
function liveContent(env: EngineEnv, absolute: string, checksum: string): Uint8Array | undefined {
  const bytes = orUnknown(() => readFile(env.fs, absolute, LARGEST));
  return bytes !== undefined && blake3(bytes) === checksum ? bytes : undefined;
}

function orUnknown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (SnapdirError.is(error)) {
      return undefined;
    }
    throw error;
  }
}
