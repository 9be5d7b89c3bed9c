import { compareEntriesByBytes } from '../order';
import { lowerBound } from '../scopeTree';
import type { ManifestEntry } from '../tree';
import { differingLines, type SameBytes } from './differingLines';
import { readLines } from './lines';

/**
 * The entries of a text that was made out of another one, without reading what is in both.
 * @param known the entries of `before`, in the order of a manifest
 * @returns undefined when too much differs for this to be of use
 */
export function patchEntries(
  known: readonly ManifestEntry[],
  texts: { before: Uint8Array; now: Uint8Array },
  same: SameBytes,
): ManifestEntry[] | undefined {
  const lines = differingLines(texts.before, texts.now, same);
  if (lines === undefined) {
    return undefined;
  }
  const gone = readLines(lines.left, {});
  const come = readLines(lines.right, {});
  // What stays is copied in runs: of 60,000 entries a handful is searched for, none is compared in turn.
  const entries: ManifestEntry[] = [];
  let kept = 0;
  const keepTo = (end: number): void => {
    for (; kept < end; kept++) {
      entries.push(known[kept]!);
    }
  };
  let next = 0;
  for (const away of gone) {
    const at = lowerBound(known, away, kept);
    if (known[at]?.path !== away.path || known[at].type !== away.type) {
      return undefined;
    }
    for (; next < come.length && compareEntriesByBytes(come[next]!, away) < 0; next++) {
      keepTo(lowerBound(known, come[next]!, kept));
      entries.push(come[next]!);
    }
    keepTo(at);
    kept = at + 1;
  }
  for (; next < come.length; next++) {
    keepTo(lowerBound(known, come[next]!, kept));
    entries.push(come[next]!);
  }
  keepTo(known.length);
  return entries;
}
