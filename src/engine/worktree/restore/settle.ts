import { baseName, joinPath, parentOf } from '../../../core/paths';
import type { RelPath } from '../../../core/tree';
import type { Stat } from '../../disk/fs';
import { errnoOf } from '../../disk/fsErrors';
import { hasContentOf } from './contents';
import { numbered } from './converge';
import { stepOfOld } from './displace';
import { fence, type Run } from './place';

/** What is added to the name of a file whose displaced bytes are kept beside it. */
export function conflictSuffix(time: number): string {
  const stamp = new Date(time).toISOString().replace(/[-:]/g, '').replace(/\..*$/, '');
  return `.snapdir-conflict-${stamp}`;
}

/**
 * Looks at everything that was displaced (H40). Bytes that the store has are dropped; anything else was
 * written after the safety checkpoint, and is put beside its file under a name of its own.
 * @returns the conflict copies
 */
export function settle(run: Run): RelPath[] {
  const { fs } = run.env;
  const { old } = run.staging;
  const conflicts: RelPath[] = [];
  const steps = numbered(run);
  run.cursor.reset();
  for (const { name } of fs.readdir(old)) {
    const path = `${old}/${name}`;
    const n = stepOfOld(name);
    const item = n === undefined ? undefined : steps[n];
    const stat = fs.lstat(path);
    if (item === undefined || stat === undefined) {
      continue;
    }
    if (isInStore(run, name, { path, stat }, [item.step.before, item.step.after])) {
      run.lease.fence();
      fs.unlink(path);
    } else {
      conflicts.push(putBeside(run, path, item.path));
    }
  }
  return conflicts;
}

function isInStore(
  run: Run,
  name: string,
  at: { path: string; stat: Stat },
  states: Parameters<typeof hasContentOf>[2],
): boolean {
  const { stat } = at;
  const trusted = run.trusted.get(name);
  if (trusted !== undefined && trusted.mtimeNs === stat.mtimeNs && trusted.size === stat.size) {
    return true;
  }
  return hasContentOf(run.env, at, states, run.control);
}

/** In the file's own folder or, when that is gone or not safe, the nearest one above that is. */
function putBeside(run: Run, from: string, path: RelPath): RelPath {
  const wantedName = `${baseName(path)}${conflictSuffix(run.journal.started)}`;
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    try {
      return putInto(run, from, folder, wantedName);
    } catch (error) {
      if (folder === '' || (errnoOf(error) === undefined && !isUnsafe(error))) {
        throw error;
      }
    }
  }
}

function isUnsafe(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'UNSAFE_PATH';
}

function putInto(run: Run, from: string, folder: RelPath, wantedName: string): RelPath {
  const { fs } = run.env;
  const prefix = run.cursor.enter(folder);
  for (let again = 1; ; again++) {
    const name = again === 1 ? wantedName : `${wantedName}-${again}`;
    if (fs.lstat(`${prefix}/${name}`) === undefined) {
      fence(run);
      fs.rename(from, `${prefix}/${name}`);
      run.touched.add(folder);
      return joinPath(folder, name);
    }
  }
}
