import type { CheckpointId } from '../../core/ids';
import { inScope } from '../../core/paths';
import type { LinkEntry, Tree } from '../../core/tree';
import type { EngineEnv } from '../context';
import { readManifest } from './manifests';
import { knownHistory, readRecord } from './records';
import type { Store } from './storeRoot';

/** The links in the records of the checkpoints asked for last, which never change. */
const links = new Map<string, LinkEntry[]>();
const LINKS_KEPT = 8;

/**
 * The links that a checkpoint captured, without those that were forgotten.
 * @throws what {@link readRecord} throws
 */
export function linksOf(env: EngineEnv, store: Store, id: CheckpointId): LinkEntry[] {
  const key = `${store.path} ${id}`;
  let known = links.get(key);
  if (known === undefined) {
    const record = readRecord(env, store, id);
    known = record.kind === 'take' ? record.links : [];
    keepLast(links, key, known, LINKS_KEPT);
  }
  const forgotten = knownHistory(env, store).history.forgetting.pathsOf(id);
  // The record is what it was: a link that lies where something was forgotten is left out.
  return forgotten.length === 0 ? known : known.filter(({ path }) => !inScope(path, forgotten));
}

function keepLast<T>(map: Map<string, T>, key: string, value: T, count: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= count) {
      break;
    }
    map.delete(oldest);
  }
}

/** The trees asked for last: a view asks for one file after the other out of the same. */
const trees = new Map<string, Tree>();
const TREES_KEPT = 4;
/** A larger tree is kept alone. */
const LARGE_TREE = 150_000;

/**
 * Everything that a checkpoint captured: the manifest's entries, and the links of its record.
 * @throws what {@link readManifest} and {@link readRecord} throw
 */
export function treeOf(
  env: EngineEnv,
  store: Store,
  of: { snapshot: string; checkpointId: CheckpointId | null },
): Tree {
  const { entries } = readManifest(env, store, of.snapshot);
  const key = `${store.path} ${of.checkpointId ?? of.snapshot}`;
  const known = trees.get(key);
  // A forgetting can take links alone.
  const found = of.checkpointId === null ? [] : linksOf(env, store, of.checkpointId);
  if (known?.entries === entries && known.links.length === found.length) {
    return known;
  }
  const tree = { entries, links: found };
  keepLast(trees, key, tree, entries.length > LARGE_TREE ? 1 : TREES_KEPT);
  return tree;
}
