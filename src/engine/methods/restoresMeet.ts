import type { LoggedRestore } from '../../core/history/log';
import { reachesMeet, type Reach } from '../../core/history/reach';
import type { Meet } from '../../core/history/undoing';
import type { RecordId } from '../../core/ids';
import { changedBy, type Where } from '../worktree/restore/changedBy';

/**
 * Whether two restores may have changed the same files, by what was in the folder before each and what each was to
 * bring about: a restore of a whole folder mostly changes a few files. What cannot be read may have been anything.
 * @param most of so many restores at most the snapshots are looked at; the others may have changed anything
 */
export function meetByContent(where: Where, most: number): Meet {
  const known = new Map<RecordId, Reach>();
  const reach = (record: LoggedRestore): Reach => {
    let found = known.get(record.id);
    if (found === undefined) {
      found = known.size < most ? changedBy(where, record) : null;
      known.set(record.id, found);
    }
    return found;
  };
  return (a, b) => reachesMeet(reach(a), reach(b));
}
