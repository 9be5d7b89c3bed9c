import { utf8Length } from '../base/utf8';
import { compareUtf8 } from './order';
import { baseName, foldName, joinPath, parentOf, PATH_LIMITS, windowsProblem } from './paths';
import type { RelPath } from './tree';

/** What a file system cannot hold. */
export interface NameLimits {
  /** Names that Windows refuses (H36). */
  windows: boolean;
  /** Names that it takes for one (H28). */
  folds: boolean;
}

/**
 * Names that a file system can hold, for those that it cannot (reliability H36): `a:b` becomes `a%3Ab`, `CON` `%43ON`,
 * `end.` `end%2E`, and the second of two names that it takes for one gets a number, `readme%2.md`. All others stay, and no
 * new name is that of another file. For copies in a folder of their own, with a list beside them.
 * @param paths every file, folder and link; folders on the way need not be among them
 * @returns where those go whose path differs, by their own path, sorted
 */
export function fittingPaths(
  paths: Iterable<RelPath>,
  limits: NameLimits,
): ReadonlyMap<RelPath, RelPath> {
  const children = childrenOf(paths);
  const renamed = new Map<RelPath, RelPath>();
  const visit = (parent: RelPath, to: RelPath): void => {
    const names = fittingNames(children.get(parent) ?? [], limits);
    for (const [name, fitting] of names) {
      const [path, place] = [joinPath(parent, name), joinPath(to, fitting)];
      if (path !== place) {
        renamed.set(path, place);
      }
      visit(path, place);
    }
  };
  visit('', '');
  return renamed;
}

function childrenOf(paths: Iterable<RelPath>): Map<RelPath, Set<string>> {
  const children = new Map<RelPath, Set<string>>();
  for (const path of paths) {
    for (let one = path; one !== ''; one = parentOf(one)) {
      const parent = parentOf(one);
      const names = children.get(parent) ?? new Set();
      if (names.has(baseName(one))) {
        break;
      }
      children.set(parent, names.add(baseName(one)));
    }
  }
  return children;
}

/** Each name of one folder, and the name to use; sorted, so that the same names always get the same ones. */
function fittingNames(names: Iterable<string>, limits: NameLimits): Map<string, string> {
  const keyOf = limits.folds ? foldName : (name: string): string => name;
  const sorted = [...names].sort(compareUtf8);
  const fitting = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of sorted) {
    if (!(limits.windows && windowsProblem(name) !== undefined) && !taken.has(keyOf(name))) {
      taken.add(keyOf(name));
      fitting.set(name, name);
    }
  }
  for (const name of sorted) {
    if (!fitting.has(name)) {
      const escaped = limits.windows ? escapeForWindows(name) : name;
      let free = shortened(escaped, '');
      for (let n = 2; taken.has(keyOf(free)); n++) {
        free = shortened(escaped, `%${n}`);
      }
      taken.add(keyOf(free));
      fitting.set(name, free);
    }
  }
  return new Map(sorted.map((name) => [name, fitting.get(name)!]));
}

const BAD = /[<>:"|?*\\]/g;

/** A name that Windows can hold, which shows what it stands for: as in the address of a web page. */
export function escapeForWindows(name: string): string {
  const hex = (text: string): string =>
    `%${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  const plain = name.replace(BAD, hex).replace(/[. ]$/, hex);
  return windowsProblem(plain) === undefined ? plain : hex(plain) + plain.slice(1);
}

/** Puts a mark before the ending, and leaves out as much before it as is needed for a name to be short enough. */
function shortened(name: string, mark: string): string {
  const dot = name.lastIndexOf('.');
  const cut = dot > 0 && name.length - dot < 20 ? dot : name.length;
  let stem = [...name.slice(0, cut)];
  const end = mark + name.slice(cut);
  const room = PATH_LIMITS.nameBytes - utf8Length(end);
  while (utf8Length(stem.join('')) > room) {
    stem = stem.slice(0, -1);
  }
  return stem.join('') + end;
}
