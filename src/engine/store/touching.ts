import { SnapdirError } from '../../core/errors';
import type { LoggedTake } from '../../core/history/log';
import type { CheckpointId } from '../../core/ids';
import { findFile, findFolder } from '../../core/manifest/findLine';
import { checkPathForm, isWithin } from '../../core/paths';
import { isTouched } from '../../core/pathHistory/steps';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { changeIndex, type IndexBudget } from './changeIndex';
import { manifestText } from './manifestText';
import { linksOf } from './checkpointTrees';
import type { Store } from './storeRoot';

/**
 * Whether a checkpoint has something at a path: a file, a link, or a folder.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE, IO
 */
export function holdsPath(
  env: EngineEnv,
  store: Store,
  of: { take: LoggedTake; path: RelPath },
  control: Control,
): boolean {
  const { take, path } = of;
  const bytes = manifestText(env, store, take.snapshot, { ours: true, control });
  const [from, end] = findFolder(bytes, path);
  return (
    findFile(bytes, path) !== undefined ||
    end > from ||
    linksOf(env, store, take.id).some((link) => isWithin(link.path, path))
  );
}

/**
 * The checkpoints in which a file or folder, or anything below it, differs from the checkpoint before in time,
 * newest first; the oldest of all where it holds the path. Moves are not followed.
 * @returns `pending`: how many older ones are not looked at yet; `full`: nor will they be, the index is as large as
 * it may get
 * @throws UNSAFE_PATH, IO, AbortError
 */
export function checkpointsTouching(
  env: EngineEnv,
  store: Store,
  of: { path: RelPath; budget: IndexBudget },
  control: Control,
): { ids: CheckpointId[]; pending: number; full: boolean } {
  checkPathForm(of.path);
  const { steps, oldest, pending, full } = changeIndex(env, store, of.budget, control);
  const ids = steps.filter(({ edge }) => isTouched(edge, of.path)).map(({ take }) => take.id);
  if (oldest !== undefined && isThere(env, store, { take: oldest, path: of.path }, control)) {
    ids.push(oldest.id);
  }
  return { ids, pending, full };
}

function isThere(
  env: EngineEnv,
  store: Store,
  of: { take: LoggedTake; path: RelPath },
  control: Control,
): boolean {
  try {
    return holdsPath(env, store, of, control);
  } catch (error) {
    if (SnapdirError.is(error)) {
      return false;
    }
    throw error;
  }
}
