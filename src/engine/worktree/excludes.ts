import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import { nodeSays } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import { isProtectedName } from '../../core/paths';
import type { ExcludeRules } from '../../core/records';
import type { RelPath } from '../../core/tree';

/**
 * Files with ignore rules, strongest first, as ripgrep (and so VS Code's search) ranks them.
 * `.snapdirignore` is ours and is honoured whatever `useIgnoreFiles` says.
 */
const IGNORE_FILES = ['.snapdirignore', '.ignore', '.gitignore'] as const;
const OWN_IGNORE_FILE = '.snapdirignore';

interface Level {
  /** The folder that holds the file; patterns are relative to it. */
  folder: RelPath;
  rules: Ignore;
}

/** What a walk needs to read ignore files: the text of one, or undefined. */
export type ReadText = (path: RelPath) => string | undefined;

/** The exclude rules that hold inside one folder. Immutable: each folder on the way down has its own. */
export class Excludes {
  private readonly rules: ExcludeRules;
  private readonly globs: (path: string) => boolean;
  private readonly regex: RegExp | undefined;
  private readonly levels: readonly (readonly Level[])[];

  private constructor(
    rules: ExcludeRules,
    globs: (path: string) => boolean,
    regex: RegExp | undefined,
    levels: readonly (readonly Level[])[],
  ) {
    this.rules = rules;
    this.globs = globs;
    this.regex = regex;
    this.levels = levels;
  }

  /**
   * The rules at the top of the folder.
   * @param regex matched against the absolute path, as snapdir's `--exclude` is (store-format §7)
   * @throws INVALID_ARGUMENT when a glob cannot be read
   */
  static create(rules: ExcludeRules, regex?: RegExp): Excludes {
    let globs: (path: string) => boolean = () => false;
    const patterns = rules.noIgnore ? [] : rules.patterns.filter((pattern) => pattern !== '');
    if (patterns.length > 0) {
      try {
        globs = picomatch(patterns, { dot: true });
      } catch (error) {
        const reason = nodeSays(error);
        throw new SnapdirError('INVALID_ARGUMENT', { argument: 'snapdir.exclude', reason });
      }
    }
    return new Excludes(
      rules,
      globs,
      regex,
      IGNORE_FILES.map(() => []),
    );
  }

  /** Names of ignore files that matter, so that a walk reads only those that a listing shows. */
  isIgnoreFile(name: string): boolean {
    if (this.rules.noIgnore) {
      return false;
    }
    return name === OWN_IGNORE_FILE || (this.rules.useIgnoreFiles && isNamed(name));
  }

  /** The rules inside `folder`, whose ignore files are `names`. */
  enter(folder: RelPath, names: readonly string[], read: ReadText): Excludes {
    const levels = this.levels.map((chain, kind) => {
      const name = IGNORE_FILES[kind]!;
      const text = names.includes(name)
        ? read(folder === '' ? name : `${folder}/${name}`)
        : undefined;
      return text === undefined ? chain : [{ folder, rules: ignore().add(text) }, ...chain];
    });
    return new Excludes(this.rules, this.globs, this.regex, levels);
  }

  /**
   * The rules inside a folder that one ignore file leaves out and a stronger one takes back: the weaker
   * one has no say in there, or it would leave out again whatever is below.
   */
  inside(folder: RelPath): Excludes {
    if (this.levels.reduce((count, chain) => count + chain.length, 0) < 2) {
      return this;
    }
    const keeps = (level: Level): boolean => !verdictOf(level, folder, true).ignored;
    if (this.levels.every((chain) => chain.every(keeps))) {
      return this;
    }
    const levels = this.levels.map((chain) => chain.filter(keeps));
    return new Excludes(this.rules, this.globs, this.regex, levels);
  }

  /** Whether the walk leaves `path` out. An ignored folder is never entered. */
  excludes(path: RelPath, name: string, isFolder: boolean, absolute: string): boolean {
    if (isStoreName(name) || (!this.rules.noIgnore && isProtectedName(name))) {
      return true;
    }
    if (this.regex?.test(absolute) === true) {
      return true;
    }
    if (this.rules.noIgnore) {
      return false;
    }
    return this.globs(path) || this.ignored(path, isFolder);
  }

  private ignored(path: RelPath, isFolder: boolean): boolean {
    for (const chain of this.levels) {
      // The deepest file that has an opinion decides.
      for (const level of chain) {
        const verdict = verdictOf(level, path, isFolder);
        if (verdict.ignored || verdict.unignored) {
          return verdict.ignored;
        }
      }
    }
    return false;
  }
}

function verdictOf(
  { folder, rules }: Level,
  path: RelPath,
  isFolder: boolean,
): { ignored: boolean; unignored: boolean } {
  const inside = folder === '' ? path : path.slice(folder.length + 1);
  return rules.test(isFolder ? `${inside}/` : inside);
}

function isNamed(name: string): boolean {
  return name === '.gitignore' || name === '.ignore';
}

/** `.snapdir` under any case: never captured, not even with `--no-ignore`. */
function isStoreName(name: string): boolean {
  return name.length === 8 && name.toLowerCase() === '.snapdir';
}
