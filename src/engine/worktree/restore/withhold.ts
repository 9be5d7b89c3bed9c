import { parentOf } from '../../../core/paths';
import type { FailureReason } from '../../../core/failureReason';
import { isPackageFile } from '../../../core/packageScripts';
import { isRunnable } from '../../../core/runnableFiles';
import type { ManifestEntry, RelPath, Tree } from '../../../core/tree';
import type { ScriptJudge } from './foreignScripts';

/** What of a tree from elsewhere stays away (H45). */
export interface Withheld {
  /** Files and links that an editor or Git would run. */
  files: RelPath[];
  /** Those, and the folders that hold nothing else: to be left as they are in the folder. */
  untouched: Map<RelPath, FailureReason>;
}

/** Nothing stays away. */
export const NOTHING_WITHHELD: Withheld = { files: [], untouched: new Map() };

/**
 * Finds what an editor or Git would run in a tree, and each `package.json` of which `brings` says that it brings
 * scripts. `wanted`: paths that are asked for all the same. `live`: the folder; folders that it has stay of the plan.
 */
export function findRunnable(
  tree: Tree,
  options: {
    brings: ScriptJudge;
    wanted?: readonly RelPath[];
    /** Folders that were asked for: they come, empty if need be. */
    scope?: readonly RelPath[] | null;
    live?: Tree;
  },
): Withheld {
  const wanted = new Set(options.wanted);
  const there = new Set(
    options.live?.entries.filter(({ type }) => type === 'D').map(({ path }) => path),
  );
  const runs = (file: ManifestEntry): boolean =>
    isRunnable(file.path) || (isPackageFile(file.path) && options.brings(file));
  const files = [
    ...tree.entries.filter((one) => one.type === 'F' && !wanted.has(one.path) && runs(one)),
    ...tree.links
      .filter(({ path }) => !wanted.has(path))
      .filter(({ path }) => isRunnable(path, 'link') || isPackageFile(path)),
  ].map(({ path }) => path);
  const untouched = new Map(files.map((path): [RelPath, FailureReason] => [path, 'withheld']));
  emptied(tree, untouched)
    .filter(
      (path) => !wanted.has(path) && !there.has(path) && options.scope?.includes(path) !== true,
    )
    .forEach((path) => untouched.set(path, 'withheld'));
  return { files, untouched };
}

/** Folders on the way to withheld files that would come empty. */
function emptied(tree: Tree, files: ReadonlyMap<RelPath, FailureReason>): RelPath[] {
  const above = new Set<RelPath>();
  for (const path of files.keys()) {
    for (let one = parentOf(path); one !== ''; one = parentOf(one)) {
      above.add(one);
    }
  }
  if (above.size === 0) {
    return [];
  }
  const stay = (path: RelPath): void => {
    for (let one = path; one !== ''; one = parentOf(one)) {
      above.delete(one);
    }
  };
  for (const { type, path } of tree.entries) {
    if (!files.has(path) && (type === 'F' || !above.has(path))) {
      stay(path);
    }
  }
  tree.links.filter(({ path }) => !files.has(path)).forEach(({ path }) => stay(path));
  return [...above];
}

/** Of these paths, those that a restore would have changed. */
export function changing(paths: readonly RelPath[], live: Tree, target: Tree): RelPath[] {
  const wanted = new Set(paths);
  const states = (tree: Tree): Map<RelPath, string> =>
    new Map([
      ...tree.entries
        .filter(({ path }) => wanted.has(path))
        .map(({ path, type, checksum }): [RelPath, string] => [path, `${type} ${checksum}`]),
      ...tree.links
        .filter(({ path }) => wanted.has(path))
        .map(({ path, target: to }): [RelPath, string] => [path, `L ${to}`]),
    ]);
  const [now, then] = [states(live), states(target)];
  return paths.filter((path) => now.get(path) !== then.get(path));
}
