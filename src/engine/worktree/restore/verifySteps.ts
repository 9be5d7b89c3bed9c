import { isAt } from './contents';
import { numbered } from './converge';
import { attempt, locate, refuse, wanted, type Numbered, type Run } from './place';
import type { NodeState } from './steps';
import { unchangedInGrafts } from './verifyGrafts';

/** Files and links that are as they should be now. */
export interface Verified {
  written: number;
  deleted: number;
}

/**
 * Looks again at every path that the run was about. A file that is still the very one that was staged
 * has the bytes that were checked then; any other is read.
 */
export function verifySteps(run: Run): Verified {
  const verified = { written: 0, deleted: 0 };
  run.cursor.reset();
  const unchanged = unchangedInGrafts(run);
  for (const item of numbered(run)) {
    if (run.failures.has(item.path)) {
      continue;
    }
    if (unchanged[item.n] === 1) {
      run.placed.set(item.path, { stat: run.staged.statOf(item.n), checksum: sumOf(run, item) });
      verified.written++;
      continue;
    }
    attempt(run, item.path, () => {
      if (!isDone(run, item)) {
        refuse(run, item.path, 'changed-meanwhile');
      } else if (isFileLike(wanted(run, item.step))) {
        verified.written++;
      } else if (
        wanted(run, item.step) === null &&
        isFileLike(item.step.before ?? item.step.after)
      ) {
        verified.deleted++;
      }
    });
  }
  return verified;
}

function sumOf(run: Run, { step }: Numbered): string {
  const state = wanted(run, step);
  return state?.kind === 'file' ? state.checksum : '';
}

function isFileLike(state: NodeState | null): boolean {
  return state !== null && state.kind !== 'dir';
}

function isDone(run: Run, item: Numbered): boolean {
  const want = wanted(run, item.step);
  const at = pathOf(run, item);
  const stat = at === undefined ? undefined : run.env.fs.lstat(at);
  if (want === null) {
    // A folder that holds files of somebody's stays, and is no failure (H41).
    return stat === undefined || stat.kind === 'dir';
  }
  if (at === undefined || stat === undefined) {
    return false;
  }
  if (want.kind === 'file' && run.staged.isSame(item.n, stat)) {
    run.placed.set(item.path, { stat, checksum: want.checksum });
    return (stat.mode & 0o777) === want.mode;
  }
  return isAt(run.env, { path: at, stat }, want, run.control);
}

/** undefined: a folder on the way is missing or no folder, so nothing is there. */
function pathOf(run: Run, item: Numbered): string | undefined {
  try {
    return locate(run, item.path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'UNSAFE_PATH') {
      return undefined;
    }
    throw error;
  }
}
