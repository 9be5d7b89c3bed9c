import { compareTrees, type CompareOptions, type TreeComparison } from './compare';
import { readLines } from './manifest/lines';
import { differingLines, type SameBytes } from './manifest/differingLines';
import type { LinkEntry } from './tree';

/** A snapshot as the store has it: the manifest's canonical text, and the links of its record. */
export interface SnapshotText {
  bytes: Uint8Array;
  links: LinkEntry[];
}

/**
 * What `compareTrees` gives for the two trees, but lines that are in both texts are never taken apart: a line
 * that is on both sides is no change, and renames are found among changes only.
 * @throws PARSE, UNSAFE_PATH where a line that differs is not one; AbortError
 */
export function compareManifests(
  left: SnapshotText,
  right: SnapshotText,
  same: SameBytes,
  options: CompareOptions = {},
): TreeComparison {
  const lines = differingLines(left.bytes, right.bytes, same) ?? {
    left: left.bytes,
    right: right.bytes,
  };
  const reading = options.signal === undefined ? {} : { signal: options.signal };
  return compareTrees(
    { entries: readLines(lines.left, reading), links: left.links },
    { entries: readLines(lines.right, reading), links: right.links },
    options,
  );
}
