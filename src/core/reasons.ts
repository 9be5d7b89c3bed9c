// Why something was refused, by code. Words for each stand in `ui/reasonWords.ts` and
// `cli/reasonWords.ts`, both exhaustive: a code without words does not compile.

/** What is wrong with a path, or with what is there. `name`: the part of the path that it is about. */
export const PATH_PROBLEMS = [
  'too-deep',
  'too-long',
  'dot-component',
  'empty-component',
  'control-character',
  'not-unicode',
  'name-too-long',
  'backslash-dots',
  'protected-name',
  'windows-character',
  'windows-device',
  'windows-ending',
  'no-dot-slash',
  'no-name',
  'folder-without-slash',
  'file-with-slash',
  'no-store-key',
  'no-store-prefix',
  'kept-for-drafts',
  'folder-missing',
  'folder-is-link',
  'folder-is-file',
  'folder-replaced',
  'folder-replaced-by-link',
  'is-link',
  'not-folder',
  'not-file',
  'something-in-the-way',
] as const;
export type PathProblem = (typeof PATH_PROBLEMS)[number];

/** Why nothing is restored to a place. */
export const TARGET_PROBLEMS = ['disk-top', 'home', 'in-store', 'folder-or-above'] as const;
export type TargetProblem = PathProblem | (typeof TARGET_PROBLEMS)[number];

/** Why a store is not used, or not cleaned up. `kind`: of the file system, for `network`. */
export const STORE_PROBLEMS = [
  'is-link',
  'not-folder',
  'replaced',
  'holds-folder',
  'not-empty',
  'clock-back',
  'clock-ahead',
  'unused',
  'network',
] as const;
export type StoreProblem = (typeof STORE_PROBLEMS)[number];

/** Whether it is about a place where no store is to begin. */
export const isNoNewPlace = (reason: StoreProblem): boolean =>
  reason === 'holds-folder' || reason === 'not-empty';

/** Why something cannot be a name. `what`: of what. */
export const NAME_PROBLEMS = [
  'length',
  'edge-space',
  'invisible',
  'rev-syntax',
  'slashes',
  'reserved',
  'like-id',
  'not-storable',
  'store-letters',
  'store-git',
  'store-taken',
] as const;
export type NameProblem = (typeof NAME_PROBLEMS)[number];

/** What is wrong with a text that people write or merge, in words that they can do something about. */
export const PARSE_PROBLEMS = [
  'git-conflict',
  'name-twice',
  'too-many',
  'not-json',
  'line',
  'too-large',
  'not-whole',
] as const;
export type ParseProblem = (typeof PARSE_PROBLEMS)[number];

/** A text that is none of the local store's: `snapdir.json` or another one like it, `remotes.json`, an export. */
export type OutsideText = 'promoted' | 'remotes' | 'exported';

/** Why Git cannot be asked: there is no program, or the repository belongs to somebody else; absent: none is there. */
export type GitProblem = 'no-program' | 'not-owned';

/** What is another by now than when a plan was made. */
export const PLAN_CHANGES = ['folder', 'operations', 'snapshots', 'files'] as const;
export type PlanChange = (typeof PLAN_CHANGES)[number];

/** Why a checkpoint cannot be relied on. */
export type Damaged =
  | { what: 'manifest-missing' }
  | { what: 'manifest-damaged' }
  /** The content of a file, and of so many more. */
  | { what: 'content'; path: string; more: number };
