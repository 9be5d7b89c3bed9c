// Manifests of promoted snapshots that somebody looks into, and whose content is elsewhere. They lie in `cache/`, each of
// which may go at any time, and not in `.manifests`: a manifest there promises its content, which restores,
// promotions and collections rely on.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../../core/errors';
import { isHex64 } from '../../core/ids';
import { parseManifest } from '../../core/manifest';
import { links as checkLinks } from '../../core/records/fields';
import type { LinkEntry, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { discard, ensureDir, join, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { checkedCanonical } from './canonical';
import { MAX_MANIFEST_BYTES } from './manifests';
import type { Store } from './storeRoot';

const NAME = /^looked-[0-9a-f]{64}$/;
/** So many are kept; who looks into an older one again fetches its manifest again. */
const KEPT = 16;

/** @throws PARSE */
function lookedPath(store: Store, id: string): string {
  if (!isHex64(id)) {
    throw new SnapdirError('PARSE', { what: 'snapshot id', reason: 'expected 64 hex digits' });
  }
  return join(store.cache, `looked-${id}`);
}

/** Links are in no manifest: a promotion says them. */
const linksPath = (store: Store, id: string): string => `${lookedPath(store, id)}.links`;

/** Keeps a manifest's text to look into. @throws DISK_FULL, READ_ONLY, IO */
export function keepLookedAt(env: EngineEnv, store: Store, id: string, bytes: Uint8Array): void {
  const { fs } = env;
  const path = lookedPath(store, id);
  io('create', path, () => ensureDir(fs, store.cache, 0o700));
  writeFileWhole(env, store.tmp, path, { bytes, durable: false });
  const kept = io('list', store.cache, () => fs.readdir(store.cache))
    .filter(({ name }) => NAME.test(name))
    .map(({ name }) => ({ path: join(store.cache, name), at: timeOf(env, store, name) }))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  for (const old of kept.slice(KEPT)) {
    discard(fs, old.path);
    discard(fs, `${old.path}.links`);
  }
}

const timeOf = (env: EngineEnv, store: Store, name: string): bigint =>
  env.fs.lstat(join(store.cache, name))?.mtimeNs ?? 0n;

/** Keeps the links that the promotion looked into last says. @throws DISK_FULL, READ_ONLY, IO */
export function keepLookedAtLinks(
  env: EngineEnv,
  store: Store,
  id: string,
  links: readonly LinkEntry[],
): void {
  if (links.length > 0 || env.fs.lstat(linksPath(store, id)) !== undefined) {
    const bytes = encodeUtf8(JSON.stringify(links));
    writeFileWhole(env, store.tmp, linksPath(store, id), { bytes, durable: false });
  }
}

/** The links of a snapshot that is looked into. What cannot be read says nothing. */
export function lookedAtLinks(env: EngineEnv, store: Store, id: string): LinkEntry[] {
  try {
    const bytes = readFile(env.fs, linksPath(store, id), MAX_MANIFEST_BYTES);
    return bytes === undefined ? [] : checkLinks(JSON.parse(decodeUtf8(bytes)), 'links');
  } catch {
    return [];
  }
}

/** Whether there is one; what it holds is not checked. */
export function hasLookedAt(env: EngineEnv, store: Store, id: string): boolean {
  return env.fs.lstat(lookedPath(store, id))?.kind === 'file';
}

/** Snapshots whose manifest is kept. @throws IO */
export function listLookedAt(env: EngineEnv, store: Store): string[] {
  if (env.fs.lstat(store.cache)?.kind !== 'dir') {
    return [];
  }
  return io('list', store.cache, () => env.fs.readdir(store.cache))
    .filter(({ name }) => NAME.test(name))
    .map(({ name }) => name.slice('looked-'.length));
}

/** A manifest as it was kept. */
export interface LookedAt {
  /** They hash to its id. */
  bytes: Uint8Array;
  canonical: Uint8Array;
}

/**
 * What was kept, checked by every rule of the format; undefined where there is none. One that is damaged is none, and
 * goes.
 * @throws IO, AbortError
 */
export function readLookedAt(
  env: EngineEnv,
  store: Store,
  id: string,
  control: Control,
): LookedAt | undefined {
  const path = lookedPath(store, id);
  try {
    const bytes = readFile(env.fs, path, MAX_MANIFEST_BYTES);
    if (bytes === undefined) {
      return undefined;
    }
    const actual = blake3(bytes);
    if (actual !== id) {
      throw new SnapdirError('INTEGRITY', { address: id, expected: id, actual });
    }
    return { bytes, canonical: checkedCanonical(bytes, id, control) };
  } catch (error) {
    const codes = ['INTEGRITY', 'PARSE', 'UNSAFE_PATH', 'UNSUPPORTED_HASH'] as const;
    if (!codes.some((code) => SnapdirError.is(error, code))) {
      throw error;
    }
    if (store.readOnly === null) {
      discard(env.fs, path);
    }
    return undefined;
  }
}

/** The tree looked into last: its files are asked for one after the other. */
let last: { key: string; tree: Tree } | undefined;

/** As {@link readLookedAt}, taken apart, with its links. */
export function lookedAtTree(
  env: EngineEnv,
  store: Store,
  id: string,
  control: Control,
): Tree | undefined {
  const key = `${lookedPath(store, id)} ${timeOf(env, store, `looked-${id}.links`)}`;
  if (last?.key !== key || !hasLookedAt(env, store, id)) {
    const kept = readLookedAt(env, store, id, control);
    const links = lookedAtLinks(env, store, id);
    last = kept && { key, tree: { ...parseManifest(kept.canonical), links } };
  }
  return last?.tree;
}
