import { SnapdirError } from '../../core/errors';
import type { TimelineState } from '../state/timelineModel';

/** Why a timeline has no rows; each has a welcome text with one thing to do. */
export type EmptyReason =
  | 'none'
  /** The list cannot be read: the store is damaged. */
  | 'damaged'
  /** The store is a link, or somebody else's. */
  | 'refused'
  /** Any other error. */
  | 'unreadable'
  /** A store that came with the folder and holds no snapshots. */
  | 'foreign'
  /** There was a store. */
  | 'vanished';

/** Of the only folder; undefined where there are rows, several folders, or nothing is known yet. */
export function emptyReason(
  states: readonly (Pick<TimelineState, 'error' | 'total' | 'foreign' | 'vanished'> | undefined)[],
): EmptyReason | undefined {
  const [state] = states;
  if (states.length !== 1 || state === undefined) {
    return undefined;
  }
  const { error, total, foreign, vanished } = state;
  if (error !== undefined) {
    return SnapdirError.is(error, 'PARSE')
      ? 'damaged'
      : SnapdirError.is(error, 'STORE_UNSAFE')
        ? 'refused'
        : 'unreadable';
  }
  if (total > 0) {
    return undefined;
  }
  return foreign ? 'foreign' : vanished ? 'vanished' : 'none';
}
