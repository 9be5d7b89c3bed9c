import { throwIfCancelled, type CancelSignal } from '../../base/abort';
import type { HashBytes } from '../../core/hasher';
import { directoryChecksum } from '../../core/merkle';
import { type FileTable, Flag } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import type { PackedPaths } from '../hashing/packedPaths';

const SLASH = 0x2f;
const SPACE = 0x20;
const LF = 0x0a;
const DOT = 0x2e;
const ZERO = 0x30;
const [FILE, DIR] = [0x46, 0x44];
const HEX = 64;
/** `F`, four spaces, `./` and the end of the line. */
const FIXED = 1 + 4 + 2 + 1;
const CANCEL_EVERY = 4096;
/** Of a row's flags, those that say whether its checksum may be used. */
const CAPTURED = Flag.HASHED | Flag.FAILED;

/** The folders that hold the entry that is looked at, the root first. */
interface Open {
  row: number;
  sums: string[];
  size: number;
}

/**
 * The manifest's text of a whole look, straight out of its columns: half a million entries as objects would
 * take hundreds of megabytes (the rules: store-format §1 and §2, as in `core/merkle.ts`).
 * @returns undefined where the rows are not in the order of a manifest
 * @throws AbortError
 */
export function composeText(
  { files, dirs }: Look,
  hash: HashBytes,
  signal?: CancelSignal,
): Uint8Array | undefined {
  if (!files.ordered || !dirs.ordered || dirs.length === 0 || dirs.path(0) !== '') {
    return undefined;
  }
  const plan = planLines(files, dirs, hash, signal);
  return plan === undefined ? undefined : writeLines(files, dirs, plan, signal);
}

/** All lines in their order, and what is known of folders only when all that they hold is known. */
interface Plan {
  /** A file's row, or the complement of a folder's. */
  order: Int32Array;
  count: number;
  bytes: number;
  dirSums: Uint8Array;
  dirSizes: Float64Array;
}

function planLines(
  files: FileTable,
  dirs: FileTable,
  hash: HashBytes,
  signal?: CancelSignal,
): Plan | undefined {
  const plan: Plan = {
    ...{ order: new Int32Array(files.length + dirs.length), count: 0, bytes: 0 },
    ...{ dirSums: new Uint8Array(HEX * dirs.length), dirSizes: new Float64Array(dirs.length) },
  };
  const { flags, modes, sizes } = files.columns;
  const open: Open[] = [];
  let [file, dir] = [0, 0];
  while (file < files.length || dir < dirs.length) {
    if ((file + dir) % CANCEL_EVERY === 0) {
      throwIfCancelled(signal);
    }
    const isFile =
      dir === dirs.length || (file < files.length && fileFirst(files, file, dirs, dir));
    const paths = isFile ? files.paths : dirs.paths;
    const row = isFile ? file++ : dir++;
    if (isFile && (flags[row]! & CAPTURED) !== Flag.HASHED) {
      continue;
    }
    closeUntil(open, { dirs, plan, hash }, paths, row);
    if (!fits(open, dirs, paths, row)) {
      return undefined;
    }
    const path = paths.offsets[row + 1]! - paths.offsets[row]!;
    plan.order[plan.count++] = isFile ? row : ~row;
    if (isFile) {
      plan.bytes += FIXED + HEX + octals(modes[row]!) + digits(sizes[row]!) + path;
      const top = open.at(-1)!;
      top.sums.push(files.checksum(row));
      top.size += sizes[row]!;
    } else {
      plan.bytes += FIXED + HEX + octals(dirs.columns.modes[row]!) + path + (path > 0 ? 1 : 0);
      open.push({ row, sums: [], size: 0 });
    }
  }
  while (open.length > 0) {
    close(open, { dirs, plan, hash });
  }
  return plan;
}

/** Whether a file's path comes before a folder's, which counts with the `/` at its end; the root is first. */
function fileFirst(files: FileTable, file: number, dirs: FileTable, dir: number): boolean {
  const [a, b] = [files.paths, dirs.paths];
  const [fromA, endA] = [a.offsets[file]!, a.offsets[file + 1]!];
  const [fromB, endB] = [b.offsets[dir]!, b.offsets[dir + 1]!];
  if (fromB === endB) {
    return false;
  }
  const common = Math.min(endA - fromA, endB - fromB);
  for (let index = 0; index < common; index++) {
    const difference = a.bytes[fromA + index]! - b.bytes[fromB + index]!;
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return endA - fromA <= common || a.bytes[fromA + common]! < SLASH;
}

interface Closing {
  dirs: FileTable;
  plan: Plan;
  hash: HashBytes;
}

/** Ends the folders that do not hold this path. */
function closeUntil(open: Open[], closing: Closing, paths: PackedPaths, row: number): void {
  while (open.length > 1 && !isBelow(paths, row, closing.dirs.paths, open.at(-1)!.row)) {
    close(open, closing);
  }
}

/** Whether a path begins with a folder's and a `/`. */
function isBelow(paths: PackedPaths, row: number, dirs: PackedPaths, dir: number): boolean {
  const [from, end] = [paths.offsets[row]!, paths.offsets[row + 1]!];
  const [dirFrom, dirEnd] = [dirs.offsets[dir]!, dirs.offsets[dir + 1]!];
  const length = dirEnd - dirFrom;
  if (length === 0) {
    return end > from;
  }
  if (end - from <= length || paths.bytes[from + length] !== SLASH) {
    return false;
  }
  // From the end: neighbours begin alike.
  for (let index = length - 1; index >= 0; index--) {
    if (paths.bytes[from + index] !== dirs.bytes[dirFrom + index]) {
      return false;
    }
  }
  return true;
}

/** Whether the folder that was opened last is a path's own parent (the root has none). */
function fits(open: Open[], dirs: FileTable, paths: PackedPaths, row: number): boolean {
  const [from, end] = [paths.offsets[row]!, paths.offsets[row + 1]!];
  const parent = open.at(-1);
  if (parent === undefined) {
    return from === end;
  }
  const above = dirs.paths.offsets[parent.row + 1]! - dirs.paths.offsets[parent.row]!;
  let slash = end - 1;
  while (slash > from && paths.bytes[slash] !== SLASH) {
    slash--;
  }
  return from < end && slash - from === above;
}

function close(open: Open[], { plan, hash }: Closing): void {
  const { row, sums, size } = open.pop()!;
  const checksum = directoryChecksum(sums, hash);
  for (let index = 0; index < HEX; index++) {
    plan.dirSums[HEX * row + index] = checksum.charCodeAt(index);
  }
  plan.dirSizes[row] = size;
  plan.bytes += digits(size);
  const parent = open.at(-1);
  if (parent !== undefined) {
    parent.sums.push(checksum);
    parent.size += size;
  }
}

function digits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) {
    count++;
  }
  return count;
}

function octals(value: number): number {
  let count = 1;
  for (let limit = 8; value >= limit; limit *= 8) {
    count++;
  }
  return count;
}

function writeLines(
  files: FileTable,
  dirs: FileTable,
  plan: Plan,
  signal?: CancelSignal,
): Uint8Array {
  const text = new Uint8Array(plan.bytes);
  const [fileSizes, fileModes] = [files.columns.sizes, files.columns.modes];
  const [filePaths, dirPaths, dirModes] = [files.paths, dirs.paths, dirs.columns.modes];
  let at = 0;
  const number = (value: number, base: 8 | 10, length: number): void => {
    let rest = value;
    for (let index = at + length - 1; index >= at; index--) {
      const next = Math.floor(rest / base);
      text[index] = ZERO + (rest - next * base);
      rest = next;
    }
    at += length;
    text[at++] = SPACE;
  };
  for (let index = 0; index < plan.count; index++) {
    if (index % CANCEL_EVERY === 0) {
      throwIfCancelled(signal);
    }
    const entry = plan.order[index]!;
    const isFile = entry >= 0;
    const row = isFile ? entry : ~entry;
    const [mode, size] = isFile
      ? [fileModes[row]!, fileSizes[row]!]
      : [dirModes[row]!, plan.dirSizes[row]!];
    text[at] = isFile ? FILE : DIR;
    text[at + 1] = SPACE;
    at += 2;
    number(mode, 8, octals(mode));
    at = copy(text, at, isFile ? files.columns.sums : plan.dirSums, HEX * row, HEX);
    text[at++] = SPACE;
    number(size, 10, digits(size));
    text[at++] = DOT;
    text[at++] = SLASH;
    const { bytes, offsets } = isFile ? filePaths : dirPaths;
    const length = offsets[row + 1]! - offsets[row]!;
    at = copy(text, at, bytes, offsets[row]!, length);
    if (!isFile && length > 0) {
      text[at++] = SLASH;
    }
    text[at++] = LF;
  }
  return text;
}

/** Byte by byte: for so few, `set` and `subarray` take longer. */
function copy(to: Uint8Array, at: number, from: Uint8Array, start: number, length: number): number {
  for (let index = 0; index < length; index++) {
    to[at + index] = from[start + index]!;
  }
  return at + length;
}
