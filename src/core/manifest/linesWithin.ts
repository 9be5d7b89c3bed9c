import { parentOf } from '../paths';
import type { RelPath } from '../tree';
import { findFolder, findFileLine, findFolderLine, type Stretch } from './findLine';

/**
 * The lines that lie in a scope, with those of the folders above it, in their order: what `scopeTree` chooses of the entries
 * of the whole. A few paths out of many are found without a look at the others.
 * @param bytes lines in a manifest's form and order
 */
export function linesWithin(bytes: Uint8Array, scope: readonly RelPath[]): Uint8Array {
  const stretches: Stretch[] = [];
  const above = new Set<RelPath>();
  for (const path of scope) {
    stretches.push(findFileLine(bytes, path), findFolder(bytes, path));
    for (let folder = path; folder !== '';) {
      folder = parentOf(folder);
      above.add(folder);
    }
  }
  for (const folder of above) {
    stretches.push(findFileLine(bytes, folder), findFolderLine(bytes, folder));
  }
  return joined(bytes, stretches);
}

/** What several stretches hold, each byte once. */
function joined(bytes: Uint8Array, stretches: Stretch[]): Uint8Array {
  stretches.sort(([a], [b]) => a - b);
  const parts: Uint8Array[] = [];
  let [end, length] = [0, 0];
  for (const [from, to] of stretches) {
    if (to > Math.max(from, end)) {
      const part = bytes.subarray(Math.max(from, end), to);
      parts.push(part);
      length += part.length;
      end = to;
    }
  }
  const text = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
  }
  return text;
}
