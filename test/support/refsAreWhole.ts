import { parseManifest } from '../../src/core/manifest';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseChecksum, type SnapshotId } from '../../src/core/ids';
import { manifestKey, objectKey } from '../../src/core/storeKeys';
import { blake3 } from '../../src/engine/hashing/blake3';

/** What the names in a store stand for, read straight from its keys with none of the code that promotes. */
export interface Shown {
  /** Nonces of every promotion in the journals, with the snapshot each names. */
  entries: Map<string, { id: string; parents: string[]; by: string }>;
  /** Name → the nonce in its head. */
  heads: Map<string, string>;
  /** What a teammate would stumble over: one sentence each. */
  broken: string[];
}

interface Text {
  id: string;
  nonce: string;
  parents: string[];
  by: string;
}

/** Reads every name, and everything that each of its promotions needs, and hashes it. */
export async function lookAtRefs(store: PermanentStore): Promise<Shown> {
  const shown: Shown = { entries: new Map(), heads: new Map(), broken: [] };
  const keys: string[] = [];
  for await (const { key } of store.list('.refs/')) {
    keys.push(key);
  }
  for (const key of keys) {
    const [, name = '', file = ''] = key.split('/');
    const bytes = (await store.get(key)).bytes;
    const { id, nonce, parents, by } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Text;
    if (file === 'head') {
      shown.heads.set(name, nonce);
    } else {
      shown.entries.set(nonce, { id, parents, by });
    }
  }
  for (const [name, nonce] of shown.heads) {
    if (!shown.entries.has(nonce)) {
      shown.broken.push(`${name}: the head names a promotion that is in no journal`);
    }
  }
  for (const id of new Set([...shown.entries.values()].map((entry) => entry.id))) {
    shown.broken.push(...(await missingOf(store, id)));
  }
  return shown;
}

async function bytesOf(store: PermanentStore, key: string): Promise<Uint8Array | undefined> {
  return (await store.head(key)) === undefined ? undefined : (await store.get(key)).bytes;
}

async function missingOf(store: PermanentStore, id: string): Promise<string[]> {
  const text = await bytesOf(store, manifestKey(id as SnapshotId));
  if (text === undefined || blake3(text) !== id) {
    return [`${id.slice(0, 8)} is named, and its manifest is missing or damaged`];
  }
  const broken: string[] = [];
  const files = parseManifest(text, { hash: blake3 }).entries.filter(({ type }) => type === 'F');
  for (const checksum of new Set(files.map((file) => file.checksum))) {
    const bytes = await bytesOf(store, objectKey(parseChecksum(checksum)));
    if (bytes === undefined || blake3(bytes) !== checksum) {
      broken.push(`${id.slice(0, 8)} is named, and ${checksum.slice(0, 8)} is missing or damaged`);
    }
  }
  return broken;
}
