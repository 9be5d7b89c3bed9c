import { compareEntriesByBytes } from '../order';
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
  const entries: ManifestEntry[] = [];
  let nextGone = 0;
  let nextCome = 0;
  for (const entry of known) {
    const away = gone[nextGone];
    if (away !== undefined && away.path === entry.path && away.type === entry.type) {
      nextGone++;
      continue;
    }
    while (nextCome < come.length && compareEntriesByBytes(come[nextCome]!, entry) < 0) {
      entries.push(come[nextCome++]!);
    }
    entries.push(entry);
  }
  entries.push(...come.slice(nextCome));
  return nextGone === gone.length ? entries : undefined;
}
