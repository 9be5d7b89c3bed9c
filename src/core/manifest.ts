import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import { SnapdirError } from './errors';
import type { HashBytes } from './hasher';
import type { SnapshotId } from './ids';
import { readLines, type LineOptions } from './manifest/lines';
import { rereadText, stripComments } from './manifest/readers';
import { checkStructure } from './manifest/structure';
import { LineWriter } from './manifest/writer';
import { compareEntries, isAscending, sortEntries } from './order';
import type { Manifest } from './tree';

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

/** The canonical text of a manifest as bytes (store-format §1): sorted, one LF after each line. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const writer = new LineWriter(manifest.entries.length);
  for (const entry of sortEntries(manifest.entries)) {
    writer.line(entry);
  }
  return writer.finish();
}

/** The canonical text of a manifest. Where bytes are wanted, {@link encodeManifest} gives them. */
export function formatManifest(manifest: Manifest): string {
  return decodeUtf8(encodeManifest(manifest));
}

/** The snapshot id of a manifest: BLAKE3 of its canonical text (store-format §3). */
export function snapshotIdOf(manifest: Manifest, hash: HashBytes): SnapshotId {
  return hash(encodeManifest(manifest)) as SnapshotId;
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
