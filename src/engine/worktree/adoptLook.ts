import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { matchRows } from '../hashing/matchRows';
import { dirEntry, fileEntry, note } from './drift';

/**
 * Takes over into a new look what the last one knew: checksums of files whose stat is the same, and (a
 * look at everything only) the snapshot that it stood for, with every path noted that may differ from it.
 */
export function adoptLook(
  look: Look,
  last: Look,
  { checksums, snapshot }: { checksums: boolean; snapshot: boolean },
): void {
  const files = matchRows(look.files, last.files);
  const dirs = snapshot ? matchRows(look.dirs, last.dirs) : new Int32Array(0);
  if (snapshot && last.snapshot !== '') {
    look.snapshot = last.snapshot;
    look.before = new Map(last.before);
    look.linksBefore = last.linksBefore;
    // Before what is new: a path may have changed its kind.
    noteLost(look, last.files, files, fileEntry);
    noteLost(look, last.dirs, dirs, dirEntry);
  }
  adoptFiles(look, last, files, checksums);
  for (let row = 0; row < dirs.length; row++) {
    const match = dirs[row]!;
    if (match < 0) {
      noteNew(look, look.dirs, row);
    } else if (look.dirs.columns.modes[row] !== last.dirs.columns.modes[match]) {
      note(look, look.dirs.path(row), dirEntry(last.dirs, match));
    }
  }
}

function adoptFiles(look: Look, last: Look, matches: Int32Array, checksums: boolean): void {
  const { files } = look;
  const trustStored = last.files.epoch === files.epoch;
  for (let row = 0; row < files.length; row++) {
    const match = matches[row]!;
    if (match < 0) {
      noteNew(look, files, row);
      continue;
    }
    const adopted = checksums && files.adopt(row, last.files, match);
    if (adopted && !trustStored) {
      files.clear(row, Flag.STORED);
    }
    const same = adopted && files.columns.modes[row] === last.files.columns.modes[match];
    if (!same && look.snapshot !== '') {
      note(look, files.path(row), fileEntry(last.files, match));
    }
  }
}

/** What the last look had and the new one has not. */
function noteLost(
  look: Look,
  last: FileTable,
  matches: Int32Array,
  entryOf: typeof fileEntry,
): void {
  const met = new Uint8Array(last.length);
  for (const match of matches) {
    if (match >= 0) {
      met[match] = 1;
    }
  }
  for (let row = 0; row < last.length; row++) {
    if (met[row] === 0) {
      note(look, last.path(row), entryOf(last, row));
    }
  }
}

function noteNew(look: Look, table: FileTable, row: number): void {
  if (look.snapshot !== '') {
    note(look, table.path(row), null);
  }
}
