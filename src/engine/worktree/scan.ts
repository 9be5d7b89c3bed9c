import { SnapdirError } from '../../core/errors';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { Excludes } from './excludes';
import { Walk, type Scan, type ScanOptions } from './walk';

/**
 * Looks at the folder: names, kinds, stats, links. Reads no file but ignore rules. Never follows a
 * link; never enters an ignored folder. What cannot be captured is listed.
 * @param at root: the folder; storePath: left out wherever it lies
 * @throws FOLDER_NOT_FOUND, INVALID_ARGUMENT (a glob), IO (the folder itself cannot be listed), AbortError
 */
export function scan(
  env: EngineEnv,
  at: { root: string; storePath: string },
  options: ScanOptions,
  control: Control,
): Scan {
  const root = io('stat', at.root, () => env.fs.lstat(env.fs.realpath(at.root)));
  if (root?.kind !== 'dir') {
    throw new SnapdirError('FOLDER_NOT_FOUND', { path: at.root });
  }
  const walk = new Walk(env, at, options, control);
  const top = Excludes.create(options.rules, options.regex);
  io('list', at.root, () => {
    if (options.scope === null || options.scope.includes('')) {
      walk.folder('', root, top, 0);
    } else {
      walk.addDir('', root);
      for (const path of options.scope) {
        const rules = walk.descend(path, top, false);
        if (rules !== undefined) {
          walk.entry(path, rules, path.split('/').length);
        }
      }
    }
    for (const path of options.force ?? []) {
      force(walk, path, top);
    }
  });
  return walk.result;
}

/** Captures exactly this path (for a folder: itself, not what is in it), whatever the rules say. */
function force(walk: Walk, path: RelPath, top: Excludes): void {
  if (walk.descend(path, top, true) !== undefined) {
    walk.single(path);
  }
}
