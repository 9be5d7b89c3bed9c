import { errnoOf } from '../../disk/fsErrors';
import { attempt, fence, locate, pace, touchFolder, type Run } from './place';
import type { Graft } from './staged';

/**
 * Puts folders in place that were not there, each by one rename, which fails when there is anything but an
 * empty folder by now. Then what is staged in it is put in place piece by piece, like everything else.
 */
export function placeGrafts(run: Run): void {
  for (const [index, graft] of run.staged.grafts.entries()) {
    pace(run, index, run.staged.grafts.length);
    attempt(run, graft.path, () => {
      const at = locate(run, graft.path);
      if (run.env.fs.lstat(at) === undefined) {
        fence(run);
        graft.placed = moves(run, run.staged.pathOf(graft.n), at);
      }
      if (graft.placed) {
        run.cursor.recheck();
        touchFolder(run, graft.path);
      } else {
        openGraft(run, graft);
      }
    });
  }
}

/** false: whatever the reason is, the single files will tell. */
function moves(run: Run, from: string, to: string): boolean {
  try {
    run.env.fs.rename(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}

/** Files can be moved out of a folder only while it may be written. */
function openGraft(run: Run, graft: Graft): void {
  for (const n of graft.folders) {
    run.env.fs.chmod(run.staged.pathOf(n), 0o700);
  }
}
