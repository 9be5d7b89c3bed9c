import type { Checksum } from '../../core/ids';
import type { Skipped } from '../../core/records';
import type { LinkEntry, ManifestEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { discard, ensureDir, join } from '../disk/durable';
import { FileTable, Flag } from '../hashing/fileTable';
import { isRacy, loadStatCache, saveStatCache } from '../hashing/statCache';
import type { Store } from '../store/storeRoot';
import { ingest, type IngestResult } from './ingest';
import { scan } from './scan';
import type { ScanOptions } from './walk';

export interface CaptureOptions extends ScanOptions {
  /** true: every object ends up in the store. false: files are only hashed. */
  store: boolean;
  /** Read every file, whatever the stat cache says. */
  rehash?: boolean;
}

/** The folder (or the part that was asked for) as it is now. */
export interface Captured {
  files: ManifestEntry[];
  dirs: { path: RelPath; mode: number }[];
  links: LinkEntry[];
  skipped: Skipped[];
  unstable: RelPath[];
  read: number;
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
function gcEpoch(env: EngineEnv, store: Store): string {
  try {
    const names = env.fs.readdir(store.trash).map((entry) => entry.name);
    return names.sort().at(-1) ?? '';
  } catch {
    return '';
  }
}

/** Takes over what the last look knew; returns the rows that have to be read. */
function rowsToRead(
  table: FileTable,
  previous: FileTable | undefined,
  options: CaptureOptions,
): number[] {
  const rows: number[] = [];
  const wanted = options.store ? Flag.HASHED | Flag.STORED : Flag.HASHED;
  const trustStored = previous?.epoch === table.epoch;
  // Two looks at the same folder meet the same files in the same order, mostly.
  let guess = 0;
  for (let row = 0; row < table.length; row++) {
    const path = table.paths[row]!;
    const match = previous?.paths[guess] === path ? guess : previous?.row(path);
    if (match !== undefined && previous !== undefined) {
      guess = match + 1;
      if (options.rehash !== true && table.adopt(row, previous, match) && !trustStored) {
        table.clear(row, Flag.STORED);
      }
    }
    if ((table.columns.flags[row]! & wanted) !== wanted) {
      rows.push(row);
    }
  }
  return rows;
}

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
  const found = scan(env, { root: store.root, storePath: store.path }, options, control);
  const table = found.files;
  table.epoch = gcEpoch(env, store);
  const previous = loadStatCache(env, store);
  const rows = rowsToRead(table, previous, options);
  const result = ingest(env, store, table, rows, { store: options.store, startNs }, control);
  for (let row = 0; row < table.length; row++) {
    if (isRacy(table.columns, row, startNs)) {
      table.set(row, Flag.RACY);
    }
  }
  if (options.scope === null && options.force === undefined && options.regex === undefined) {
    const changed = rows.length > 0 || previous?.length !== table.length;
    saveStatCache(env, store, table, changed && options.store);
  }
  return toCaptured(found, rows.length, result);
}

function toCaptured(found: ReturnType<typeof scan>, read: number, result: IngestResult): Captured {
  const table = found.files;
  const skipped = [...found.skipped];
  for (const { row, reason, detail } of result.failures) {
    skipped.push({
      path: table.paths[row]!,
      reason,
      ...(detail === undefined ? {} : { detail }),
    });
  }
  const files: ManifestEntry[] = [];
  const unstable: RelPath[] = [];
  for (let row = 0; row < table.length; row++) {
    if (!table.has(row, Flag.HASHED) || table.has(row, Flag.FAILED)) {
      continue;
    }
    if (table.has(row, Flag.UNSTABLE)) {
      unstable.push(table.paths[row]!);
    }
    files.push({
      type: 'F',
      mode: table.columns.modes[row]!,
      checksum: table.checksum(row) as Checksum,
      size: table.columns.sizes[row]!,
      path: table.paths[row]!,
    });
  }
  const { dirs, links } = found;
  const { newObjects, newBytes } = result;
  return { files, dirs, links, skipped, unstable, read, newObjects, newBytes };
}
