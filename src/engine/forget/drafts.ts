import type { RelPath } from '../../core/tree';
import { join } from '../disk/durable';
import { attempt, readPieces } from '../repair/placeContent';
import { fileSystemNow } from '../store/gcClock';
import type { Work } from './manifests';
import type { Contents } from './survey';

/** Who has not written for so long to a file in `tmp/` will not put it in its place any more. */
const UNDER_WAY_MS = 60_000;

/**
 * Copies in files that are nobody's: what processes that were killed left in `tmp/`, and what a restore whose journal
 * was lost had moved away. Only files of the very bytes go.
 * @param named rows of what is needed elsewhere: such content goes nowhere
 * @returns how many such files were written just now, and stay
 * @throws IO
 */
export function sweepDrafts(
  work: Work,
  contents: Contents,
  named: ReadonlyMap<number, RelPath>,
): number {
  const { env, store, vault, control } = work;
  const sizes = new Set(contents.sizes);
  const now = fileSystemNow(env, store);
  let underWay = 0;
  const tops = [store.tmp, store.restore, ...(vault === undefined ? [] : [vault.tmp])];
  for (const path of tops.flatMap((top) => [...filesBelow(work, top)])) {
    const stat = env.fs.lstat(path);
    if (stat?.kind !== 'file' || stat.size === 0 || !sizes.has(stat.size)) {
      continue;
    }
    const sum = attempt(() => readPieces(env, path, control))?.checksum;
    const row = sum === undefined ? -1 : contents.table.row(sum);
    if (row < 0 || named.has(row)) {
      continue;
    }
    if (Number(stat.mtimeNs / 1_000_000n) + UNDER_WAY_MS > now) {
      underWay++;
    } else {
      attempt(() => env.fs.unlink(path));
    }
  }
  return underWay;
}

function* filesBelow(work: Work, dir: string, depth = 40): Generator<string> {
  const entries = attempt(() => work.env.fs.readdir(dir)) ?? [];
  for (const { name, kind } of entries) {
    const path = join(dir, name);
    if (kind === 'file') {
      yield path;
    } else if (kind === 'dir' && depth > 0) {
      yield* filesBelow(work, path, depth - 1);
    }
  }
}
