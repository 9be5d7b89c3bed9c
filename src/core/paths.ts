import { isWellFormed, utf8Length } from '../base/utf8';
import { SnapdirError } from './errors';
import type { PathProblem } from './reasons';
import type { RelPath } from './tree';

/** Limits of every path we read or write (reliability H33). */
export const PATH_LIMITS = { depth: 128, bytes: 4096, nameBytes: 255 } as const;

const CONTROL = /[\x00-\x1f\x7f]/;
const DOTS = /(?:^|\/)\.{0,2}(?:\/|$)/;

function unsafe(path: string, reason: PathProblem, name?: string): never {
  throw new SnapdirError('UNSAFE_PATH', { path, reason, ...(name === undefined ? {} : { name }) });
}

// Invisible characters that HFS+ leaves out when it compares names (CVE-2014-9390).
const IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const PROTECTED = new Set(['.git', '.snapdir', '.hg', '.svn', '.jj']);
/** 8.3 names that Windows may have given to one of these: `GIT~1`, or two letters and a hash. */
const SHORT_NAME =
  /^(?:git|snapdi|hg|svn|jj)~\d+$|^(?:(?:gi|sn|hg|sv|jj)[0-9a-f]{4}|[gs][0-9a-f]{5})~\d+$/;
/** Most names: plain ASCII that neither begins with a dot nor holds what an alias needs. */
const HARMLESS = /^[^.\\~\x80-\uffff][^\\~\x80-\uffff]*$/;

/**
 * Whether a name is, or may on some file system stand for, a directory that belongs to a version control
 * tool or to a store: never captured, entered, written or deleted, at any depth (reliability H24, H29).
 */
export function isProtectedName(component: string): boolean {
  if (HARMLESS.test(component)) {
    return false;
  }
  return component.split('\\').some((piece) => {
    const name = plainName(piece);
    return PROTECTED.has(name) || SHORT_NAME.test(name);
  });
}

/** The name that some file system may take this one for: no case, no invisible letters, no stream, no final dots. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(IGNORABLE, '')
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
}

const WINDOWS_CHARACTERS = /[<>:"|?*\\]/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[. ]*(?:\.|:|$)/i;

/** Why a name cannot exist on Windows, or undefined (reliability H36). */
export function windowsProblem(name: string): PathProblem | undefined {
  if (WINDOWS_CHARACTERS.test(name)) {
    return 'windows-character';
  }
  if (WINDOWS_DEVICE.test(name)) {
    return 'windows-device';
  }
  return /[. ]$/.test(name) ? 'windows-ending' : undefined;
}

/** Why a name must not be used at all, on any platform; undefined when it is fine. */
function nameProblem(name: string): PathProblem | undefined {
  if (name === '' || name === '.' || name === '..') {
    return 'dot-component';
  }
  if (CONTROL.test(name)) {
    return 'control-character';
  }
  if (!isWellFormed(name)) {
    return 'not-unicode';
  }
  if (name.length > PATH_LIMITS.nameBytes / 3 && utf8Length(name) > PATH_LIMITS.nameBytes) {
    return 'name-too-long';
  }
  // A backslash is an ordinary character here, and a separator where the snapshot may be restored.
  if (name.includes('\\') && name.split('\\').includes('..')) {
    return 'backslash-dots';
  }
  return undefined;
}

/** Whether a name can be written into a manifest and restored anywhere but Windows (H25, H26). */
export function representableName(name: string): boolean {
  return !name.includes('/') && nameProblem(name) === undefined;
}

/**
 * Checks the form of a path that is only read or shown: everything of {@link checkRelPath} but protected
 * names, which a take without exclude rules, as any of snapdir's own, may hold.
 * @throws UNSAFE_PATH
 */
export function checkPathForm(path: RelPath): string[] {
  if (path === '') {
    return [];
  }
  const components = path.split('/');
  if (components.length > PATH_LIMITS.depth) {
    unsafe(path.slice(0, 200), 'too-deep');
  }
  for (const component of components) {
    const problem = nameProblem(component);
    if (problem !== undefined) {
      unsafe(path, problem);
    }
  }
  if (path.length > PATH_LIMITS.bytes / 3 && utf8Length(path) > PATH_LIMITS.bytes) {
    unsafe(path.slice(0, 200), 'too-long');
  }
  return components;
}

/**
 * Checks a path before anything is read or written at it, and returns its components (reliability §5.4).
 * Lexical only: links among the parents are the disk layer's matter (H30).
 * @throws UNSAFE_PATH
 */
export function checkRelPath(path: RelPath, options: { windows?: boolean } = {}): string[] {
  const components = checkPathForm(path);
  for (const component of components) {
    if (isProtectedName(component)) {
      unsafe(path, 'protected-name', component);
    }
    if (options.windows === true) {
      checkForWindows(path, component);
    }
  }
  return components;
}

function checkForWindows(path: RelPath, component: string): void {
  const problem = windowsProblem(component);
  if (problem !== undefined) {
    unsafe(path, problem, component);
  }
}

/**
 * The path of a manifest line (`./a/b`, `./a/b/`), checked for form. Protected names pass: manifests that
 * snapdir itself made hold `.git`, and reading them harms nothing; {@link checkRelPath} stops a restore.
 * @throws UNSAFE_PATH
 */
export function parseManifestPath(
  text: string,
  type: 'F' | 'D',
  options: { windows?: boolean } = {},
): RelPath {
  if (!text.startsWith('./')) {
    unsafe(text, 'no-dot-slash');
  }
  if (text === './') {
    return type === 'D' ? '' : unsafe(text, 'no-name');
  }
  if (text.endsWith('/') !== (type === 'D')) {
    unsafe(text, type === 'D' ? 'folder-without-slash' : 'file-with-slash');
  }
  const path = text.slice(2, type === 'D' ? -1 : undefined);
  if (path === '') {
    unsafe(text, 'empty-component');
  }
  // Short paths without dots or special characters pass without being taken apart.
  if (path.length > PATH_LIMITS.nameBytes / 3 || !PLAIN.test(path) || DOTS.test(path)) {
    checkPathForm(path);
  }
  if (options.windows === true) {
    path.split('/').forEach((component) => checkForWindows(path, component));
  }
  return path;
}

const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/** A path as a manifest line writes it. */
export function manifestPath(path: RelPath, type: 'F' | 'D'): string {
  return type === 'D' && path !== '' ? `./${path}/` : `./${path}`;
}

/** The folder that holds this path; `''` (the folder itself) for a name at the top, and for `''`. */
export function parentOf(path: RelPath): RelPath {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last component. */
export function baseName(path: RelPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `name` (which may hold several components) below `parent`. */
export function joinPath(parent: RelPath, name: string): RelPath {
  if (parent === '' || name === '') {
    return parent + name;
  }
  return `${parent}/${name}`;
}

/** Whether a path is `scope` or below it. `''` holds everything. */
export function isWithin(path: RelPath, scope: RelPath): boolean {
  if (scope === '' || path === scope) {
    return true;
  }
  return path.length > scope.length && path[scope.length] === '/' && path.startsWith(scope);
}

/** Whether a path lies in one of these scopes. `null` means everything. */
export function inScope(path: RelPath, scope: readonly RelPath[] | null): boolean {
  if (scope === null || scope.length <= FEW) {
    return scope === null || scope.some((one) => isWithin(path, one));
  }
  let known = scopeSets.get(scope);
  if (known === undefined) {
    known = new Set(scope);
    scopeSets.set(scope, known);
  }
  for (let one = path; ; one = parentOf(one)) {
    if (known.has(one)) {
      return true;
    }
    if (one === '') {
      return false;
    }
  }
}

/** Longer lists (thousands of ticked files) are looked up. Nobody changes a list of scopes. */
const FEW = 16;
const scopeSets = new WeakMap<readonly RelPath[], ReadonlySet<RelPath>>();

const ASCII = /^[\x00-\x7f]*$/;

/**
 * Names with the same key may be one name to a file system that folds case or normalises (H28).
 * Upper-casing first makes all forms of a letter (ß and SS, final sigma) one.
 */
export function foldName(name: string): string {
  if (ASCII.test(name)) {
    return name.toLowerCase();
  }
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFD');
}

/**
 * Groups of paths, folders on the way included, that differ yet have the same key (H28). Each group is
 * sorted; no group: no collision.
 */
export function findCollisions(paths: Iterable<RelPath>): RelPath[][] {
  const seen = new Set<RelPath>();
  const byKey = new Map<string, RelPath[]>();
  for (const path of paths) {
    for (let one = path; one !== '' && !seen.has(one); one = parentOf(one)) {
      seen.add(one);
      const key = foldName(one);
      const group = byKey.get(key);
      if (group === undefined) {
        byKey.set(key, [one]);
      } else {
        group.push(one);
      }
    }
  }
  return [...byKey.values()].filter((group) => group.length > 1).map((group) => group.sort());
}
