import { isCancelled } from '../../../base/abort';
import type { History } from '../../../core/history';
import type { LoggedRestore } from '../../../core/history/log';
import type { Reach } from '../../../core/history/reach';
import type { CheckpointId, SnapshotId } from '../../../core/ids';
import { inScope } from '../../../core/paths';
import { joinTrees, type TreeNode } from '../../../core/treeJoin';
import type { RelPath, Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { isFromElsewhere } from '../../store/elsewhere';
import type { Store } from '../../store/storeRoot';
import { treeWithin } from '../treeWithin';
import { withTameModes } from './tameModes';

/** Where restores are looked at. */
export interface Where {
  env: EngineEnv;
  store: Store;
  history: History;
  control: Control;
}

/**
 * The paths that a restore may have changed, folders that it had to make among them: those that were otherwise before
 * it than it was to bring about.
 * @returns null: what it was about cannot be read, so it may have been anything
 * @throws AbortError
 */
export function changedBy(where: Where, record: LoggedRestore): Reach {
  const { env, store, history } = where;
  try {
    const before = history.toInfo(record.safety);
    const isForeign = isFromElsewhere(env, store, history, record.checkpoint);
    // Above the scope, too: folders that it had to make.
    const scope = before.scope === null ? null : [...(record.scope ?? []), ...before.scope];
    const goal = treeIn(where, record.snapshot, record.checkpoint, scope);
    // What undo and redo delete is in another tree; what a restore leaves alone is not touched.
    const deletes = record.exact || record.purpose !== 'restore';
    return differing(treeIn(where, before.snapshot, before.id, scope), goal, {
      ...{ scope, deletes, isForeign },
    });
  } catch (error) {
    if (isCancelled(error)) {
      throw error;
    }
    return null;
  }
}

function treeIn(
  { env, store, history, control }: Where,
  snapshot: SnapshotId,
  checkpointId: CheckpointId | null,
  scope: readonly RelPath[] | null,
): Tree {
  const ours = checkpointId !== null && !isFromElsewhere(env, store, history, checkpointId);
  return treeWithin(env, store, { snapshot, checkpointId, ours }, scope, control);
}

function differing(
  before: Tree,
  goal: Tree,
  of: { scope: readonly RelPath[] | null; deletes: boolean; isForeign: boolean },
): RelPath[] {
  const paths: RelPath[] = [];
  joinTrees(before, of.isForeign ? withTameModes(goal) : goal, (left, right) => {
    const { path } = (right ?? left)!;
    const goes = right === undefined && of.deletes;
    const comes = right !== undefined && (left === undefined || !isSame(left, right));
    if (path !== '' && inScope(path, of.scope) && (goes || comes)) {
      paths.push(path);
    }
  });
  return paths;
}

/** A folder's own checksum follows from what is in it. */
function isSame(a: TreeNode, b: TreeNode): boolean {
  if ('target' in a || 'target' in b) {
    return 'target' in a && 'target' in b && a.target === b.target;
  }
  return a.type === b.type && a.mode === b.mode && (a.type === 'D' || a.checksum === b.checksum);
}
