import type { Stat } from '../../disk/fs';
import { errnoOf } from '../../disk/fsErrors';
import { Flag, sameContentStat } from '../../hashing/fileTable';
import { fence, type Numbered, type Run } from './place';

/** The names under which what a step displaces may be kept: one step may displace several files. */
function oldName(run: Run, n: number, again: number): string {
  return `${run.staging.run}.${n}${again === 0 ? '' : `.${again}`}`;
}

/** The number of the step that displaced this, from its name in `old/`; undefined for foreign names. */
export function stepOfOld(name: string): number | undefined {
  const match = /^[0-9a-f]{8}\.(\d{1,9})(?:\.\d{1,9})?$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** Whether this file's bytes are in the store for certain, without reading it (the key of H16). */
function isKnown(run: Run, { path, step }: Numbered, stat: Stat): boolean {
  const table = run.known;
  const row = table?.row(path);
  if (table === undefined || row === undefined || step.before?.kind !== 'file') {
    return false;
  }
  return (
    sameContentStat(table.columns, row, stat) &&
    !table.has(row, Flag.RACY) &&
    !table.has(row, Flag.UNSTABLE) &&
    table.checksum(row) === step.before.checksum
  );
}

/** Moves what is at a path into `old/`, in one step: it is at one of the two places at any moment. */
export function moveAside(run: Run, item: Numbered, path: string, stat: Stat): void {
  let again = 0;
  let name = oldName(run, item.n, again);
  while (run.env.fs.lstat(`${run.staging.old}/${name}`) !== undefined) {
    name = oldName(run, item.n, ++again);
  }
  fence(run);
  run.env.fs.rename(path, `${run.staging.old}/${name}`);
  if (stat.kind === 'file' && isKnown(run, item, stat)) {
    run.trusted.set(name, stat);
  }
}

/**
 * Gives the file at a path a second name in `old/`, so that a rename over the path loses nothing.
 * @returns false where the file system has no hard links (exFAT)
 */
export function keepOld(run: Run, item: Numbered, path: string, stat: Stat): boolean {
  // Only the first file that a step meets gets here, so the name is free.
  const name = oldName(run, item.n, 0);
  try {
    run.env.fs.link(path, `${run.staging.old}/${name}`);
  } catch (error) {
    if (NO_LINKS.has(errnoOf(error) ?? '')) {
      return false;
    }
    throw error;
  }
  if (isKnown(run, item, stat)) {
    run.trusted.set(name, stat);
  }
  return true;
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES']);
