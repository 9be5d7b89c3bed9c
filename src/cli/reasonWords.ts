import { PATH_LIMITS } from '../core/paths';
import { parseFailure, type LEFT_ALONE } from '../core/failureReason';
import {
  type Damaged,
  type NameProblem,
  type PathProblem,
  type PlanChange,
  type StoreProblem,
  type TargetProblem,
} from '../core/reasons';
import { MAX_NAME_LENGTH } from '../core/refName';
import { MAX_PART } from '../core/storeKeys';
import { displayName, displayText } from './escape';

const PATH_WORDS: Record<PathProblem, string> = {
  'too-deep': `is more than ${PATH_LIMITS.depth} folders deep`,
  'too-long': `is longer than ${PATH_LIMITS.bytes} bytes`,
  'dot-component': 'has an empty, "." or ".." component',
  'empty-component': 'has an empty component',
  'control-character': 'holds a control character',
  'not-unicode': 'is not valid Unicode',
  'name-too-long': `has a name longer than ${PATH_LIMITS.nameBytes} bytes`,
  'backslash-dots': 'has a ".." component behind a backslash',
  'protected-name': 'is, or stands for, a protected folder',
  'windows-character': 'holds a character that Windows does not allow in names',
  'windows-device': 'is a reserved device name on Windows',
  'windows-ending': 'ends in a dot or space, which Windows drops',
  'no-dot-slash': 'does not begin with "./"',
  'no-name': 'is a file without a name',
  'folder-without-slash': 'is a directory without a final "/"',
  'file-with-slash': 'is a file with a final "/"',
  'no-store-key': 'it is no key of a store',
  'no-store-prefix': 'it is no prefix of a store',
  'kept-for-drafts': 'it is kept for drafts',
  'folder-missing': 'a folder on the way is missing',
  'folder-is-link': 'a folder on the way is a symbolic link',
  'folder-is-file': 'a file is where a folder should be',
  'folder-replaced': 'a folder on the way was replaced meanwhile',
  'folder-replaced-by-link': 'a folder on the way was replaced by a symbolic link',
  'is-link': 'it is a symbolic link',
  'not-folder': 'it is not a folder',
  'not-file': 'it is not a file',
  'something-in-the-way': 'something else is in the way',
};

/** What is wrong with a path. */
export function pathWords(reason: PathProblem, name?: string): string {
  return name === undefined ? PATH_WORDS[reason] : `${displayName(name)} ${PATH_WORDS[reason]}`;
}

/** Why nothing is restored to a place. */
export function targetWords(reason: TargetProblem, name?: string): string {
  switch (reason) {
    case 'disk-top':
      return 'it is the top of a disk';
    case 'home':
      return 'it is a home folder';
    case 'in-store':
      return 'it is inside the store';
    case 'folder-or-above':
      return 'it is the folder itself, a folder above it, or a home folder';
    default:
      return pathWords(reason, name);
  }
}

/** Why a store is not used, or not cleaned up. */
export function storeWords(reason: StoreProblem, kind = ''): string {
  const words: Record<StoreProblem, string> = {
    'is-link': 'it is a symbolic link',
    'not-folder': 'it is not a folder',
    replaced: 'it was replaced while Snapdir was at work in it',
    'holds-folder': 'it is the folder whose snapshots it would keep, or that folder lies in it',
    'not-empty': 'other files are in it',
    'clock-back': 'the clock went back: the store was last used in the future',
    'clock-ahead':
      'the clock jumped ahead, or the store was not used for 30 days: try again in a day',
    unused: 'the store was not used for 30 days, or the clock jumped: try again in a day',
    network:
      `it is on a network file system (${displayText(kind)}), where nothing tells safely what is old; ` +
      'when nobody else uses it, "snapdir gc --force" does it all the same',
  };
  return words[reason];
}

/** Why something cannot be a name. */
export function nameWords(reason: NameProblem, what?: 'ref' | 'tag'): string {
  const words: Record<NameProblem, string> = {
    length: `must have 1 to ${MAX_NAME_LENGTH} characters`,
    'edge-space': 'must not begin or end with a space',
    invisible: 'must not hold control or invisible characters',
    'rev-syntax': 'must not hold ~ ^ : ? * [ \\ or ".." or "@{"',
    slashes: 'must not begin with - @ or /, end with /, or hold //',
    reserved: 'is a word with a meaning of its own',
    'like-id': 'looks like the beginning of an id',
    'not-storable': `is too long for a permanent store: at most ${MAX_PART}, where a to z, 0 to 9 and . _ - count 1, any other sign 3 for each of its bytes (3 for A, 6 for ä, 9 for 中)`,
    'store-letters': 'a store has 1 to 60 letters, digits, dots, hyphens or underscores',
    'store-git': 'it means the Git repository of the folder',
    'store-taken': 'another store has it',
  };
  return what === undefined ? words[reason] : `a ${what} ${words[reason]}`;
}

/** What is another by now than when a plan was made. */
export function planChangeWords(reason: PlanChange): string {
  const words: Record<PlanChange, string> = {
    folder: 'the folder changed since the plan was made',
    operations: 'something was done or undone since the plan was made',
    snapshots: 'other snapshots would go by now',
    files: 'other files are to be restored by now',
  };
  return words[reason];
}

const LEFT_WORDS: Record<(typeof LEFT_ALONE)[number], string> = {
  protected: 'protected',
  withheld: 'left out, because an editor or Git would run it',
  'dir-in-the-way': 'a folder is in the way',
  'special-in-the-way': 'a special file is in the way',
  'uncaptured-in-the-way': 'a folder with files that are not captured is in the way',
  'folder-blocked': 'something is in the way of a folder',
  'changed-meanwhile': 'it changed during the restore',
  unknown: 'unknown',
};

/** Why a path could not be restored. */
export function failureWords(reason: string): string {
  const parsed = parseFailure(reason);
  switch (parsed.kind) {
    case 'left':
      return LEFT_WORDS[parsed.why];
    case 'path':
      return PATH_WORDS[parsed.why];
    case 'errno':
      return parsed.errno;
    case 'not-captured':
      return `not captured: ${parsed.what}`;
    case 'in-the-way':
      return `a ${parsed.what} is in the way`;
    case 'text':
      return displayText(parsed.text);
  }
}

/** Why a checkpoint cannot be relied on. */
export function damagedWords(damaged: Damaged): string {
  switch (damaged.what) {
    case 'manifest-missing':
      return 'its manifest is missing';
    case 'manifest-damaged':
      return 'its manifest is damaged';
    case 'content': {
      const { path, more } = damaged;
      const others = more === 0 ? '' : ` and of ${more} more`;
      return `the content of ${displayText(path)}${others} is missing or damaged`;
    }
  }
}
