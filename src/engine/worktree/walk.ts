import { throwIfCancelled } from '../../base/abort';
import { utf8Length } from '../../base/utf8';
import { PATH_LIMITS, representableName } from '../../core/paths';
import type { ExcludeRules, Skipped, SkipReason } from '../../core/records';
import type { LinkEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { join, readFile } from '../disk/durable';
import type { DirEntry, Stat } from '../disk/fs';
import { errnoBehind, errnoOf, throwOwnLack } from '../disk/fsErrors';
import { FileTable } from '../hashing/fileTable';
import type { Excludes } from './excludes';
import { escapeName, inPlace, isNestedStore } from './listing';

export interface ScanOptions {
  rules: ExcludeRules;
  /** Only below these paths; null: everything. */
  scope: readonly RelPath[] | null;
  /** Captured although rules leave them out (and although they are outside the scope). */
  force?: readonly RelPath[];
  /** Files above this many bytes are skipped; 0: no limit. */
  maxFileSize?: number;
  /** snapdir's `--exclude`. */
  regex?: RegExp;
}

/** What a walk found; nothing was read but folders and ignore files. */
export interface Scan {
  files: FileTable;
  dirs: FileTable;
  /** The ignore files that had a say: when one changes, everything has to be looked at anew. */
  guards: FileTable;
  links: LinkEntry[];
  skipped: Skipped[];
}

const MAX_IGNORE_FILE = 4 * 1024 * 1024;
/** How often cancellation and progress are looked at. */
const EVERY = 256;

/** One walk over the folder; `scan` says where it starts. */
export class Walk {
  readonly result: Scan = {
    files: new FileTable(),
    dirs: new FileTable(1024, 'dirs'),
    guards: new FileTable(64),
    links: [],
    skipped: [],
  };
  private readonly env: EngineEnv;
  private readonly root: string;
  private readonly storePath: string;
  private readonly options: ScanOptions;
  private readonly control: Control;
  private readonly seen = new Set<RelPath>();
  /** The rules inside the folders that `descend` went through. */
  private readonly entered = new Map<RelPath, Excludes>();
  private count = 0;

  constructor(
    env: EngineEnv,
    at: { root: string; storePath: string },
    options: ScanOptions,
    control: Control,
  ) {
    this.env = env;
    this.root = at.root;
    this.storePath = at.storePath;
    this.options = options;
    this.control = control;
  }

  absolute(path: RelPath): string {
    return path === '' ? this.root : join(this.root, path);
  }

  skip(path: RelPath, reason: SkipReason, detail?: string): void {
    const shown = path.split('/').map(escapeName).join('/');
    this.result.skipped.push({ path: shown, reason, ...(detail === undefined ? {} : { detail }) });
  }

  private leaveOut(path: RelPath, error: unknown): undefined {
    throwOwnLack(error, 'read', this.absolute(path));
    const errno = errnoOf(error);
    this.skip(path, errno === 'ENOENT' || errno === 'ENOTDIR' ? 'vanished' : 'unreadable', errno);
  }

  private readonly readText = (path: RelPath): string | undefined => {
    try {
      const bytes = readFile(this.env.fs, this.absolute(path), MAX_IGNORE_FILE);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    } catch (error) {
      throwOwnLack(error, 'read', this.absolute(path));
      // Rules that cannot be read must not be taken for "no rules": then secrets could be captured.
      this.skip(path, 'unreadable', `ignore rules of this folder: ${errnoBehind(error) ?? ''}`);
      return '*\n';
    }
  };

  list(path: RelPath): DirEntry[] | undefined {
    try {
      return this.env.fs.readdir(this.absolute(path));
    } catch (error) {
      if (path === '' || errnoOf(error) === undefined) {
        throw error;
      }
      return this.leaveOut(path, error);
    }
  }

  rulesIn(path: RelPath, entries: readonly DirEntry[], outer: Excludes): Excludes {
    const names = entries
      .filter((entry) => entry.kind === 'file' && outer.isIgnoreFile(entry.name))
      .map((entry) => entry.name);
    if (names.length === 0) {
      return outer;
    }
    return this.rulesOf(path, names, outer);
  }

  /** The rules inside a folder whose ignore files have these names. */
  rulesOf(path: RelPath, names: readonly string[], outer: Excludes): Excludes {
    for (const name of names) {
      const guard = path === '' ? name : `${path}/${name}`;
      const stat = this.env.fs.lstat(this.absolute(guard));
      if (stat !== undefined && this.result.guards.row(guard) === undefined) {
        this.result.guards.add(guard, stat);
      }
    }
    return outer.enter(path, names, this.readText);
  }

  /** Captures a folder whose stat is known, and everything below it. */
  folder(path: RelPath, stat: Stat, outer: Excludes, depth: number): void {
    const entries = this.list(path);
    if (entries === undefined) {
      return;
    }
    if (path !== '' && isNestedStore(entries)) {
      this.skip(path, 'nested-store');
      return;
    }
    this.addDir(path, stat);
    const rules = this.rulesIn(path, entries, path === '' ? outer : outer.inside(path));
    for (const entry of inPlace(entries)) {
      this.tick();
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (!entry.valid || !representableName(entry.name)) {
        this.skip(below, 'unrepresentable-name');
        continue;
      }
      const absolute = this.absolute(below);
      if (
        absolute === this.storePath ||
        rules.excludes(below, entry.name, entry.kind === 'dir', absolute)
      ) {
        continue;
      }
      this.entry(below, rules, depth + 1);
    }
  }

  /** Captures whatever is at a path. `rules` are those inside its parent. */
  entry(path: RelPath, rules: Excludes, depth: number): void {
    if (depth > PATH_LIMITS.depth || utf8Length(path) > PATH_LIMITS.bytes) {
      this.skip(path, 'unrepresentable-name', 'too deep or too long');
      return;
    }
    const stat = this.stat(path);
    if (stat === undefined || this.seen.has(path)) {
      return;
    }
    if (stat.kind === 'dir') {
      this.folder(path, stat, rules, depth);
    } else {
      this.capture(path, stat);
    }
  }

  private capture(path: RelPath, stat: Stat): void {
    if (stat.kind === 'file') {
      this.file(path, stat);
    } else if (stat.kind === 'link') {
      this.link(path);
    } else {
      this.skip(path, 'special-file');
    }
  }

  /** Captures just this: of a folder the folder itself, not what is in it. */
  single(path: RelPath): void {
    const stat = this.stat(path);
    if (stat?.kind === 'dir') {
      this.addDir(path, stat);
    } else if (stat !== undefined && !this.seen.has(path)) {
      this.capture(path, stat);
    }
  }

  private stat(path: RelPath): Stat | undefined {
    try {
      const stat = this.env.fs.lstat(this.absolute(path));
      if (stat === undefined) {
        this.skip(path, 'vanished');
      }
      return stat;
    } catch (error) {
      return this.leaveOut(path, error);
    }
  }

  private file(path: RelPath, stat: Stat): void {
    const { maxFileSize } = this.options;
    if (maxFileSize !== undefined && maxFileSize > 0 && stat.size > maxFileSize) {
      this.skip(path, 'too-large', String(stat.size));
      return;
    }
    this.remember(path);
    this.result.files.add(path, stat);
  }

  private link(path: RelPath): void {
    let target: string;
    try {
      target = this.env.fs.readlink(this.absolute(path));
    } catch (error) {
      return this.leaveOut(path, error);
    }
    if (target.includes('\uFFFD') || !target.isWellFormed()) {
      this.skip(path, 'unrepresentable-name', 'the target of the link is not valid text');
      return;
    }
    this.remember(path);
    this.result.links.push({ path, target });
  }

  addDir(path: RelPath, stat: Stat): void {
    if (!this.seen.has(path)) {
      this.remember(path);
      this.result.dirs.add(path, stat);
    }
  }

  /** Only a walk with several starting points can meet a path twice. */
  private remember(path: RelPath): void {
    if (this.options.scope !== null || this.options.force !== undefined) {
      this.seen.add(path);
    }
  }

  private tick(): void {
    if (++this.count % EVERY === 0) {
      throwIfCancelled(this.control.signal);
      this.control.progress({ phase: 'scan', done: this.count, total: 0 });
    }
  }

  /**
   * Walks down to a path, real folders only (a link on the way is never followed), and returns the
   * rules inside its parent; undefined when there is nothing to capture there.
   */
  descend(path: RelPath, top: Excludes, forced: boolean): Excludes | undefined {
    let rules = this.enter('', top);
    const parts = path.split('/');
    let here = '';
    for (const [index, name] of parts.entries()) {
      here = here === '' ? name : `${here}/${name}`;
      const last = index === parts.length - 1;
      const known = last ? undefined : this.entered.get(here);
      const stat = known === undefined ? this.env.fs.lstat(this.absolute(here)) : undefined;
      const isDir = known !== undefined || stat?.kind === 'dir';
      if (!isDir && (stat === undefined || !last)) {
        return undefined;
      }
      if (!forced && rules.excludes(here, name, isDir, this.absolute(here))) {
        return undefined;
      }
      if (last) {
        return rules;
      }
      if (stat !== undefined) {
        this.addDir(here, stat);
        if (this.result.dirs.row(here) === undefined) {
          return undefined; // A moment ago it was no folder, and was captured as what it was.
        }
      }
      rules = known ?? this.enter(here, rules.inside(here));
    }
    return rules;
  }

  /** The rules inside a folder. Thousands of paths may lead through it: it is listed once. */
  private enter(path: RelPath, outer: Excludes): Excludes {
    let rules = this.entered.get(path);
    if (rules === undefined) {
      rules = this.rulesIn(path, this.list(path) ?? [], outer);
      this.entered.set(path, rules);
    }
    return rules;
  }
}
