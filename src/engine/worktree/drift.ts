import type { Checksum } from '../../core/ids';
import type { LinkEntry, ManifestEntry, RelPath } from '../../core/tree';
import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';

/** Above this many paths a manifest is made anew rather than out of the last one. */
const MAX_PATHS = 65_536;

/** A captured file as a manifest has it; null: it could not be captured. */
export function fileEntry(table: FileTable, row: number): ManifestEntry | null {
  if (!table.has(row, Flag.HASHED) || table.has(row, Flag.FAILED)) {
    return null;
  }
  return {
    type: 'F',
    mode: table.columns.modes[row]!,
    checksum: table.checksum(row) as Checksum,
    size: table.columns.sizes[row]!,
    path: table.path(row),
  };
}

/** A captured folder: what is in it decides on its checksum and size. */
export function dirEntry(table: FileTable, row: number): ManifestEntry {
  const mode = table.columns.modes[row]!;
  return { type: 'D', mode, checksum: '' as Checksum, size: 0, path: table.path(row) };
}

/** What the look has at a path. */
export function entryAt(look: Look, path: RelPath): ManifestEntry | null {
  const file = look.files.row(path);
  if (file !== undefined) {
    return fileEntry(look.files, file);
  }
  const dir = look.dirs.row(path);
  return dir === undefined ? null : dirEntry(look.dirs, dir);
}

/** Notes what the look's snapshot has at a path that may be about to change. The first note counts. */
export function note(look: Look, path: RelPath, before: ManifestEntry | null): void {
  if (look.snapshot === '' || look.before.has(path)) {
    return;
  }
  if (look.before.size === MAX_PATHS) {
    forgetSnapshot(look);
  } else {
    look.before.set(path, before);
  }
}

/** Notes a file whose row is about to change. */
export function noteFile(look: Look, row: number): void {
  if (look.snapshot !== '') {
    note(look, look.files.path(row), fileEntry(look.files, row));
  }
}

/** Notes a folder whose row is about to change. */
export function noteDir(look: Look, row: number): void {
  if (look.snapshot !== '') {
    note(look, look.dirs.path(row), dirEntry(look.dirs, row));
  }
}

/** From here on the look stands for no snapshot. */
export function forgetSnapshot(look: Look): void {
  look.snapshot = '';
  look.before = new Map();
  look.linksBefore = [];
}

/** The look is what this snapshot holds. */
export function becomes(look: Look, snapshot: string): void {
  look.snapshot = snapshot;
  look.before = new Map();
  look.linksBefore = look.links;
}

/** One path that differs from the look's snapshot. */
export interface Drift {
  path: RelPath;
  before: ManifestEntry | null;
  now: ManifestEntry | null;
}

/** What differs from the look's snapshot. Notes that came to nothing are dropped. */
export function driftOf(look: Look): Drift[] {
  const drift: Drift[] = [];
  for (const [path, before] of look.before) {
    const now = entryAt(look, path);
    if (sameEntry(before, now)) {
      look.before.delete(path);
    } else {
      drift.push({ path, before, now });
    }
  }
  return drift;
}

/** Whether both say the same; what folders hold is not part of it. */
export function sameEntry(a: ManifestEntry | null, b: ManifestEntry | null): boolean {
  if (a === null || b === null) {
    return a === b;
  }
  return (
    a.type === b.type &&
    a.mode === b.mode &&
    (a.type === 'D' || (a.checksum === b.checksum && a.size === b.size))
  );
}

/** Whether two lists hold the same links, in the same order. */
export function sameLinks(a: readonly LinkEntry[], b: readonly LinkEntry[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ path, target }, index) => path === b[index]!.path && target === b[index]!.target)
  );
}
