import { foldName, parentOf } from '../paths';
import type { RecordId } from '../ids';
import type { RelPath } from '../tree';
import type { Logged, LoggedRestore, LoggedTake } from './log';
import { Reversals } from './reversals';

/** Where a restore may have changed something: these paths, and whatever is in them. null: anywhere. */
export type Reach = readonly RelPath[] | null;

/**
 * Where a restore may have changed something, as far as records tell.
 * @param safety its safety checkpoint, which looked at the folders that the restore had to make, too. Where it is not
 * known, neither is what was made
 */
export function reachOf({ scope }: LoggedRestore, safety: LoggedTake | undefined): Reach {
  return scope === null || safety === undefined || safety.scope === null
    ? null
    : [...scope, ...safety.scope];
}

/**
 * Whether two restores may have met at a path, or one in a folder of the other's. Names that some file system takes
 * for one are one.
 */
export function reachesMeet(a: Reach, b: Reach): boolean {
  if (a?.length === 0 || b?.length === 0) {
    return false;
  }
  if (a === null || b === null) {
    return true;
  }
  const mine = new Set(a.map(foldName));
  const theirs = new Set(b.map(foldName));
  return isUnder(mine, theirs) || isUnder(theirs, mine);
}

/**
 * Whether an older restore was undone or redone after a record, which therefore no longer tells how all that it is
 * about was before it.
 * @param turned restores that are turned over before the record is, and are as they were then by that time
 */
export function isPassedOver(
  log: readonly Logged[],
  { id }: LoggedRestore,
  turned: ReadonlySet<RecordId>,
): boolean {
  const older = log.slice(0, log.findIndex((one) => one.id === id) + 1);
  const [then, now] = [new Reversals(older), new Reversals(log)];
  return older.some(
    (one) =>
      one.kind === 'restore' &&
      one.purpose === 'restore' &&
      !turned.has(one.id) &&
      then.isDone(one.id) !== now.isDone(one.id),
  );
}

type Names = ReadonlySet<string>;

/** Whether one of these is one of those, or in it. */
function isUnder(these: Names, those: Names): boolean {
  if (those.has('')) {
    return true;
  }
  for (const name of these) {
    for (let path = name; path !== ''; path = parentOf(path)) {
      if (those.has(path)) {
        return true;
      }
    }
  }
  return false;
}
