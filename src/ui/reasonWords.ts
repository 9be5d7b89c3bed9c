import * as vscode from 'vscode';
import { PATH_LIMITS } from '../core/paths';
import type { SkipReason } from '../core/records';
import { parseFailure, type LEFT_ALONE, type ThingThere } from '../core/failureReason';
import {
  type Damaged,
  type NameProblem,
  type ParseProblem,
  type PathProblem,
  type PlanChange,
  type StoreProblem,
  type TargetProblem,
} from '../core/reasons';
import { MAX_NAME_LENGTH } from '../core/refName';
import { MAX_PART } from '../core/storeKeys';
import { visible } from './text/displayText';
import { quoted } from './text/quoted';
import { skipWords } from './words';

const { t } = vscode.l10n;

/** What is wrong with a path. @param name the part of it that this is about */
export function pathWords(reason: PathProblem, name?: string): string {
  const words: Record<PathProblem, string> = {
    'too-deep': t('it is more than {0} folders deep', PATH_LIMITS.depth),
    'too-long': t('it is longer than {0} bytes', PATH_LIMITS.bytes),
    'dot-component': t('a part of it is empty, "." or ".."'),
    'empty-component': t('a part of it is empty'),
    'control-character': t('it holds a control character'),
    'not-unicode': t('it is not valid Unicode'),
    'name-too-long': t('a name in it is longer than {0} bytes', PATH_LIMITS.nameBytes),
    'backslash-dots': t('it has ".." behind a backslash'),
    'protected-name': t('it is, or stands for, a protected folder'),
    'windows-character': t('it holds a character that Windows does not allow in names'),
    'windows-device': t('it is a reserved device name on Windows'),
    'windows-ending': t('it ends in a dot or space, which Windows drops'),
    'no-dot-slash': t('it does not begin with "./"'),
    'no-name': t('it is a file without a name'),
    'folder-without-slash': t('it is a folder without "/" at its end'),
    'file-with-slash': t('it is a file with "/" at its end'),
    'no-store-key': t('nothing in a store has such a name'),
    'no-store-prefix': t('nothing in a store has such a name'),
    'kept-for-drafts': t('it is kept for drafts'),
    'folder-missing': t('a folder on the way is missing'),
    'folder-is-link': t('a folder on the way is a symbolic link'),
    'folder-is-file': t('a file is where a folder should be'),
    'folder-replaced': t('a folder on the way was replaced meanwhile'),
    'folder-replaced-by-link': t('a folder on the way was replaced by a symbolic link'),
    'is-link': t('it is a symbolic link'),
    'not-folder': t('it is not a folder'),
    'not-file': t('it is not a file'),
    'something-in-the-way': t('something else is in the way'),
  };
  return name === undefined ? words[reason] : t('{0}: {1}', quoted(visible(name)), words[reason]);
}

/** Why nothing is restored to a place. */
export function targetWords(reason: TargetProblem, name?: string): string {
  switch (reason) {
    case 'disk-top':
      return t('it is the top of a disk');
    case 'home':
      return t('it is a home folder');
    case 'in-store':
      return t('it is inside the store');
    case 'folder-or-above':
      return t('it is the folder itself, a folder above it, or a home folder');
    default:
      return pathWords(reason, name);
  }
}

/** Why a store is not used, or not cleaned up. */
export function storeWords(reason: StoreProblem, kind = ''): string {
  const words: Record<StoreProblem, string> = {
    'is-link': t('it is a symbolic link'),
    'not-folder': t('it is not a folder'),
    replaced: t('it was replaced while Snapdir was at work in it'),
    'holds-folder': t('it is the folder whose snapshots it would keep, or that folder lies in it'),
    'not-empty': t('other files are in it'),
    'clock-back': t('the clock went back: the store was last used in the future'),
    'clock-ahead': t(
      'the clock jumped ahead, or the store was not used for 30 days: try again in a day',
    ),
    unused: t('the store was not used for 30 days, or the clock jumped: try again in a day'),
    network: t(
      'it is on a network file system ({0}), where nothing tells safely what is old; when nobody else uses it, `snapdir gc --force` does it all the same',
      visible(kind),
    ),
  };
  return words[reason];
}

/** Why something cannot be a name. */
export function nameWords(reason: NameProblem): string {
  const words: Record<NameProblem, string> = {
    length: t('it must have 1 to {0} characters', MAX_NAME_LENGTH),
    'edge-space': t('it must not begin or end with a space'),
    invisible: t('it must not hold control or invisible characters'),
    'rev-syntax': t('it must not hold {0}', '~ ^ : ? * [ \\ .. @{'),
    slashes: t('it must not begin with - @ or /, end with /, or hold //'),
    reserved: t('it is a word with a meaning of its own'),
    'like-id': t('it looks like the beginning of an id'),
    'not-storable': t(
      'it is too long for a store: at most {0}, where a to z, 0 to 9 and . _ - count 1, any other sign 3 for each of its bytes (3 for A, 6 for ä, 9 for 中)',
      MAX_PART,
    ),
    'store-letters': t('a store has 1 to 60 letters, digits, dots, hyphens or underscores'),
    'store-git': t('it means the Git repository of the folder'),
    'store-taken': t('another store has it'),
  };
  return words[reason];
}

/** What is another by now than when a plan was made. */
export function planChangeWords(reason: PlanChange): string {
  const words: Record<PlanChange, string> = {
    folder: t('the folder changed since the plan was made'),
    operations: t('something was done or undone since the plan was made'),
    snapshots: t('other snapshots would go by now'),
    files: t('other files are to be restored by now'),
  };
  return words[reason];
}

/** What a text is that could not be read: a part of a store, or a file. */
export function parsedWords(what: string): string {
  const words: Record<string, string> = {
    manifest: t('a manifest'),
    record: t('a record'),
    checksum: t('a checksum'),
    'snapshot id': t('the id of a snapshot'),
    'record id': t('the id of a record'),
    promotion: t('a promotion'),
    'history cache': t('what is remembered of the history'),
    'restore journal': t('the journal of a restore'),
    'exported checkpoints': t('exported snapshots'),
  };
  return Object.hasOwn(words, what) ? words[what]! : visible(what);
}

/** What is wrong with a text. The engine's own words, which nobody translates, are in the log. */
export function parseWords(why: ParseProblem | undefined): string {
  const words: Record<ParseProblem, string> = {
    'git-conflict': t('Git left a conflict there; `snapdir merge-manifests` settles it'),
    'name-twice': t('a name stands there twice'),
    'too-many': t('there are too many names'),
    'not-json': t('it is not JSON'),
    line: t('expected one name and one snapshot id'),
    'too-large': t('it is too large'),
    'not-whole': t('it is not whole, or damaged: copy or export it once more'),
  };
  return why === undefined
    ? t('it is damaged, or was written by something else; the log says more')
    : words[why];
}

/** What somebody else does with the store. */
export function leaseWords(operation: string): string {
  const words: Record<string, string> = {
    recover: t('recovery of the store'),
    repair: t('repair'),
    prune: t('pruning'),
    undo: t('undo'),
    promote: t('Promote'),
    restore: t('restore'),
    'recover restore': t('restore'),
    'change the stores': t('a change of the stores'),
    'collect garbage': t('garbage collection'),
    forget: t('forgetting'),
  };
  return Object.hasOwn(words, operation) ? words[operation]! : visible(operation);
}

/** What the system said, in words. */
export function causeOf(errno: string): string {
  switch (errno) {
    case 'EIO':
      return t('the disk could not read or write it');
    case 'EACCES':
    case 'EPERM':
      return t('permission denied');
    case 'EMFILE':
    case 'ENFILE':
      return t('too many files are open');
    case 'EBUSY':
      return t('it is in use');
    case 'ENOENT':
      return t('it is not there any more');
    default:
      return t('the system refused');
  }
}

/** Why a path could not be restored. */
export function failureWords(reason: string): string {
  const left: Record<(typeof LEFT_ALONE)[number], string> = {
    protected: t('protected'),
    withheld: t('an editor or Git would run it'),
    'dir-in-the-way': t('a folder is in the way'),
    'special-in-the-way': t('a special file is in the way'),
    'uncaptured-in-the-way': t('a folder with files that are not captured is in the way'),
    'folder-blocked': t('something is in the way of a folder'),
    'changed-meanwhile': t('it changed during the restore'),
    unknown: t('the reason is not known'),
  };
  const parsed = parseFailure(reason);
  switch (parsed.kind) {
    case 'left':
      return left[parsed.why];
    case 'path':
      return pathWords(parsed.why);
    case 'errno':
      return t('{0} ({1})', causeOf(parsed.errno), parsed.errno);
    case 'not-captured':
      return t('not captured: {0}', thingWords(parsed.what));
    case 'in-the-way':
      return t('in the way: {0}', thingWords(parsed.what));
    case 'text':
      return visible(parsed.text);
  }
}

/** What is there, or why it was not captured. */
function thingWords(what: string): string {
  const words: Record<ThingThere | SkipReason, string> = {
    file: t('a file'),
    dir: t('a folder'),
    link: t('a symbolic link'),
    special: t('a special file'),
    unreadable: skipWords('unreadable'),
    'special-file': skipWords('special-file'),
    'unrepresentable-name': skipWords('unrepresentable-name'),
    'too-large': skipWords('too-large'),
    vanished: skipWords('vanished'),
    'nested-store': skipWords('nested-store'),
    'other-file-system': skipWords('other-file-system'),
  };
  return Object.hasOwn(words, what) ? words[what as ThingThere] : visible(what);
}

/** Why a snapshot cannot be relied on. */
export function damagedWords(damaged: Damaged): string {
  switch (damaged.what) {
    case 'manifest-missing':
      return t('its manifest is missing');
    case 'manifest-damaged':
      return t('its manifest is damaged');
    case 'content': {
      const path = quoted(visible(damaged.path));
      return damaged.more === 0
        ? t('the content of {0} is missing or damaged', path)
        : t('the content of {0} and of {1} more is missing or damaged', path, damaged.more);
    }
  }
}
