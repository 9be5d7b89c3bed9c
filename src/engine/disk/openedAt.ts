import { foldName } from '../../core/paths';
import type { Fs } from './fs';
import { throwOwnLack } from './fsErrors';

/**
 * The real path of a folder when this system tells where open files are, else ''. For {@link isOpenedAt}.
 * @param probe a folder beside it that is ours: to find out
 * @throws IO, see `isOwnLack`
 */
export function tellableRoot(fs: Fs, root: string, probe: string): string {
  try {
    const own = fs.realpath(probe);
    const fd = fs.open(own, 'r');
    try {
      return fs.pathOf(fd) === own ? fs.realpath(root) : '';
    } finally {
      fs.close(fd);
    }
  } catch (error) {
    throwOwnLack(error, 'open', probe);
    return '';
  }
}

/**
 * Whether an open file lies where it was looked for, below the real root: between the look at a folder and
 * the opening of a file in it, somebody may have put a link in the folder's place (H30). One call a file,
 * where holding every folder open would cost several.
 * @param real what {@link tellableRoot} gave; '': always true
 */
export function isOpenedAt(fs: Fs, fd: number, real: string, path: string): boolean {
  if (real === '') {
    return true;
  }
  const expected = `${real === '/' ? '' : real}/${path}`;
  const actual = fs.pathOf(fd);
  if (actual === undefined || actual === expected) {
    return true;
  }
  // A file system that folds names may show another form of the same one.
  return foldName(actual) === foldName(expected);
}
