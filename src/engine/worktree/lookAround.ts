import { baseName, parentOf } from '../../core/paths';
import type { Skipped } from '../../core/records';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { loadLook } from '../hashing/statCache';
import type { Store } from '../store/storeRoot';
import { adoptLook } from './adoptLook';
import { Excludes } from './excludes';
import { changedRows, recheckFiles } from './recheck';
import { relist } from './relist';
import { scan } from './scan';
import type { ScanOptions } from './walk';

export interface LookOptions extends ScanOptions {
  /** Read every file, whatever the stat cache says. */
  rehash?: boolean;
  /** Nothing but what is at these paths, or below them, can have changed since the last look. */
  changed?: readonly RelPath[];
}

/** The folder as it is found now, before any file is read. */
export interface Found {
  look: Look;
  skipped: Skipped[];
  /** No name, kind or mode of a folder is another one than at the last look. */
  same: boolean;
  /** Only what may have changed was looked at: the rest is as the last look left it. */
  partial: boolean;
}

/**
 * Looks through the stats of the last look where these can tell what changed, else lists everything.
 * @param epoch see {@link FileTable.epoch}
 * @throws what `scan` throws
 */
export function lookAround(
  env: EngineEnv,
  store: Store,
  of: { options: LookOptions; epoch: string },
  control: Control,
): Found {
  const { options, epoch } = of;
  const rulesKey = JSON.stringify([options.rules, options.maxFileSize ?? 0]);
  const last = loadLook(env, store);
  if (isWhole(options) && options.rehash !== true && last !== undefined) {
    const usable = last.rulesKey === rulesKey && last.files.epoch === epoch && isClear(last);
    const found = usable ? lookAgain(env, store, { look: last, options }, control) : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  const result = scan(env, { root: store.root, storePath: store.path }, options, control);
  const { files, dirs, guards, links, skipped } = result;
  files.epoch = epoch;
  const clean = skipped.length === 0;
  const base = { snapshot: '', before: new Map<RelPath, null>(), linksBefore: [] };
  const look: Look = { files, dirs, guards, links, rulesKey, clean, ...base };
  if (last !== undefined) {
    adoptLook(look, last, { checksums: options.rehash !== true, snapshot: isWhole(options) });
  }
  return { look, skipped, same: false, partial: false };
}

/** Only a look at everything says something about everything. */
export const isWhole = (options: ScanOptions): boolean =>
  options.scope === null && options.force === undefined && options.regex === undefined;

const isClear = (look: Look): boolean => look.clean && look.files.ordered && look.dirs.ordered;

/** Looks at what is known, and lists again only folders whose own stat changed. */
function lookAgain(
  env: EngineEnv,
  store: Store,
  of: { look: Look; options: LookOptions },
  control: Control,
): Found | undefined {
  const { look, options } = of;
  const partial = options.changed !== undefined;
  // NTFS and FAT update a folder's time late: there only somebody who watches knows.
  if (!partial && env.platform === 'win32') {
    return undefined;
  }
  const among = partial ? rowsOf(look, options) : undefined;
  if (partial ? among === undefined : changedGuards(env, store.root, look, control)) {
    return undefined;
  }
  const rows = among?.dirs ?? changedDirs(env, store.root, look.dirs, control);
  const at = { root: store.root, storePath: store.path };
  const relisted = relist({ env, at, look, options }, rows, control);
  if (relisted === undefined) {
    return undefined;
  }
  const { maxFileSize = 0 } = options;
  const files = { look: relisted.look, among: among?.files(relisted.look), maxFileSize };
  return recheckFiles(env, store.root, files, control) ? { ...relisted, partial } : undefined;
}

function changedGuards(env: EngineEnv, root: string, look: Look, control: Control): boolean {
  return anyRacy(look.guards) || changedRows(env, root, { table: look.guards }, control).length > 0;
}

const anyRacy = (table: FileTable): boolean =>
  table.columns.flags.subarray(0, table.length).some((flags) => (flags & Flag.RACY) !== 0);

/** A folder whose own stat is the same has the same names in it, unless that stat was too young. */
function changedDirs(env: EngineEnv, root: string, table: FileTable, control: Control): number[] {
  const rows = new Set(changedRows(env, root, { table }, control));
  for (let row = 0; row < table.length; row++) {
    if (table.has(row, Flag.RACY)) {
      rows.add(row);
    }
  }
  return [...rows].sort((a, b) => a - b);
}

/** The rows that the paths in `options.changed` are about; undefined: rules may have changed. */
function rowsOf(
  look: Look,
  { changed = [], rules }: LookOptions,
): { dirs: number[]; files: (now: Look) => number[] } | undefined {
  const top = Excludes.create(rules);
  if (changed.some((path) => top.isIgnoreFile(baseName(path)))) {
    return undefined;
  }
  const dirs = new Set<number>();
  for (const path of changed) {
    const row = look.dirs.row(path);
    addRange(dirs, row === undefined ? [0, 0] : [row, look.dirs.below(path)[1]]);
    dirs.add(nearestDir(look, path));
  }
  const files = (now: Look): number[] => {
    const rows = new Set<number>();
    for (const path of changed) {
      const row = now.files.row(path);
      addRange(rows, row === undefined ? now.files.below(path) : [row, row + 1]);
    }
    return [...rows].sort((a, b) => a - b);
  };
  return { dirs: [...dirs].sort((a, b) => a - b), files };
}

function addRange(rows: Set<number>, [from, to]: readonly [number, number]): void {
  for (let row = from; row < to; row++) {
    rows.add(row);
  }
}

/** The row of the folder, of those that are known, whose listing shows whether a path came or went. */
function nearestDir(look: Look, path: RelPath): number {
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) {
    const row = look.dirs.row(folder);
    if (row !== undefined) {
      return row;
    }
  }
  return 0;
}
