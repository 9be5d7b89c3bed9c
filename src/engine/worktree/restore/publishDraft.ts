import { SnapdirError } from '../../../core/errors';
import { baseName, joinPath, parentOf } from '../../../core/paths';
import type { PathFailure } from '../../../core/records';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { join } from '../../disk/durable';
import type { Stat } from '../../disk/fs';
import { errnoOf, io } from '../../disk/fsErrors';
import { FolderCursor } from '../../disk/safePath';
import { statObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import { hashFile } from './contents';
import type { Draft } from './draftTree';
import { keepsOwner } from './owner';
import { reasonOf } from './place';
import type { Target } from './restoreTarget';
import type { Selection } from './selection';
import { conflictSuffix } from './settle';
import { MODE_MASK, shallowFirst } from './steps';

/**
 * Shows a draft where nothing is yet: one rename, or (a file) one link, which never replaces.
 * @throws TARGET_EXISTS when something appeared there meanwhile, UNSAFE_PATH when a link did on the way, IO
 */
export function publishNew(
  env: EngineEnv,
  draft: Draft,
  target: Target,
  selection: Selection,
): void {
  const { fs } = env;
  const path = join(target.parent, target.name);
  const exists = (): never => {
    throw new SnapdirError('TARGET_EXISTS', { path });
  };
  const cursor = new FolderCursor(env, target.parent, { real: true });
  io('rename', path, () => {
    const parent = cursor.enter('');
    const at = join(parent, target.name);
    try {
      cursor.recheck();
      if (selection.kind !== 'file' || !linkNew(env, draft.path, at)) {
        if (fs.lstat(at) !== undefined) {
          exists();
        }
        fs.rename(draft.path, at);
      }
      fs.fsyncDir(`${parent}/.`);
    } catch (error) {
      if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '')) {
        exists();
      }
      throw error;
    } finally {
      cursor.dispose();
    }
  });
}

/** false: no hard links here. */
function linkNew(env: EngineEnv, from: string, to: string): boolean {
  try {
    env.fs.link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined || errnoOf(error) === 'EEXIST') {
      throw error;
    }
    return false;
  }
}

/** One merge of a draft into what is there. */
interface Merge {
  env: EngineEnv;
  store: Store;
  control: Control;
  draft: Draft;
  cursor: FolderCursor;
  prefix: RelPath;
  failed: PathFailure[];
  touched: Set<RelPath>;
  changedOwner: RelPath[];
}

/**
 * Merges a draft over what is there. A file that is replaced goes only when the store has its bytes;
 * otherwise it is kept beside under another name: nothing is lost here either.
 * @returns how many files and links were written, and what could not be
 */
export function publishOver(
  env: EngineEnv,
  store: Store,
  of: { draft: Draft; target: Target; selection: Selection },
  control: Control,
): { written: number; failed: PathFailure[]; changedOwner: RelPath[] } {
  const { draft, target, selection } = of;
  const cursor = new FolderCursor(env, target.parent, { real: true });
  const merge: Merge = {
    ...{ env, store, control, draft, cursor },
    prefix: target.name,
    failed: [],
    touched: new Set(),
    changedOwner: [],
  };
  let written = 0;
  try {
    const folders = selection.entries.filter(({ type }) => type === 'D');
    shallowFirst(folders).forEach(({ path }) => step(merge, path, () => mergeFolder(merge, path)));
    const files = selection.entries.filter(({ type }) => type === 'F');
    for (const { path } of shallowFirst([...files, ...selection.links])) {
      step(merge, path, () => {
        mergeFile(merge, path);
        written++;
      });
    }
    for (const { path, mode } of shallowFirst(folders).reverse()) {
      step(merge, path, () => {
        cursor.enter(place(merge, path));
        cursor.chmod(mode & MODE_MASK);
      });
    }
    merge.touched.forEach((folder) => env.fs.fsyncDir(`${cursor.enter(folder)}/.`));
  } finally {
    cursor.dispose();
  }
  return { written, failed: merge.failed, changedOwner: merge.changedOwner };
}

function step(merge: Merge, path: RelPath, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (errnoOf(error) === undefined && !SnapdirError.is(error, 'UNSAFE_PATH')) {
      throw error;
    }
    merge.failed.push({ path, reason: reasonOf(error) });
  }
}

function place(merge: Merge, path: RelPath): RelPath {
  return joinPath(merge.prefix, path);
}

function mergeFolder(merge: Merge, path: RelPath): void {
  const full = place(merge, path);
  const { fs } = merge.env;
  const at = `${merge.cursor.enter(parentOf(full))}/${baseName(full)}`;
  if (fs.lstat(at) === undefined) {
    fs.mkdir(at, 0o700);
    merge.touched.add(parentOf(full));
  } else {
    // Throws when it is no folder.
    merge.cursor.enter(full);
  }
}

function mergeFile(merge: Merge, path: RelPath): void {
  const { env, cursor } = merge;
  const full = place(merge, path);
  const at = `${cursor.enter(parentOf(full))}/${baseName(full)}`;
  const there = env.fs.lstat(at);
  if (there?.kind === 'dir' || there?.kind === 'special') {
    throw new SnapdirError('UNSAFE_PATH', { path: full, reason: 'something-in-the-way' });
  }
  if (there !== undefined && !isKnown(merge, at, there)) {
    keepBeside(merge, at);
  }
  cursor.recheck();
  const from = path === '' ? merge.draft.path : join(merge.draft.path, path);
  if (there?.kind === 'file' && !keepsOwner(env, from, there)) {
    merge.changedOwner.push(full);
  }
  env.fs.rename(from, at);
  merge.touched.add(parentOf(full));
}

function isKnown(merge: Merge, at: string, there: Stat): boolean {
  const { env, store, control } = merge;
  return (
    there.kind === 'file' && statObject(env, store, hashFile(env, at, control))?.size === there.size
  );
}

function keepBeside(merge: Merge, at: string): void {
  const { fs, clock } = merge.env;
  const suffix = conflictSuffix(clock.now());
  for (let again = 1; ; again++) {
    const beside = `${at}${suffix}${again === 1 ? '' : `-${again}`}`;
    if (fs.lstat(beside) === undefined) {
      fs.rename(at, beside);
      return;
    }
  }
}
