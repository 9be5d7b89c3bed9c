import { SnapdirError } from '../../core/errors';
import type { SameBytes } from '../../core/manifest/differingLines';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { checkedCanonical } from './canonical';
import { hasLookedAt, readLookedAt } from './lookedAt';
import { hasManifest, manifestPath, readManifestBytes } from './manifests';
import type { Store } from './storeRoot';

/** A text in memory: as bytes, a tenth of what its entries would take. */
interface Known {
  bytes: Buffer;
  /** Whether every rule of the format was checked; otherwise its checksum was. */
  checked: boolean;
}

/** By path, least recently used first. */
const known = new Map<string, Known>();
const KEPT_BYTES = 4 * 1024 * 1024;
/** However large: there are two sides to a comparison. */
const KEPT_ALWAYS = 2;

function remember(path: string, text: Known): Known {
  known.delete(path);
  known.set(path, text);
  let total = 0;
  for (const { bytes } of known.values()) {
    total += bytes.length;
  }
  for (const [oldest, { bytes }] of known) {
    if (total <= KEPT_BYTES || known.size <= KEPT_ALWAYS) {
      break;
    }
    known.delete(oldest);
    total -= bytes.length;
  }
  return text;
}

/** The same memory, with the comparisons that only Buffers have. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** What reading asks for. */
interface Reading {
  /** A record of this store names it: then who reads its lines checks those it reads. */
  ours: boolean;
  /** One that was only kept to look into will do: nothing but a comparison relies on it. */
  toLookAt?: boolean;
  /** Nobody will ask for it again soon: what is kept in memory stays. */
  once?: boolean;
  control: Control;
}

function load(env: EngineEnv, store: Store, id: string, how: Reading): Known {
  const { ours, control } = how;
  const bytes = readManifestBytes(env, store, id);
  if (bytes === undefined) {
    const looked = how.toLookAt === true ? readLookedAt(env, store, id, control) : undefined;
    if (looked !== undefined) {
      return { bytes: asBuffer(looked.canonical), checked: true };
    }
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot: id });
  }
  if (ours && blake3(bytes) === id) {
    return { bytes: asBuffer(bytes), checked: false };
  }
  return { bytes: asBuffer(checkedCanonical(bytes, id, control)), checked: true };
}

/**
 * A manifest's text, kept in memory as long as there is room. Its checksum was checked; one that is not ours
 * by every rule of the format too, once in this process.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE, UNSAFE_PATH, UNSUPPORTED_HASH, IO, AbortError
 */
export function manifestText(env: EngineEnv, store: Store, id: string, how: Reading): Buffer {
  const path = manifestPath(store, id);
  const text = known.get(path);
  // Even a remembered manifest is only as good as its file: a deleted one must be missed.
  const isThere = (): boolean =>
    hasManifest(env, store, id) || (how.toLookAt === true && hasLookedAt(env, store, id));
  if (text !== undefined && (how.ours || text.checked) && isThere()) {
    return remember(path, text).bytes;
  }
  const loaded = load(env, store, id, how);
  return (how.once === true ? loaded : remember(path, loaded)).bytes;
}

/** Compares stretches of two texts that are Buffers, many times faster than byte by byte. */
export const sameBytes: SameBytes = (left, leftAt, right, rightAt, length) =>
  (left as Buffer).compare(right, rightAt, rightAt + length, leftAt, leftAt + length) === 0;
