import type { RelPath } from '../../core/tree';
import { join } from '../disk/durable';
import type { Stat } from '../disk/fs';
import { attempt, readPieces } from '../repair/placeContent';
import { fileSystemNow } from '../store/gcClock';
import type { Work } from './manifests';
import type { Contents } from './survey';

/** Who has not written for so long to a file in `tmp/` will not put it in its place any more. */
export const UNDER_WAY_MS = 60_000;
/** As long without a word from a file that is not whole: what comes from elsewhere may come slowly. */
const ABANDONED_MS = 10 * UNDER_WAY_MS;
/** Files in `tmp/` on their way into the store, as the engine names them, and folders of them. */
const DRAFT = /^[0-9a-f]{32}(?:\/|$)/;

/**
 * Copies in files that are nobody's: what processes that were killed left in `tmp/`, and what a restore whose journal
 * was lost had moved away. Files of the very bytes go, and in `tmp/` those that nobody went on with for long: they may
 * be a part of them.
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
    if (stat !== undefined && isAbandonedDraft(work, path, now - timeOf(stat))) {
      attempt(() => env.fs.unlink(path));
      continue;
    }
    if (stat?.kind !== 'file' || stat.size === 0 || !sizes.has(stat.size)) {
      continue;
    }
    const sum = attempt(() => readPieces(env, path, control))?.checksum;
    const row = sum === undefined ? -1 : contents.table.row(sum);
    if (row < 0 || named.has(row)) {
      continue;
    }
    if (timeOf(stat) + UNDER_WAY_MS > now) {
      underWay++;
    } else {
      attempt(() => env.fs.unlink(path));
    }
  }
  return underWay;
}

const timeOf = ({ mtimeNs }: Stat): number => Number(mtimeNs / 1_000_000n);

function isAbandonedDraft({ store, vault }: Work, path: string, ageMs: number): boolean {
  const tops = [store.tmp, ...(vault === undefined ? [] : [vault.tmp])];
  return (
    ageMs > ABANDONED_MS &&
    tops.some((top) => path.startsWith(`${top}/`) && DRAFT.test(path.slice(top.length + 1)))
  );
}

/** Every file below a folder; what cannot be read has none. */
export function* filesBelow(work: Work, dir: string, depth = 40): Generator<string> {
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
