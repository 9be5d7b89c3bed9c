import type { Skipped } from '../../core/records';
import type { ManifestEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { discard, ensureDir, join } from '../disk/durable';
import { throwOwnLack } from '../disk/fsErrors';
import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { isRacy, saveLook, wasSetBack } from '../hashing/statCache';
import type { Store } from '../store/storeRoot';
import { gcEpoch } from '../store/gcEpoch';
import { beginWriting, endWriting } from '../store/unsynced';
import { fileEntry, noteFile } from './drift';
import { ingest, type IngestResult } from './ingest';
import { type Found, isWhole, lookAround, type LookOptions } from './lookAround';
import { forgetRemembered } from './remembered';

export interface CaptureOptions extends LookOptions {
  /** true: every object ends up in the store. false: files are only hashed. */
  store: boolean;
  /** With `store`: false leaves it to a later sync of everything. Default true. */
  durable?: boolean;
}

/** The folder (or the part that was asked for) as it is now. */
export interface Captured {
  /** What is there; see {@link filesOf} and {@link dirsOf}. */
  look: Look;
  skipped: Skipped[];
  unstable: RelPath[];
  read: number;
  /** Names or folders are not those of the last look. */
  fresh: boolean;
  /** Only what `changed` named was looked at. */
  incremental: boolean;
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
    } catch (error) {
      throwOwnLack(error, 'create', probe);
      // A full or read-only disk: the clock has to do.
    }
  }
  return BigInt(Math.trunc(env.clock.now())) * 1_000_000n;
}

const needs = (options: CaptureOptions): number =>
  options.store ? Flag.HASHED | Flag.STORED : Flag.HASHED;

/**
 * Rows whose checksum is not known, or (with `store`) whose object may be missing; and those whose stat
 * says nothing, unless somebody who watched knows that they did not change.
 */
function rowsToRead(found: Found, wanted: number): number[] {
  const { look, partial } = found;
  const table = look.files;
  const flags = table.columns.flags.subarray(0, table.length);
  const doubt = partial ? Flag.FAILED : Flag.RACY | Flag.UNSTABLE | Flag.FAILED;
  const rows: number[] = [];
  for (let row = 0; row < flags.length; row++) {
    if ((flags[row]! & wanted) !== wanted || (flags[row]! & doubt) !== 0) {
      noteFile(look, row);
      table.clear(row, Flag.HASHED | Flag.RACY | Flag.UNSTABLE | Flag.FAILED);
      rows.push(row);
    }
  }
  return rows;
}

/** What only a part was looked at may have a young stat that this look did not renew: that stays. */
function markRacy(found: Found, read: readonly number[], startNs: bigint): void {
  const { files, dirs, guards } = found.look;
  if (found.partial) {
    for (const row of read) {
      markRow(files, row, startNs);
    }
    for (let row = 0; row < dirs.length; row++) {
      if (isRacy(dirs.columns, row, startNs)) {
        dirs.set(row, Flag.RACY);
      }
    }
    return;
  }
  for (const table of [files, dirs, guards]) {
    for (let row = 0; row < table.length; row++) {
      markRow(table, row, startNs);
    }
  }
}

function markRow(table: FileTable, row: number, startNs: bigint): void {
  if (isRacy(table.columns, row, startNs)) {
    table.set(row, Flag.RACY);
  } else {
    table.clear(row, Flag.RACY);
  }
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
  const epoch = gcEpoch(env, store);
  const trusting = options.rehash === true || !wasSetBack(env, store, startNs);
  const careful = trusting ? options : { ...options, rehash: true };
  const found = lookAround(env, store, { options: careful, epoch }, control);
  const { look, skipped } = found;
  const rows = rowsToRead(found, needs(options));
  if (rows.length > 0 || !found.same) {
    forgetRemembered(look);
  }
  const { store: storing, durable = true } = options;
  const request = { table: look.files, rows, store: storing, startNs, durable };
  if (storing && !durable) {
    // Also when there is nothing to read: the manifest and the record that follow are not synced either.
    beginWriting(env, store, startNs);
    endWriting(env, store);
  }
  const result = ingest(env, store, request, control);
  markRacy(found, rows, startNs);
  look.clean &&= result.failures.length === 0;
  if (isWhole(options)) {
    saveLook(store, look, startNs);
  }
  const { same, partial } = found;
  const captured = toCaptured(look, result, skipped);
  return { ...captured, read: rows.length, fresh: !same, incremental: partial };
}

function toCaptured(
  look: Look,
  result: IngestResult,
  found: readonly Skipped[],
): Omit<Captured, 'read' | 'fresh' | 'incremental'> {
  const table = look.files;
  const skipped = [...found];
  for (const { row, reason, detail } of result.failures) {
    const path = table.path(row);
    skipped.push({ path, reason, ...(detail === undefined ? {} : { detail }) });
  }
  const unstable: RelPath[] = [];
  for (let row = 0; row < table.length; row++) {
    if (table.has(row, Flag.UNSTABLE)) {
      unstable.push(table.path(row));
    }
  }
  const { newObjects, newBytes } = result;
  return { look, skipped, unstable, newObjects, newBytes };
}

/** The captured files as manifest entries. Made only when they are needed: there may be 500,000. */
export function filesOf({ files }: Look): ManifestEntry[] {
  const entries: ManifestEntry[] = [];
  for (let row = 0; row < files.length; row++) {
    const entry = fileEntry(files, row);
    if (entry !== null) {
      entries.push(entry);
    }
  }
  return entries;
}

/** The captured folders. */
export function dirsOf({ dirs }: Look): { path: RelPath; mode: number }[] {
  const rows = Array.from({ length: dirs.length }, (_, row) => row);
  return rows.map((row) => ({ path: dirs.path(row), mode: dirs.columns.modes[row]! }));
}
