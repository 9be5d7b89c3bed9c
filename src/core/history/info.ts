import type { CheckpointInfo } from '../engine';
import type { CheckpointId } from '../ids';
import type { LoggedTake } from './log';
import type { Words } from './texts';

/** A checkpoint as lists show it, but for its place among the others. One literal and no spreads: a page has hundreds. */
export function infoOf(
  { id, snapshot, time, author, trigger, stats, scope, skipped, unstable, origin }: LoggedTake,
  { message, tags, refs }: Words,
  parent: CheckpointId | null,
): CheckpointInfo {
  const info: CheckpointInfo = {
    id,
    snapshot,
    time,
    author,
    trigger,
    stats,
    scope,
    skipped,
    unstable,
    parent,
    message,
    tags: [...tags],
    refs: [...refs],
    isHead: false,
  };
  if (origin !== undefined) {
    info.origin = origin;
  }
  return info;
}
