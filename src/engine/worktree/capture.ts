import type { Checksum } from '../../core/ids';
import type { Skipped } from '../../core/records';
import type { ManifestEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { discard, ensureDir, join } from '../disk/durable';
import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { isRacy, loadLook, saveLook } from '../hashing/statCache';
import type { Store } from '../store/storeRoot';
import { beginWriting, endWriting } from '../store/unsynced';
import { ingest, type IngestResult } from './ingest';
import { recheck } from './recheck';
import { scan } from './scan';
import type { ScanOptions } from './walk';

export interface CaptureOptions extends ScanOptions {
  /** true: every object ends up in the store. false: files are only hashed. */
  store: boolean;
  /** With `store`: false leaves it to a later sync of everything. Default true. */
  durable?: boolean;
  /** Read every file, whatever the stat cache says. */
  rehash?: boolean;
}

/** The folder (or the part that was asked for) as it is now. */
export interface Captured {
  /** What is there; see {@link filesOf} and {@link dirsOf}. */
  look: Look;
  skipped: Skipped[];
  unstable: RelPath[];
  read: number;
  /** Names were listed anew: the look is another one than the last. */
  fresh: boolean;
  newObjects: number;
  newBytes: number;
}

/**
 * The file system's own time, in nanoseconds: of a file made just now where that is possible. No wall
 * clock decides what the stat cache may trust (reliability rule 6).
 */
export function fileSystemTime(env: EngineEnv, store: Store): bigint {
  if (store.readOnly === null) {
    const probe = join(store.tmp, env.randomName());
    try {
      ensureDir(env.fs, store.tmp, 0o700);
      env.fs.close(env.fs.open(probe, 'wx', 0o600));
      const stat = env.fs.lstat(probe);
      discard(env.fs, probe);
      if (stat !== undefined) {
        return stat.mtimeNs;
      }
    } catch {
      // A full or read-only disk: the clock has to do.
    }
  }
  return BigInt(Math.trunc(env.clock.now())) * 1_000_000n;
}

/** Changes with each garbage collection: what was stored before one may be gone after it. */
export function gcEpoch(env: EngineEnv, store: Store): string {
  try {
    const names = env.fs.readdir(store.trash).map((entry) => entry.name);
    return names.sort().at(-1) ?? '';
  } catch {
    return '';
  }
}

const needs = (options: CaptureOptions): number =>
  options.store ? Flag.HASHED | Flag.STORED : Flag.HASHED;

/** Takes over what the last look knew of the files that a scan found. */
function adoptAll(table: FileTable, previous: FileTable | undefined): void {
  const trustStored = previous?.epoch === table.epoch;
  // Two looks at the same folder meet the same files in the same order, mostly.
  let guess = 0;
  for (let row = 0; previous !== undefined && row < table.length; row++) {
    const path = table.paths[row]!;
    const match = previous.paths[guess] === path ? guess : previous.row(path);
    if (match !== undefined) {
      guess = match + 1;
      if (table.adopt(row, previous, match) && !trustStored) {
        table.clear(row, Flag.STORED);
      }
    }
  }
}

/** Rows whose checksum is not known, or not to be trusted, or (with `store`) whose object may be missing. */
function rowsToRead(table: FileTable, wanted: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) {
    const flags = table.columns.flags[row]!;
    if ((flags & wanted) !== wanted || (flags & (Flag.RACY | Flag.UNSTABLE | Flag.FAILED)) !== 0) {
      table.clear(row, Flag.HASHED | Flag.RACY | Flag.UNSTABLE | Flag.FAILED);
      rows.push(row);
    }
  }
  return rows;
}

function markRacy(look: Look, startNs: bigint): void {
  for (const table of [look.files, look.dirs, look.guards]) {
    for (let row = 0; row < table.length; row++) {
      if (isRacy(table.columns, row, startNs)) {
        table.set(row, Flag.RACY);
      } else {
        table.clear(row, Flag.RACY);
      }
    }
  }
}

/** The folder as it is found now; `known` is the last look where stats alone could tell what changed. */
function lookAround(
  env: EngineEnv,
  store: Store,
  options: CaptureOptions,
  control: Control,
): { look: Look; skipped: Skipped[]; known: boolean } {
  const { rules, maxFileSize = 0 } = options;
  const rulesKey = JSON.stringify([rules, maxFileSize]);
  const epoch = gcEpoch(env, store);
  const last = loadLook(env, store);
  const whole = isWhole(options);
  if (whole && last?.rulesKey === rulesKey && last.files.epoch === epoch && !options.rehash) {
    const changed = recheck(env, store.root, last, control);
    if (changed !== undefined) {
      return { look: last, skipped: [], known: true };
    }
  }
  const found = scan(env, { root: store.root, storePath: store.path }, options, control);
  const { files, dirs, guards, links, skipped } = found;
  files.epoch = epoch;
  if (options.rehash !== true) {
    adoptAll(files, last?.files);
  }
  const clean = skipped.length === 0;
  return {
    look: { files, dirs, guards, links, rulesKey, clean, snapshot: '' },
    skipped,
    known: false,
  };
}

const isWhole = (options: CaptureOptions): boolean =>
  options.scope === null && options.force === undefined && options.regex === undefined;

/**
 * Looks at the folder and hashes what changed since the last look; with `store`, the objects are
 * durably in the store afterwards.
 * @throws FOLDER_NOT_FOUND, INVALID_ARGUMENT, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function capture(
  env: EngineEnv,
  store: Store,
  options: CaptureOptions,
  control: Control,
): Captured {
  const startNs = fileSystemTime(env, store);
  const { look, skipped, known } = lookAround(env, store, options, control);
  const rows = rowsToRead(look.files, needs(options));
  const { store: storing, durable = true } = options;
  const request = { table: look.files, rows, store: storing, startNs, durable };
  if (storing && !durable) {
    // Also when there is nothing to read: the manifest and the record that follow are not synced either.
    beginWriting(env, store, startNs);
    endWriting(env, store);
  }
  const result = ingest(env, store, request, control);
  markRacy(look, startNs);
  if (rows.length > 0) {
    look.snapshot = '';
    look.clean &&= result.failures.length === 0;
  }
  if (isWhole(options)) {
    saveLook(store, look);
  }
  return { ...toCaptured(look, result, skipped), read: rows.length, fresh: !known };
}

function toCaptured(
  look: Look,
  result: IngestResult,
  found: readonly Skipped[],
): Omit<Captured, 'read' | 'fresh'> {
  const table = look.files;
  const skipped = [...found];
  for (const { row, reason, detail } of result.failures) {
    const path = table.paths[row]!;
    skipped.push({ path, reason, ...(detail === undefined ? {} : { detail }) });
  }
  const unstable: RelPath[] = [];
  for (let row = 0; row < table.length; row++) {
    if (table.has(row, Flag.UNSTABLE)) {
      unstable.push(table.paths[row]!);
    }
  }
  const { newObjects, newBytes } = result;
  return { look, skipped, unstable, newObjects, newBytes };
}

/** The captured files as manifest entries. Made only when they are needed: there may be 500,000. */
export function filesOf(look: Look): ManifestEntry[] {
  const table = look.files;
  const files: ManifestEntry[] = [];
  for (let row = 0; row < table.length; row++) {
    if (table.has(row, Flag.HASHED) && !table.has(row, Flag.FAILED)) {
      files.push({
        type: 'F',
        mode: table.columns.modes[row]!,
        checksum: table.checksum(row) as Checksum,
        size: table.columns.sizes[row]!,
        path: table.paths[row]!,
      });
    }
  }
  return files;
}

/** The captured folders. */
export function dirsOf(look: Look): { path: RelPath; mode: number }[] {
  return look.dirs.paths.map((path, row) => ({ path, mode: look.dirs.columns.modes[row]! }));
}
