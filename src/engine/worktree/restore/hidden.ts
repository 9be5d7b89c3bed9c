import { SnapdirError } from '../../../core/errors';
import { baseName, foldName, inScope, isWithin, parentOf } from '../../../core/paths';
import type { RelPath, Tree } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import { errnoOf, throwOwnLack } from '../../disk/fsErrors';
import type { NodeKind } from '../../disk/fs';
import type { NameRules } from '../../disk/nameProbe';
import { FolderCursor } from '../../disk/safePath';
import type { Store } from '../../store/storeRoot';
import type { Intent } from './intent';
import { shallowFirst } from './steps';

/** A path that a restore would touch although the scan did not list it, and what is there. */
export interface HiddenPath {
  path: RelPath;
  kind: NodeKind | 'unreadable';
}

/** Whether a path is in a tree, under the rules by which the file system compares names. */
export function pathIndex(tree: Tree, names: NameRules): (path: RelPath) => boolean {
  const folds = names.foldsCase || names.foldsAccents;
  const key = folds ? foldName : (path: RelPath): RelPath => path;
  const paths = new Set<RelPath>();
  for (const { path } of tree.entries) {
    paths.add(key(path));
  }
  for (const { path } of tree.links) {
    paths.add(key(path));
  }
  return (path) => paths.has(key(path));
}

/** Every path that the plan may want to write or delete, and the folders above the scope. */
function* reach(intent: Intent): Generator<RelPath> {
  const { scope, target, deletion } = intent;
  const above = (path: RelPath): boolean =>
    scope?.some((one) => one !== path && isWithin(one, path)) === true;
  for (const tree of [target, ...(deletion.kind === 'only' ? [deletion.tree] : [])]) {
    for (const { path } of [...tree.entries, ...tree.links]) {
      if (path !== '' && (inScope(path, scope) || above(path))) {
        yield path;
      }
    }
  }
}

/**
 * Paths in the intent's reach that exist although the scan left them out: ignored files, mostly. They
 * have to be captured before they may be overwritten (reliability §0 rule 1).
 */
export function findHidden(
  env: EngineEnv,
  store: Store,
  intent: Intent,
  isListed: (path: RelPath) => boolean,
): HiddenPath[] {
  const unlisted = new Set<RelPath>();
  for (const path of reach(intent)) {
    if (!isListed(path)) {
      unlisted.add(path);
    }
  }
  const hidden: HiddenPath[] = [];
  const nothing = new Set<RelPath>();
  const cursor = new FolderCursor(env, store.root);
  const at = { cursor, root: store.root };
  try {
    for (const { path } of shallowFirst([...unlisted].map((one) => ({ path: one })))) {
      const kind = nothing.has(parentOf(path)) ? undefined : kindAt(env, at, path);
      if (kind === undefined) {
        nothing.add(path);
      } else {
        hidden.push({ path, kind });
      }
    }
  } finally {
    cursor.dispose();
  }
  return hidden;
}

function kindAt(
  { fs }: EngineEnv,
  { cursor, root }: { cursor: FolderCursor; root: string },
  path: RelPath,
): HiddenPath['kind'] | undefined {
  try {
    return fs.lstat(`${cursor.enter(parentOf(path))}/${baseName(path)}`)?.kind;
  } catch (error) {
    if (SnapdirError.is(error, 'UNSAFE_PATH')) {
      return undefined; // A link or a file is where the folder should be: that itself is what is there.
    }
    throwOwnLack(error, 'stat', `${root}/${path}`);
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return 'unreadable';
  }
}
