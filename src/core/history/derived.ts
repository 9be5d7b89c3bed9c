import type { CheckpointId } from '../ids';
import type { Forgetting } from './forgetting';
import type { Logged, LoggedRestore, LoggedTake } from './log';
import type { Reversals } from './reversals';

/** A restore that was undone, and the undo that did it. */
export interface Undone {
  restore: LoggedRestore;
  undo: LoggedRestore;
}

/** Everything that follows from the log. */
export interface Derived {
  /** Each record with the snapshot that it has now; what it was derived from, where nothing was forgotten. */
  log: readonly Logged[];
  forgetting: Forgetting;
  /** All takes, deleted ones too. */
  takes: Map<CheckpointId, LoggedTake>;
  /** Takes that were not deleted, oldest first. */
  living: LoggedTake[];
  deleted: Set<CheckpointId>;
  /** What retention took, and nobody else. */
  pruned: Set<CheckpointId>;
  head: CheckpointId | null;
  refs: Map<string, CheckpointId>;
  refsOf: Map<CheckpointId, string[]>;
  /**
   * Whatever a ref named at any time, also when the name stands for something else now or is gone, and what was about
   * to get a name in a permanent store.
   */
  promoted: Set<CheckpointId>;
  /** Unlisted checkpoints that a ref names all the same. */
  dangling: Set<CheckpointId>;
  /** Only where they differ from the take's own. */
  tags: Map<CheckpointId, string[]>;
  messages: Map<CheckpointId, string>;
  reversals: Reversals;
  undoStack: LoggedRestore[];
  redoStack: Undone[];
  /** Checkpoints that are not known: parents of others, and what restores wanted HEAD to be. */
  awaited: Set<CheckpointId>;
}
