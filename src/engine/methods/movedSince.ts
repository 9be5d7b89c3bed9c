import { throwIfCancelled } from '../../base/abort';
import { compareTrees } from '../../core/compare';
import { SnapdirError } from '../../core/errors';
import type { Checksum } from '../../core/ids';
import { findFile } from '../../core/manifest/findLine';
import { readLines } from '../../core/manifest/lines';
import { baseName, foldName, isProtectedName, parentOf } from '../../core/paths';
import type { ManifestEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import type { Stat } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { FolderCursor } from '../disk/safePath';
import { linksOf } from '../store/checkpointTrees';
import { asBuffer, manifestText } from '../store/manifestText';
import { loadHistory } from '../store/records';
import type { Store } from '../store/storeRoot';
import { hashFile } from '../worktree/restore/contents';

const LF = 0x0a;

/**
 * The name that HEAD has for a file of the folder which was moved since: found by its content, as comparisons find
 * moves. undefined: HEAD holds the path, the folder does not, or the content came from nowhere. Reads no file but
 * this one, and that only where HEAD has one as large.
 * @throws AbortError
 */
export function nameInHead(
  env: EngineEnv,
  store: Store,
  path: RelPath,
  control: Control,
): RelPath | undefined {
  if (path.split('/').some(isProtectedName)) {
    return undefined;
  }
  const { history } = loadHistory(env, store);
  const head = history.head === null ? undefined : history.checkpoint(history.head);
  if (head === undefined) {
    return undefined;
  }
  let cursor: FolderCursor | undefined;
  try {
    cursor = new FolderCursor(env, store.root);
    const live = liveFile(env, cursor, path);
    if (live === undefined) {
      return undefined;
    }
    const text = asBuffer(manifestText(env, store, head.snapshot, { ours: true, control }));
    const isHeld =
      findFile(text, path) !== undefined ||
      linksOf(env, store, head.id).some((link) => link.path === path);
    if (isHeld || !text.includes(` ${live.stat.size} `)) {
      return undefined;
    }
    const checksum = hashFile(env, live.at, control) as Checksum;
    const gone = entriesWith(text, checksum).filter((entry) => {
      throwIfCancelled(control.signal);
      return isGone(env, cursor!, entry.path, { path, stat: live.stat });
    });
    const file = { type: 'F' as const, mode: 0o644, checksum, size: live.stat.size, path };
    const [change] = compareTrees(
      { entries: gone, links: [] },
      { entries: [file], links: [] },
    ).changes.filter(({ status }) => status === 'R');
    return change?.oldPath;
  } catch (error) {
    // Whatever cannot be looked at gives no name.
    if (SnapdirError.is(error) || errnoOf(error) !== undefined) {
      return undefined;
    }
    throw error;
  } finally {
    cursor?.dispose();
  }
}

/** A file with content; of empty ones that one went and another came says nothing. */
function liveFile(
  env: EngineEnv,
  cursor: FolderCursor,
  path: RelPath,
): { at: string; stat: Stat } | undefined {
  const at = `${cursor.enter(parentOf(path))}/${baseName(path)}`;
  const stat = env.fs.lstat(at);
  return stat?.kind === 'file' && stat.size > 0 ? { at, stat } : undefined;
}

/** The files of a manifest that have this content. */
function entriesWith(text: Buffer, checksum: Checksum): ManifestEntry[] {
  const wanted = ` ${checksum} `;
  const entries: ManifestEntry[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const line = text.subarray(text.lastIndexOf(LF, at) + 1, text.indexOf(LF, at) + 1);
    entries.push(...readLines(line, {}).filter(({ type }) => type === 'F'));
  }
  return entries;
}

/** Whether nothing is there any more; where case says nothing, the moved file answers to its old name as well. */
function isGone(
  env: EngineEnv,
  cursor: FolderCursor,
  path: RelPath,
  moved: { path: RelPath; stat: Stat },
): boolean {
  let stat: Stat | undefined;
  try {
    stat = env.fs.lstat(`${cursor.enter(parentOf(path))}/${baseName(path)}`);
  } catch (error) {
    if (SnapdirError.is(error, 'UNSAFE_PATH')) {
      return true;
    }
    throw error;
  }
  const isSame = stat?.ino === moved.stat.ino && stat.dev === moved.stat.dev;
  return stat === undefined || (isSame && foldName(path) === foldName(moved.path));
}
