import { foldName, parentOf } from '../paths';
import type { RelPath } from '../tree';
import type { Logged, LoggedRestore, LoggedTake } from './log';
import { reversedBy } from './reversals';

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
 * Whether an older operation was undone or redone after a record, which therefore no longer tells how all that it is
 * about was before it.
 */
export function isPassedOver(log: readonly Logged[], { id }: LoggedRestore): boolean {
  const at = log.findIndex((one) => one.id === id);
  const older = new Set(log.slice(0, at).map((one) => one.id));
  return log.slice(at + 1).some((one) => {
    const reversed = one.kind === 'restore' ? reversedBy(one) : null;
    return reversed !== null && older.has(reversed);
  });
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
