import { encodeUtf8 } from '../base/utf8';
import { SnapdirError } from './errors';
import { hashText, type HashBytes } from './hasher';
import type { SnapshotId } from './ids';
import { readLines, type LineOptions } from './manifest/lines';
import { rereadText, stripComments } from './manifest/readers';
import { checkStructure } from './manifest/structure';
import { compareEntries, isAscending, sortEntries } from './order';
import { manifestPath } from './paths';
import type { Manifest, ManifestEntry } from './tree';

export { sortEntries } from './order';

export interface ParseOptions extends LineOptions {
  /** Plain BLAKE3: recomputes every directory's checksum, and so tells other hash functions apart. */
  hash?: HashBytes;
}

/**
 * Reads a manifest (store-format §1) and refuses whatever is not exactly one: control characters, CR, a
 * missing final newline, duplicates, numbers not in canonical form, a missing root or parent, wrong
 * directory sizes (and checksums, with `hash`). Comments are dropped, unsorted entries sorted.
 * Protected names pass: snapdir's own manifests hold `.git` (see `parseManifestPath`).
 * @throws PARSE, UNSAFE_PATH, UNSUPPORTED_HASH
 */
export function parseManifest(bytes: Uint8Array, options: ParseOptions = {}): Manifest {
  const lines = readLines(bytes, options);
  const compare = compareEntries(lines);
  const entries = isAscending(lines, compare) ? lines : [...lines].sort(compare);
  checkStructure(entries, compare, options.hash);
  return { entries };
}

function formatEntry(entry: ManifestEntry): string {
  const { type, mode, checksum, size, path } = entry;
  return `${type} ${mode.toString(8)} ${checksum} ${size} ${manifestPath(path, type)}\n`;
}

/** The canonical text of a manifest (store-format §1): sorted, one LF after each line. */
export function formatManifest(manifest: Manifest): string {
  return sortEntries(manifest.entries).map(formatEntry).join('');
}

/** The snapshot id of a manifest: BLAKE3 of its canonical text (store-format §3). */
export function snapshotIdOf(manifest: Manifest, hash: HashBytes): SnapshotId {
  return hashText(formatManifest(manifest), hash) as SnapshotId;
}

/** The ids that the two snapdir programs give to a stored text (store-format §3). */
export interface SnapshotIds {
  /** Of the text without its comment lines: what the Bash tool checks. */
  rawStripHash: SnapshotId;
  /** Of the text read, sorted and written again: what the Rust tool checks. null: it cannot read it. */
  parsedId: SnapshotId | null;
}

/** Both ids of a manifest's text, also of texts that {@link parseManifest} refuses. Never throws. */
export function snapshotIds(bytes: Uint8Array, hash: HashBytes): SnapshotIds {
  const reread = rereadText(bytes);
  return {
    rawStripHash: hash(stripComments(bytes)) as SnapshotId,
    parsedId: reread === null ? null : (hash(encodeUtf8(reread)) as SnapshotId),
  };
}

/**
 * Reads a stored manifest after checking that it is the one its address names, by either id.
 * @throws INTEGRITY when neither fits; PARSE, UNSAFE_PATH, UNSUPPORTED_HASH
 */
export function checkManifest(
  bytes: Uint8Array,
  expectedId: SnapshotId,
  hash: HashBytes,
  limits: LineOptions = {},
): Manifest {
  const actual = hash(stripComments(bytes));
  if (actual !== expectedId) {
    const reread = rereadText(bytes);
    if (reread === null || hash(encodeUtf8(reread)) !== expectedId) {
      throw new SnapdirError('INTEGRITY', { address: expectedId, expected: expectedId, actual });
    }
  }
  return parseManifest(bytes, { ...limits, hash });
}
