import type { CancelSignal } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import { isHex64, type SnapshotId } from '../../core/ids';
import { checkManifest } from '../../core/manifest';
import { visitFiles, type VisitFile } from '../../core/manifest/addresses';
import { shard } from '../../core/storeLayout';
import type { Manifest } from '../../core/tree';
import type { EngineEnv } from '../context';
import {
  dirOf,
  join,
  makeDirs,
  readFile,
  readStretches,
  syncFile,
  writeFileWhole,
} from '../disk/durable';
import { io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { notingLostNames } from './failedSyncs';
import type { Store } from './storeRoot';
import { findInTrash, rescue } from './trash';

const LF = 0x0a;

/** The largest manifest that is read (H33): about two million entries. */
export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** Manifests never change, so parsed ones may be kept; few, since one can hold 60,000 entries. */
const recent = new Map<string, Manifest>();
const RECENT_LIMIT = 4;
/** A larger one is kept alone. */
const LARGE_MANIFEST = 150_000;

function remember(path: string, manifest: Manifest): void {
  recent.delete(path);
  recent.set(path, manifest);
  const limit = manifest.entries.length > LARGE_MANIFEST ? 1 : RECENT_LIMIT;
  for (const oldest of recent.keys()) {
    if (recent.size <= limit) {
      break;
    }
    recent.delete(oldest);
  }
}

/**
 * Where a manifest lies (store-format §4).
 * @throws PARSE when the id is not one (H31)
 */
export function manifestPath(store: Store, id: string): string {
  if (!isHex64(id)) {
    throw new SnapdirError('PARSE', { what: 'snapshot id', reason: 'expected 64 hex digits' });
  }
  return join(store.manifests, shard(id));
}

/** Whether the manifest's file is there; its content is not checked. */
export function hasManifest(env: EngineEnv, store: Store, id: string): boolean {
  return storedSize(env, store, id) !== undefined;
}

/** Bytes of the manifest's file; undefined: it is not in its place. */
export function storedSize(env: EngineEnv, store: Store, id: string): number | undefined {
  const stat = env.fs.lstat(manifestPath(store, id));
  return stat?.kind === 'file' ? stat.size : undefined;
}

/**
 * The stored text, unchecked, or undefined. What a garbage collection set aside comes back, as objects do.
 * @throws PARSE (too large), IO
 */
export function readManifestBytes(
  env: EngineEnv,
  store: Store,
  id: string,
): Uint8Array | undefined {
  const path = manifestPath(store, id);
  const bytes = readFile(env.fs, path, MAX_MANIFEST_BYTES);
  if (bytes !== undefined) {
    return bytes;
  }
  const from = aside(env, store, id);
  return from === undefined ? undefined : readFile(env.fs, from, MAX_MANIFEST_BYTES);
}

/** Where the text is that is not in its place: back there, if it may be, or where a garbage collection set it aside. */
function aside(env: EngineEnv, store: Store, id: string): string | undefined {
  const back = store.readOnly === null && rescue(env, store, 'manifests', id);
  return back ? manifestPath(store, id) : findInTrash(env, store, 'manifests', id);
}

/** Of a manifest whose lines are visited, so much is read at a time. */
const STRETCH_BYTES = 256 * 1024;

/**
 * Visits the lines of files of the stored text, unchecked, up to one that is not in canonical form. All of it is never
 * in memory.
 * @returns whether there is a stored text
 * @throws PARSE (no id, too large), IO, AbortError
 */
export function visitStoredFiles(
  env: EngineEnv,
  store: Store,
  id: string,
  visit: VisitFile,
  signal?: CancelSignal,
): boolean {
  const of = { stretch: STRETCH_BYTES, maxBytes: MAX_MANIFEST_BYTES };
  const visitLines = (bytes: Uint8Array, last: boolean): number | undefined => {
    const end = last ? bytes.length : bytes.lastIndexOf(LF) + 1;
    return visitFiles(bytes.subarray(0, end), visit, signal) ? end : undefined;
  };
  const read = (path: string | undefined): boolean =>
    path !== undefined && readStretches(env.fs, path, of, visitLines);
  return read(manifestPath(store, id)) || read(aside(env, store, id));
}

/** A manifest that is in memory, taken apart; undefined where it is not, or its file is gone. */
export function knownManifest(env: EngineEnv, store: Store, id: string): Manifest | undefined {
  const known = recent.get(manifestPath(store, id));
  // Even a remembered manifest is only as good as its file: a deleted one must be missed.
  return known !== undefined && hasManifest(env, store, id) ? known : undefined;
}

/**
 * A snapshot's manifest, checked against its id and by every rule of the format.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE, UNSAFE_PATH, UNSUPPORTED_HASH, IO
 */
export function readManifest(env: EngineEnv, store: Store, id: string): Manifest {
  const path = manifestPath(store, id);
  const known = knownManifest(env, store, id);
  if (known !== undefined) {
    return known;
  }
  const bytes = readManifestBytes(env, store, id);
  if (bytes === undefined) {
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot: id });
  }
  const manifest = checkManifest(bytes, id as SnapshotId, blake3);
  remember(path, manifest);
  return manifest;
}

/**
 * Stores a manifest's text and returns its id. Call it only when every object is as durable as it is to be.
 * @param of.manifest the same, parsed
 * @param of.durable false: under this process's mark (`unsynced.ts`)
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function writeManifest(
  env: EngineEnv,
  store: Store,
  text: string | Uint8Array,
  of: { manifest?: Manifest; durable: boolean },
): SnapshotId {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const id = blake3(bytes) as SnapshotId;
  const path = manifestPath(store, id);
  const existing = readManifestBytes(env, store, id);
  if (existing === undefined || blake3(existing) !== id) {
    const write = (): void => {
      const parts = shard(id).split('/').slice(0, -1);
      const changed = makeDirs(env.fs, store.manifests, parts, 0o700);
      writeFileWhole(env, store.tmp, path, { bytes, durable: of.durable });
      for (const dir of of.durable ? changed.reverse() : []) {
        env.fs.fsyncDir(dir);
      }
    };
    const since = (): bigint | undefined => env.fs.lstat(path)?.mtimeNs;
    notingLostNames(env, store, since, () => io('write', path, write));
  } else if (of.durable) {
    // It may stem from a take that died before its sync.
    io('sync', path, () => {
      syncFile(env.fs, path);
      syncChain(env, store, dirOf(path));
    });
  }
  if (of.manifest !== undefined) {
    remember(path, of.manifest);
  }
  return id;
}

function syncChain(env: EngineEnv, store: Store, from: string): void {
  for (let dir = from; dir.length >= store.manifests.length; dir = dirOf(dir)) {
    env.fs.fsyncDir(dir);
  }
}
