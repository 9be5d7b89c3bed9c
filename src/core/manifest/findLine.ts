import { encodeUtf8 } from '../../base/utf8';
import type { Checksum } from '../ids';
import type { ManifestEntry, RelPath } from '../tree';
import { LineScanner } from './scan';

const LF = 0x0a;

/** Where lines of a text stand: from the first byte of one to the end of another. */
export type Stretch = readonly [from: number, end: number];

/** Where the line begins that holds this byte. */
function lineStart(bytes: Uint8Array, at: number): number {
  return at <= 0 ? 0 : bytes.lastIndexOf(LF, at - 1) + 1;
}

function compareKey(scan: LineScanner, key: Uint8Array): number {
  const length = Math.min(scan.pathEnd - scan.pathAt, key.length);
  for (let i = 0; i < length; i++) {
    const difference = scan.bytes[scan.pathAt + i]! - key[i]!;
    if (difference !== 0) {
      return difference;
    }
  }
  return scan.pathEnd - scan.pathAt - key.length;
}

/**
 * Where the first line begins whose path is not before `key`; the end of the text where there is none. Looks at
 * about twenty lines of a million.
 * @param bytes lines in a manifest's form and order
 */
function lowerBound(bytes: Uint8Array, key: Uint8Array): number {
  const scan = new LineScanner(bytes);
  let [from, to] = [0, bytes.length];
  while (from < to) {
    const at = lineStart(bytes, (from + to) >> 1);
    scan.goTo(at);
    if (!scan.next()) {
      return bytes.length;
    }
    if (compareKey(scan, key) < 0) {
      from = scan.pathEnd + 1;
    } else {
      to = at;
    }
  }
  return from;
}

/** The path that was asked for last: a history asks thousands of texts for the same. */
let asked = { path: '', key: encodeUtf8('') };

function keyOf(path: RelPath): Uint8Array {
  if (asked.path !== path) {
    asked = { path, key: encodeUtf8(path) };
  }
  return asked.key;
}

/** The line of a file in sorted lines of a manifest; undefined where it has none. */
export function findFile(bytes: Uint8Array, path: RelPath): ManifestEntry | undefined {
  const scan = lineOf(bytes, keyOf(path), true);
  return scan && entryAt(scan, path);
}

/** @param key the path as lines hold it: that of a folder ends in a slash, but for the root's */
function lineOf(bytes: Uint8Array, key: Uint8Array, isFile: boolean): LineScanner | undefined {
  const scan = new LineScanner(bytes);
  scan.goTo(lowerBound(bytes, key));
  const found = !scan.done && scan.next() && scan.isFile === isFile && compareKey(scan, key) === 0;
  return found ? scan : undefined;
}

const stretchOf = (scan: LineScanner | undefined): Stretch =>
  scan === undefined ? [0, 0] : [scan.lineAt, scan.pathEnd + 1];

/** Where the line of a file stands; empty where there is none. */
export const findFileLine = (bytes: Uint8Array, path: RelPath): Stretch =>
  stretchOf(lineOf(bytes, encodeUtf8(path), true));

/** Where a folder's own line stands; empty where there is none. `''`: the root. */
export const findFolderLine = (bytes: Uint8Array, path: RelPath): Stretch =>
  stretchOf(lineOf(bytes, encodeUtf8(path === '' ? '' : `${path}/`), false));

function entryAt(scan: LineScanner, path: RelPath): ManifestEntry {
  const { bytes, lineAt, checksumAt, size } = scan;
  let checksum = '';
  for (let i = checksumAt; i < checksumAt + 64; i++) {
    checksum += String.fromCharCode(bytes[i]!);
  }
  let mode = 0;
  for (let i = lineAt + 2; i < checksumAt - 1; i++) {
    mode = mode * 8 + bytes[i]! - 0x30;
  }
  return { type: 'F', mode, checksum: checksum as Checksum, size, path };
}

/** The stretch of a folder's own line and of all that is below it; empty where there is none. `''`: everything. */
export function findFolder(bytes: Uint8Array, path: RelPath): Stretch {
  if (path === '') {
    return [0, bytes.length];
  }
  // In byte order nothing stands between `a/` and the last path that begins with it: `0` follows `/`.
  return [lowerBound(bytes, encodeUtf8(`${path}/`)), lowerBound(bytes, encodeUtf8(`${path}0`))];
}
