import type { CheckpointId } from '../ids';
import type { Trigger } from '../records';
import type { RelPath } from '../tree';

/** What a take record says about where its files came from. A `TakeRecord` and a `LoggedTake` fit. */
export interface OriginFacts {
  trigger: Trigger;
  scope: readonly RelPath[] | null;
  parent: CheckpointId | null;
  /** Present (and not null) when the record was fetched or imported; its form is the record's own matter. */
  origin?: unknown;
}

/** What a store knows of its checkpoints' origin. */
export interface OriginKnowledge {
  /** The take of this id, deleted ones too; undefined: unknown here. */
  take(id: CheckpointId): OriginFacts | undefined;
  /** Whether the record was in a store already when this user adopted it (H57). */
  wasAdopted(id: CheckpointId): boolean;
}

/** So many partial takes upon another are followed; what is longer is not vouched for. */
const MAX_CHAIN = 100_000;

/**
 * Whether a checkpoint's files may be somebody else's: the one answer for adopted stores, imports and fetched
 * checkpoints (H45). A take of a part carries the rest over from its parent, so it is from wherever that is from;
 * of a bare snapshot (`null`) and of what is unknown here nobody can tell: yes.
 * A checkpoint that a restore took for safety is of this folder, whatever was restored before.
 */
export function cameFromElsewhere(id: CheckpointId | null, known: OriginKnowledge): boolean {
  let one = id;
  for (let steps = 0; steps < MAX_CHAIN; steps++) {
    const take = one === null ? undefined : known.take(one);
    if (take === undefined || saysElsewhere(take) || known.wasAdopted(one!)) {
      return true;
    }
    if (take.scope === null || take.parent === null) {
      return false;
    }
    one = take.parent;
  }
  return true;
}

/** Whether the record itself says that it was not taken here. */
export function saysElsewhere({
  trigger,
  origin,
}: Pick<OriginFacts, 'trigger' | 'origin'>): boolean {
  return trigger === 'import' || (origin !== undefined && origin !== null);
}
