import type { CheckpointId } from '../../core/ids';
import { readLines } from '../../core/manifest/lines';
import { linesWithin } from '../../core/manifest/linesWithin';
import { scopeTree } from '../../core/scopeTree';
import type { RelPath, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { linksOf, treeOf } from '../store/checkpointTrees';
import { hasManifest, knownManifest } from '../store/manifests';
import { manifestText } from '../store/manifestText';
import type { Store } from '../store/storeRoot';
import { latestText } from './driftState';

/**
 * What a checkpoint captured, as far as it is in a scope or above it. Only those lines are taken apart where the whole is not
 * in memory: of a large folder's manifest that is nearly all that a restore of a few files would have to do.
 * @param of.ours it was taken here: its checksum is checked, and these lines. Else every rule of the format
 * @param scope null: everything
 * @throws what `treeOf` throws; AbortError
 */
export function treeWithin(
  env: EngineEnv,
  store: Store,
  of: { snapshot: string; checkpointId: CheckpointId | null; ours: boolean },
  scope: readonly RelPath[] | null,
  control: Control,
): Tree {
  const { snapshot, checkpointId, ours } = of;
  if (scope === null || scope.includes('') || knownManifest(env, store, snapshot) !== undefined) {
    return scopeTree(treeOf(env, store, of), scope);
  }
  const made = hasManifest(env, store, snapshot) ? latestText(snapshot) : undefined;
  const text = made ?? manifestText(env, store, snapshot, { ours, control });
  const entries = readLines(linesWithin(text, scope), {});
  const links = checkpointId === null ? [] : linksOf(env, store, checkpointId);
  return scopeTree({ entries, links }, scope);
}
