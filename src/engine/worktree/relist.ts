import { throwIfCancelled } from '../../base/abort';
import { sortByPath } from '../../core/order';
import { baseName, inScope, parentOf, representableName } from '../../core/paths';
import type { Skipped } from '../../core/records';
import type { LinkEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import type { DirEntry, Stat } from '../disk/fs';
import { setStat } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { note, noteDir, noteFile } from './drift';
import { Excludes } from './excludes';
import { isNestedStore } from './listing';
import { lookAt } from './recheck';
import { addedSplices, type Splice, spliceTable } from './spliceTable';
import { Walk, type Scan, type ScanOptions } from './walk';

/** What is known to stand directly in one folder. */
interface Children {
  files: Map<string, number>;
  dirs: Map<string, number>;
  links: Map<string, LinkEntry>;
}

/** What a folder's new listing is compared with, and for whom. */
export interface Relist {
  env: EngineEnv;
  at: { root: string; storePath: string };
  look: Look;
  options: ScanOptions;
}

/** What listing again gave. `same`: no name and no folder's mode is another one. */
export interface Relisted {
  look: Look;
  skipped: Skipped[];
  same: boolean;
}

/** Thrown inside: only a full scan tells. */
class Unclear extends Error {}

/**
 * Lists some folders of a look again, each alone, and walks those that are new: every other name stays.
 * Returns the look as it is now, or undefined when only a full scan tells: ignore rules came or went, or
 * something is in the way.
 * @param rows of the folders, ascending
 * @throws AbortError
 */
export function relist(
  what: Relist,
  rows: readonly number[],
  control: Control,
): Relisted | undefined {
  const relisting = new Relisting(what, control);
  try {
    for (const row of rows) {
      throwIfCancelled(control.signal);
      relisting.folder(row);
    }
    return relisting.finish();
  } catch (error) {
    if (error instanceof Unclear) {
      return undefined;
    }
    throw error;
  }
}

class Relisting {
  private readonly what: Relist;
  private readonly control: Control;
  private readonly top: Excludes;
  private readonly rules = new Map<RelPath, Excludes>();
  private readonly guards = new Map<RelPath, string[]>();
  private readonly linksIn = new Map<RelPath, LinkEntry[]>();
  private readonly stats: { row: number; path: RelPath; stat: Stat }[] = [];
  private readonly goneFiles: Splice[] = [];
  private readonly goneDirs: Splice[] = [];
  private readonly goneLinks = new Set<RelPath>();
  private readonly added: { path: RelPath; found: Scan }[] = [];

  constructor(what: Relist, control: Control) {
    this.what = what;
    this.control = control;
    this.top = Excludes.create(what.options.rules);
    const { guards, links } = what.look;
    for (let row = 0; row < guards.length; row++) {
      append(this.guards, parentOf(guards.path(row)), baseName(guards.path(row)));
    }
    links.forEach((link) => append(this.linksIn, parentOf(link.path), link));
  }

  folder(row: number): void {
    if (this.goneDirs.some(({ at, remove }) => row >= at && row < at + remove)) {
      return;
    }
    const path = this.what.look.dirs.path(row);
    // The stat comes before the names: what appears in between is found by the next look.
    const stat = lookAt(this.what.env, this.realPath(path));
    if (stat?.kind !== 'dir') {
      throw new Unclear();
    }
    const entries = this.list(path);
    const children = this.childrenOf(path, row);
    for (const entry of entries) {
      this.entry(path, entry, children);
    }
    this.removed(children);
    this.stats.push({ row, path, stat });
  }

  /** The folder itself may be a link. */
  private realPath(path: RelPath): string {
    const { env, at } = this.what;
    return path === '' ? env.fs.realpath(at.root) : join(at.root, path);
  }

  private list(path: RelPath): DirEntry[] {
    let entries: DirEntry[];
    try {
      entries = this.what.env.fs.readdir(this.realPath(path));
    } catch {
      throw new Unclear();
    }
    const ignoreFiles = entries.filter(
      ({ kind, name }) => kind === 'file' && this.top.isIgnoreFile(name),
    );
    const known = this.guards.get(path) ?? [];
    const sameRules =
      ignoreFiles.length === known.length && ignoreFiles.every(({ name }) => known.includes(name));
    if (!sameRules || (path !== '' && isNestedStore(entries))) {
      throw new Unclear();
    }
    return entries;
  }

  private childrenOf(folder: RelPath, row: number): Children {
    const { files, dirs } = this.what.look;
    const children: Children = { files: new Map(), dirs: new Map(), links: new Map() };
    const direct = (from: number, to: number): void => {
      for (let file = from; file < to; file++) {
        children.files.set(baseName(files.path(file)), file);
      }
    };
    const [first, end] = files.below(folder);
    const lastDir = dirs.below(folder)[1];
    let at = first;
    for (let dir = row + 1; dir < lastDir;) {
      const path = dirs.path(dir);
      const [from, to] = files.below(path);
      direct(at, from);
      children.dirs.set(baseName(path), dir);
      at = to;
      dir = dirs.below(path)[1];
    }
    direct(at, end);
    this.linksIn.get(folder)?.forEach((link) => children.links.set(baseName(link.path), link));
    return children;
  }

  /** Known names are taken out of `children`, new ones are walked. */
  private entry(folder: RelPath, { name, kind, valid }: DirEntry, children: Children): void {
    const { env, at } = this.what;
    const path = folder === '' ? name : `${folder}/${name}`;
    const absolute = join(at.root, path);
    if (!valid || !representableName(name) || kind === 'special') {
      throw new Unclear();
    }
    if (kind === 'link') {
      const link = children.links.get(name);
      if (link !== undefined && readlink(env, absolute) === link.target) {
        children.links.delete(name);
        return;
      }
    } else if ((kind === 'file' ? children.files : children.dirs).delete(name)) {
      return;
    }
    const rules = this.rulesIn(folder);
    if (absolute === at.storePath || rules.excludes(path, name, kind === 'dir', absolute)) {
      return;
    }
    const walk = new Walk(env, at, this.what.options, this.control);
    walk.entry(path, rules, path.split('/').length);
    this.added.push({ path, found: walk.result });
  }

  /** What the listing did not have, or has as something else. */
  private removed(children: Children): void {
    const { files, dirs } = this.what.look;
    for (const row of children.files.values()) {
      this.goneFiles.push({ at: row, remove: 1 });
    }
    for (const row of children.dirs.values()) {
      const path = dirs.path(row);
      const [from, to] = files.below(path);
      this.goneFiles.push({ at: from, remove: to - from });
      this.goneDirs.push({ at: row, remove: dirs.below(path)[1] - row });
    }
    for (const link of children.links.values()) {
      this.goneLinks.add(link.path);
    }
  }

  /** The ignore files are known, and their stats are those of the last look. */
  private rulesIn(folder: RelPath): Excludes {
    let rules = this.rules.get(folder);
    if (rules === undefined) {
      const outer = folder === '' ? this.top : this.rulesIn(parentOf(folder)).inside(folder);
      const names = this.guards.get(folder) ?? [];
      const walk = new Walk(this.what.env, this.what.at, this.what.options, this.control);
      rules = names.length === 0 ? outer : walk.rulesOf(folder, names, outer);
      if (walk.result.skipped.length > 0) {
        throw new Unclear();
      }
      this.rules.set(folder, rules);
    }
    return rules;
  }

  /** Nothing of the look was changed up to here: what is not clear may still be thrown. */
  finish(): Relisted {
    const { look } = this.what;
    const { goneFiles, goneDirs, goneLinks, added } = this;
    const renamed = goneFiles.length + goneDirs.length + goneLinks.size + added.length > 0;
    const modes = this.stats.filter(({ row, stat }) => look.dirs.columns.modes[row] !== stat.mode);
    modes.forEach(({ row }) => noteDir(look, row));
    const now = renamed ? this.rebuild() : look;
    for (const { row, path, stat } of this.stats) {
      setStat(now.dirs.columns, renamed ? now.dirs.row(path)! : row, stat);
    }
    const skipped = added.flatMap(({ found }) => found.skipped);
    now.clean &&= skipped.length === 0;
    return { look: now, skipped, same: !renamed && modes.length === 0 };
  }

  private rebuild(): Look {
    const { look } = this.what;
    const { goneFiles, goneDirs, added } = this;
    eachRow(goneFiles, (row) => noteFile(look, row));
    eachRow(goneDirs, (row) => noteDir(look, row));
    for (const { found } of added) {
      for (const table of [found.files, found.dirs]) {
        eachRow([{ at: 0, remove: table.length }], (row) => note(look, table.path(row), null));
      }
    }
    const splices = addedSplices(look, added);
    return {
      ...look,
      files: spliceTable(look.files, [...goneFiles, ...splices.files]),
      dirs: spliceTable(look.dirs, [...goneDirs, ...splices.dirs]),
      guards: spliceTable(look.guards, splices.guards),
      links: this.newLinks(),
    };
  }

  private newLinks(): LinkEntry[] {
    const { links, dirs } = this.what.look;
    const gone = this.goneDirs.map(({ at }) => dirs.path(at));
    const kept = links.filter(
      ({ path }) => !this.goneLinks.has(path) && (gone.length === 0 || !inScope(path, gone)),
    );
    return sortByPath([...kept, ...this.added.flatMap(({ found }) => found.links)]);
  }
}

function eachRow(splices: readonly Splice[], visit: (row: number) => void): void {
  for (const { at, remove } of splices) {
    for (let row = at; row < at + remove; row++) {
      visit(row);
    }
  }
}

function append<T>(lists: Map<RelPath, T[]>, key: RelPath, item: T): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [item]);
  } else {
    list.push(item);
  }
}

function readlink(env: EngineEnv, path: string): string | undefined {
  try {
    return env.fs.readlink(path);
  } catch {
    return undefined;
  }
}
