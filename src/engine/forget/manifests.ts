import type { LoggedTake } from '../../core/history/log';
import type { SnapshotId } from '../../core/ids';
import type { Control, EngineEnv } from '../context';
import { readFile } from '../disk/durable';
import { checkedCanonical } from '../store/canonical';
import { walkAddresses } from '../store/contents';
import { MAX_MANIFEST_BYTES, manifestPath } from '../store/manifests';
import { storeAt, type Store } from '../store/storeRoot';
import { findInTrash, listTrash, listTrashed } from '../store/trash';
import { vaultPath } from '../home/vaultPath';

/** One forgetting: where it looks, and how it is told. */
export interface Work {
  env: EngineEnv;
  store: Store;
  /** The copy of this very store; undefined: there is none. */
  vault: Store | undefined;
  control: Control;
}

/** The vault of a store, as far as it has one. */
export function vaultOf(env: EngineEnv, store: Store): Store | undefined {
  const path = store.id === '' ? undefined : vaultPath(env, store.id);
  if (path === undefined || env.fs.lstat(path)?.kind !== 'dir') {
    return undefined;
  }
  const vault = storeAt(env, path);
  return vault.id === store.id ? vault : undefined;
}

/** Every snapshot that there is a manifest of: in its place, set aside, or in the vault. */
export function allManifests({ env, store, vault, control }: Work): Set<SnapshotId> {
  const all = new Set<SnapshotId>();
  for (const at of vault === undefined ? [store] : [store, vault]) {
    for (const { hex } of walkAddresses(env, at, 'manifests', control)) {
      all.add(hex as SnapshotId);
    }
  }
  for (const gcId of listTrash(env, store)) {
    listTrashed(env, store, gcId, 'manifests').forEach((hex) => all.add(hex as SnapshotId));
  }
  return all;
}

/** Where a manifest can be read; nothing is brought back out of the trash for it. */
function placesOf({ env, store, vault }: Work, id: string): string[] {
  const aside = findInTrash(env, store, 'manifests', id);
  return [
    manifestPath(store, id),
    ...(aside === undefined ? [] : [aside]),
    ...(vault === undefined ? [] : [manifestPath(vault, id)]),
    // Once more: somebody may have brought it back out of the trash between the looks.
    manifestPath(store, id),
  ];
}

/**
 * A manifest's text, by every rule of the format; undefined: there is none.
 * @throws INTEGRITY, PARSE, UNSAFE_PATH, UNSUPPORTED_HASH, IO, AbortError
 */
export function textOf(work: Work, id: string): Uint8Array | undefined {
  for (const path of placesOf(work, id)) {
    const bytes = readFile(work.env.fs, path, MAX_MANIFEST_BYTES);
    if (bytes !== undefined) {
      return checkedCanonical(bytes, id, work.control);
    }
  }
  return undefined;
}

/** The checkpoints of each snapshot. */
export function bySnapshot(takes: readonly LoggedTake[]): Map<SnapshotId, LoggedTake[]> {
  const found = new Map<SnapshotId, LoggedTake[]>();
  for (const take of takes) {
    const others = found.get(take.snapshot);
    if (others === undefined) {
      found.set(take.snapshot, [take]);
    } else {
      others.push(take);
    }
  }
  return found;
}
