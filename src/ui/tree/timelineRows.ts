import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { foldBursts, type BurstNames } from './bursts';
import { BurstNode, CheckpointNode, DayNode, type FolderNode, type TreeNode } from './nodes';
import { groupByDay } from './timelineGroups';

/** How the checkpoints are arranged. */
export interface RowOptions {
  byDay: boolean;
  /** Present: bursts of automatic checkpoints share a row, which is called so. */
  fold: BurstNames | undefined;
}

/** The rows of a list of checkpoints: days, or the checkpoints themselves. */
export function timelineRows(
  parent: FolderNode | undefined,
  repository: Repository,
  checkpoints: readonly CheckpointInfo[],
  { byDay, fold }: RowOptions,
): TreeNode[] {
  return byDay
    ? groupByDay(checkpoints).map((group) => new DayNode(parent, repository, group))
    : checkpointRows(parent, repository, checkpoints, fold);
}

/** The rows of checkpoints that stand below one another. */
export function checkpointRows(
  parent: FolderNode | DayNode | undefined,
  repository: Repository,
  checkpoints: readonly CheckpointInfo[],
  fold: BurstNames | undefined,
): TreeNode[] {
  if (fold === undefined) {
    return checkpoints.map((one) => new CheckpointNode(parent, repository, one));
  }
  return foldBursts(checkpoints).map((row) =>
    'id' in row
      ? new CheckpointNode(parent, repository, row)
      : new BurstNode(parent, repository, fold.nameOf(row), row),
  );
}

/** The rows inside a burst. */
export function burstRows(burst: BurstNode): CheckpointNode[] {
  return burst.checkpoints.map((one) => new CheckpointNode(burst, burst.repository, one));
}
