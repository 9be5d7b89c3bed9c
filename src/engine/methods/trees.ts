import type { CheckpointInfo, ResolvedRev } from '../../core/engine';
import type { Damaged } from '../../core/reasons';
import { resolveRev, type Rev } from '../../core/rev';
import type { SnapshotId } from '../../core/ids';
import type { ExcludeRules } from '../../core/records';
import type { RelPath, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { damageOf, loadDamage } from '../store/damage';
import { lookedAtTree } from '../store/lookedAt';
import { hasManifest } from '../store/manifests';
import { loadHistory } from '../store/records';
import { treeOf } from '../store/checkpointTrees';
import type { Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { scanLive } from '../worktree/liveTree';

const EMPTY: Tree = { entries: [], links: [] };

/**
 * The tree that a REV names, to look at; `live` is the folder now, `empty` has no files. What it holds may be elsewhere.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS, MANIFEST_NOT_FOUND, INTEGRITY, … and for `live` what a scan throws
 */
export function treeForRev(
  env: EngineEnv,
  store: Store,
  rev: string,
  live: { rules: ExcludeRules; scope: readonly RelPath[] | null },
  control: Control,
): Tree {
  const resolved = resolveRev(loadHistory(env, store).history, rev);
  switch (resolved.kind) {
    case 'live':
      return scanLive(env, store, live, control).tree;
    case 'empty':
      return EMPTY;
    case 'snapshot':
      return snapshotTree(env, store, resolved, control);
  }
}

/** Of a snapshot that no checkpoint has, one kept to look into will do. */
function snapshotTree(
  env: EngineEnv,
  store: Store,
  of: Extract<Rev, { kind: 'snapshot' }>,
  control: Control,
): Tree {
  const { snapshot, checkpointId } = of;
  const looked =
    checkpointId === null && !hasManifest(env, store, snapshot)
      ? lookedAtTree(env, store, snapshot, control)
      : undefined;
  return looked ?? treeOf(env, store, of);
}

/** @throws REV_NOT_FOUND, REV_AMBIGUOUS */
export function resolve(env: EngineEnv, store: Store, rev: string): ResolvedRev {
  const { history } = loadHistory(env, store);
  const resolved = resolveRev(history, rev);
  if (resolved.kind !== 'snapshot') {
    return { kind: 'live' };
  }
  const { snapshot, checkpointId } = resolved;
  const checkpoint =
    checkpointId === null ? null : withHealth(env, store, history.toInfo(checkpointId));
  return { kind: 'snapshot', snapshot, checkpoint };
}

/** Marks a checkpoint that the last look found damaged, or whose manifest is not there: it is shown, but not as good. */
export function withHealth(env: EngineEnv, store: Store, info: CheckpointInfo): CheckpointInfo {
  return healthLook(env, store)(info);
}

/**
 * {@link withHealth} for the rows of one answer: what the last look found is read once, and each manifest looked for once,
 * however many checkpoints share it. Not to be kept: a manifest may go at any time.
 */
export function healthLook(env: EngineEnv, store: Store): (info: CheckpointInfo) => CheckpointInfo {
  const damage = loadDamage(env, store);
  const seen = new Map<SnapshotId, boolean>();
  const isThere = (snapshot: SnapshotId): boolean => {
    const there =
      seen.get(snapshot) ??
      (hasManifest(env, store, snapshot) ||
        findInTrash(env, store, 'manifests', snapshot) !== undefined);
    seen.set(snapshot, there);
    return there;
  };
  return (info) => {
    const damaged: Damaged | undefined = isThere(info.snapshot)
      ? damageOf(damage, info.id)
      : { what: 'manifest-missing' };
    return damaged === undefined ? info : { ...info, damaged };
  };
}
