// What a person says of the names in conflict, one by one.
import type { SnapshotId } from '../ids';
import type { Preferred, PromotedConflict } from './promotedManifest';

/** What a name is to stand for; null: it is taken away. */
export interface PromotedChoice {
  name: string;
  snapshot: SnapshotId | null;
}

/** The choice for a conflict. Undefined: none was made, or of something that nobody says any more. */
export function choiceOf(
  { name, ids, removed }: PromotedConflict,
  choices: readonly PromotedChoice[],
): PromotedChoice | undefined {
  return choices.findLast(
    (choice) =>
      choice.name === name && (choice.snapshot === null ? removed : ids.includes(choice.snapshot)),
  );
}

/** Whether there is no conflict left: each was chosen, or `prefer` says whose goes for all. */
export function isSettled(
  conflicts: readonly PromotedConflict[],
  prefer: Preferred,
  choices: readonly PromotedChoice[] = [],
): boolean {
  return prefer !== null || conflicts.every((of) => choiceOf(of, choices) !== undefined);
}
