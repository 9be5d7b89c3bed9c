import type { Disposable } from '../../base/disposable';
import { SnapdirError } from '../../core/errors';
import type { PathProblem } from '../../core/reasons';
import type { RelPath } from '../../core/tree';
import type { EngineEnv } from '../context';
import { join } from './durable';
import type { Fs, Stat } from './fs';
import { errnoOf, io, throwOwnLack } from './fsErrors';

/** One folder on the way down. */
interface Level {
  name: string;
  /** What to put names behind: its path or, where folders can be held, its open descriptor. */
  prefix: string;
  fd: number | undefined;
  stat: Stat;
}

function unsafe(path: RelPath, reason: PathProblem): never {
  throw new SnapdirError('UNSAFE_PATH', { path, reason });
}

function sameFile(a: Stat | undefined, b: Stat): boolean {
  return a?.kind === 'dir' && a.ino === b.ino && a.dev === b.dev;
}

/**
 * Goes from folder to folder below a root without ever passing through a link (H30). On Linux every
 * folder on the way is held open and names are reached through its descriptor, so that a folder that
 * somebody swaps for a link meanwhile leads nowhere; elsewhere `recheck` narrows that gap.
 */
export class FolderCursor implements Disposable {
  private readonly fs: Fs;
  private readonly levels: Level[] = [];
  private readonly held: boolean;
  private current: RelPath = '';

  /**
   * @param root absolute; may itself be reached through links
   * @param options.real `root` was resolved already: a link that is on the way by now is refused
   * @throws UNSAFE_PATH when it is no folder, IO
   */
  constructor(
    env: Pick<EngineEnv, 'fs' | 'platform'>,
    root: string,
    options: { real?: boolean } = {},
  ) {
    this.fs = env.fs;
    this.held = env.platform === 'linux' && canHold(env.fs, root);
    const path = options.real === true ? root : io('open', root, () => this.fs.realpath(root));
    io('open', root, () => this.push('', path, ''));
    const { fd } = this.levels[0]!;
    const actual = fd === undefined ? undefined : this.fs.pathOf(fd);
    if (options.real === true && actual !== undefined && actual !== path) {
      this.dispose();
      unsafe(root, 'folder-replaced-by-link');
    }
  }

  /**
   * Goes to a folder. Names in it are reached as `${prefix}/${name}`, until the next call.
   * @throws UNSAFE_PATH when a link or anything but a folder is on the way, or a folder is missing; raw errors
   */
  enter(folder: RelPath): string {
    if (folder !== this.current) {
      const wanted = folder === '' ? [] : folder.split('/');
      let common = 0;
      while (common < wanted.length && this.levels[common + 1]?.name === wanted[common]) {
        common++;
      }
      this.popTo(common + 1);
      this.current = wanted.slice(0, common).join('/');
      for (const name of wanted.slice(common)) {
        const path = this.current === '' ? name : `${this.current}/${name}`;
        this.push(name, join(this.levels.at(-1)!.prefix, name), path);
        this.current = path;
      }
    }
    return this.levels.at(-1)!.prefix;
  }

  /**
   * Call right before and after a step that names a path. Held folders need no second look.
   * @throws UNSAFE_PATH when a folder on the way was swapped
   */
  recheck(): void {
    if (this.held) {
      return;
    }
    for (const level of this.levels) {
      if (!sameFile(this.fs.lstat(level.prefix), level.stat)) {
        unsafe(this.current, 'folder-replaced');
      }
    }
  }

  /** Sets the mode of the folder that was entered last. */
  chmod(mode: number): void {
    this.recheck();
    this.fs.chmod(join(this.levels.at(-1)!.prefix, '.'), mode);
  }

  /** Forgets folders that may have been removed or replaced by ourselves. */
  reset(): void {
    this.popTo(1);
    this.current = '';
  }

  dispose(): void {
    this.popTo(0);
  }

  private push(name: string, path: string, shown: RelPath): void {
    if (!this.held) {
      const stat = this.fs.lstat(path);
      this.levels.push({ name, prefix: path, fd: undefined, stat: checkFolder(stat, shown) });
      return;
    }
    let fd: number;
    try {
      fd = this.fs.open(path, 'r');
    } catch (error) {
      return this.cannotOpen(error, path, shown);
    }
    try {
      const stat = checkFolder(this.fs.fstat(fd), shown);
      this.levels.push({ name, prefix: `/proc/self/fd/${fd}`, fd, stat });
    } catch (error) {
      this.fs.close(fd);
      throw error;
    }
  }

  private cannotOpen(error: unknown, path: string, shown: RelPath): never {
    if (['ELOOP', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) {
      checkFolder(this.fs.lstat(path), shown);
    }
    throw error;
  }

  private popTo(length: number): void {
    while (this.levels.length > length) {
      const { fd } = this.levels.pop()!;
      if (fd !== undefined) {
        this.fs.close(fd);
      }
    }
  }
}

function checkFolder(stat: Stat | undefined, path: RelPath): Stat {
  switch (stat?.kind) {
    case 'dir':
      return stat;
    case undefined:
      return unsafe(path, 'folder-missing');
    case 'link':
      return unsafe(path, 'folder-is-link');
    default:
      return unsafe(path, 'folder-is-file');
  }
}

/** Whether open folders can be reached by descriptor here: needs /proc. */
function canHold(fs: Fs, root: string): boolean {
  try {
    const fd = fs.open(fs.realpath(root), 'r');
    try {
      return sameFile(fs.lstat(`/proc/self/fd/${fd}/.`), fs.fstat(fd));
    } finally {
      fs.close(fd);
    }
  } catch (error) {
    throwOwnLack(error, 'open', root);
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}
