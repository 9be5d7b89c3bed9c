import { throwIfCancelled } from '../../base/abort';
import type { FolderEstimate, RepositoryLocation } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { representableName } from '../../core/paths';
import type { ExcludeRules } from '../../core/records';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { join, readFile } from '../disk/durable';
import { errnoOf, io, throwOwnLack } from '../disk/fsErrors';
import { Excludes } from './excludes';
import { isNestedStore } from './listing';
import { isCatchAll } from './catchAll';
import { isInside, realHome } from './restore/checks';

/** So many files are sized one by one; of those after them, one in {@link SAMPLE} stands for its neighbours. */
const SIZED = 20_000;
const SAMPLE = 16;
/** How often the clock, cancellation and progress are looked at, in folders. */
const EVERY = 32;
const MAX_IGNORE_FILE = 4 * 1024 * 1024;
const TOP_OF_DISK = /^(?:[a-z]:)?[\\/]*$/i;

interface Below {
  path: RelPath;
  rules: Excludes;
}

/**
 * About how much a first snapshot would hold, counted for at most `ms` milliseconds. Nothing is read but
 * listings, ignore files and sizes; what cannot be looked at counts nothing. Links are never followed.
 * @throws FOLDER_NOT_FOUND, INVALID_ARGUMENT (a glob), IO (the folder itself cannot be listed; or `isOwnLack`), AbortError
 */
export function estimate(
  env: EngineEnv,
  location: RepositoryLocation,
  params: { rules: ExcludeRules; maxFileSize?: number; folder?: RelPath; ms: number },
  control: Control,
): FolderEstimate {
  const { root } = location;
  const top = io('stat', root, () => (env.fs.lstat(root) ? env.fs.realpath(root) : undefined));
  if (top === undefined || env.fs.lstat(top)?.kind !== 'dir') {
    throw new SnapdirError('FOLDER_NOT_FOUND', { path: root });
  }
  const count = new Count(env, root, params.maxFileSize ?? 0);
  const from = params.folder ?? '';
  // Rules of folders above `from` are not read: an estimate may be a little too high.
  const open: Below[] = [{ path: from, rules: Excludes.create(params.rules) }];
  const end = env.clock.now() + params.ms;
  const storePath = location.store ?? join(root, '.snapdir');
  let folders = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (++folders % EVERY === 0) {
      throwIfCancelled(control.signal);
      control.progress({ phase: 'scan', done: count.files, total: 0, bytes: count.bytes });
      if (env.clock.now() > end) {
        open.push(next);
        break;
      }
    }
    count.folder(next, storePath, open);
  }
  const place = from === '' ? placeOfFolder(env, top) : null;
  return { files: count.files, bytes: count.bytes, complete: open.length === 0, place };
}

class Count {
  files = 0;
  bytes = 0;
  private readonly env: EngineEnv;
  private readonly root: string;
  private readonly maxFileSize: number;

  constructor(env: EngineEnv, root: string, maxFileSize: number) {
    this.env = env;
    this.root = root;
    this.maxFileSize = maxFileSize;
  }

  /** Counts the files of one folder and notes the folders in it. */
  folder({ path, rules: outer }: Below, storePath: string, open: Below[]): void {
    const entries = this.list(path);
    if (path !== '' && isNestedStore(entries)) {
      return;
    }
    const names = entries
      .filter(({ kind, name }) => kind === 'file' && outer.isIgnoreFile(name))
      .map(({ name }) => name);
    const here = path === '' ? outer : outer.inside(path);
    const rules = names.length === 0 ? here : here.enter(path, names, (file) => this.text(file));
    for (const { name, kind, valid } of entries) {
      const below = path === '' ? name : `${path}/${name}`;
      const absolute = join(this.root, below);
      if (
        !valid ||
        !representableName(name) ||
        absolute === storePath ||
        rules.excludes(below, name, kind === 'dir', absolute)
      ) {
        continue;
      }
      if (kind === 'dir') {
        open.push({ path: below, rules });
      } else if (kind === 'file') {
        this.file(absolute);
      }
    }
  }

  private list(path: RelPath): ReturnType<EngineEnv['fs']['readdir']> {
    const absolute = path === '' ? this.root : join(this.root, path);
    if (path === '') {
      return io('list', absolute, () => this.env.fs.readdir(absolute));
    }
    return this.orElse(absolute, [], () => this.env.fs.readdir(absolute));
  }

  private file(absolute: string): void {
    const sampled = this.files >= SIZED;
    if (!sampled || this.files % SAMPLE === 0) {
      const size = this.orElse(absolute, 0, () => this.env.fs.lstat(absolute)?.size ?? 0);
      if (this.maxFileSize > 0 && size > this.maxFileSize) {
        return;
      }
      this.bytes += sampled ? size * SAMPLE : size;
    }
    this.files += 1;
  }

  private text(path: RelPath): string {
    const absolute = join(this.root, path);
    const bytes = this.orElse(absolute, undefined, () =>
      readFile(this.env.fs, absolute, MAX_IGNORE_FILE),
    );
    return bytes === undefined ? '' : new TextDecoder().decode(bytes);
  }

  private orElse<T>(path: string, otherwise: T, look: () => T): T {
    try {
      return look();
    } catch (error) {
      throwOwnLack(error, 'read', path);
      if (errnoOf(error) === undefined && !SnapdirError.is(error)) {
        throw error;
      }
      return otherwise;
    }
  }
}

/** Whether the folder is one that nobody means to snapshot as a whole. */
function placeOfFolder(env: EngineEnv, real: string): FolderEstimate['place'] {
  const home = realHome(env);
  if (TOP_OF_DISK.test(real)) {
    return 'disk';
  }
  if (home === '') {
    return null;
  }
  if (isInside(home, real)) {
    return 'home';
  }
  return isCatchAll(env, home, real) ? 'desktop' : null;
}
