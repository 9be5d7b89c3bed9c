import type { ErrorCode, ErrorData, SnapdirError } from '../core/errors';
import { shortId } from '../core/ids';
import type { OutsideText } from '../core/reasons';
import type { UndoObstacle } from '../core/undoObstacle';
import { causeWords } from './causeWords';
import { displayName } from './escape';
import { formatBytes, plural } from './format';
import { isNoNewPlace } from '../core/reasons';
import { nameWords, pathWords, planChangeWords, storeWords, targetWords } from './reasonWords';
import { promotionErrorWords } from './promotionErrorWords';
import { remoteErrorWords } from './remoteErrorWords';

/** One sentence on the cause and one on what to do next, for every code. A missing one does not compile. */
type ErrorWords = { readonly [C in ErrorCode]: (data: ErrorData[C]) => string };

const at = (path: string | undefined): string =>
  path === undefined ? '' : ` (content of ${displayName(path)})`;

/** What to do about a file that is none of the store's. */
const MEND: Readonly<Record<OutsideText, string>> = {
  promoted: 'Correct it there, or take it as it was ("git restore"), then try again.',
  remotes: 'Correct it there, or move it away and add the stores again with "snapdir remote add".',
  exported: 'Export the snapshots again where they are from ("snapdir export").',
};

const revWords = {
  REV_NOT_FOUND: ({ rev }) =>
    `Nothing matches ${displayName(rev)}. "snapdir list" shows the snapshots, "snapdir help revs" how to name them.`,
  REV_AMBIGUOUS: ({ rev, candidates }) =>
    `${displayName(rev)} fits several: ${candidates.map(shortId).join(', ')}. Write more digits.`,
  PATH_NOT_FOUND: ({ path, rev }) =>
    rev === 'live'
      ? `There is no ${displayName(path)} in the folder. Check the path, and "-C DIR" where it is another folder's.`
      : `${displayName(path)} is not in ${displayName(rev)}. "snapdir show ${displayName(rev)}" and "snapdir manifest --rev ${displayName(rev)}" list what is.`,
  INVALID_NAME: ({ name, reason, what }) =>
    `${displayName(name)} cannot be a name: ${nameWords(reason, what)}. Choose another one.`,
  INVALID_ARGUMENT: ({ argument, reason }) =>
    `Wrong ${displayName(argument)}: ${causeWords(reason)}. "snapdir help" describes every command.`,
} satisfies Partial<ErrorWords>;

const storeErrorWords = {
  MANIFEST_NOT_FOUND: ({ snapshot }) =>
    `The store has no manifest for snapshot ${shortId(snapshot)}. "snapdir verify" says what else is missing.`,
  OBJECT_NOT_FOUND: ({ checksum, path }) =>
    `The store has no object ${shortId(checksum)}${at(path)}. "snapdir verify" says which snapshots need it, "snapdir repair" looks for it elsewhere.`,
  INTEGRITY: ({ address, expected, actual, path }) =>
    `Stored bytes are damaged: ${displayName(address)}${at(path)} should hash to ${shortId(expected)} but hashes to ${shortId(actual)}. Nothing was taken from it; "snapdir verify --full" finds all damage.`,
  PARSE: ({ what, line, reason, file }) =>
    `${displayName(what)} cannot be read${line === undefined ? '' : ` (line ${line})`}: ${reason}. ${file === undefined ? '"snapdir verify" lists what is damaged.' : MEND[file]}`,
  UNSUPPORTED_HASH: ({ what, reason }) =>
    `${what}: ${reason}. Snapdir reads and writes plain BLAKE3 only; make the manifest without --checksum-bin and without SNAPDIR_MANIFEST_CONTEXT.`,
  STORE_NOT_FOUND: ({ path }) =>
    `There is no snapshot store at ${displayName(path)}. "snapdir take" makes one; "-C DIR" chooses another folder.`,
  STORE_UNSAFE: ({ path, reason, kind }) =>
    isNoNewPlace(reason)
      ? `No store is made in ${displayName(path)}: ${storeWords(reason)}. Nothing was written; name an empty folder elsewhere with --store, or one that is not there yet.`
      : `The store ${displayName(path)} is not safe to use: ${storeWords(reason, kind)}. Look at what it is and move it away if you did not put it there.`,
  FOREIGN_STORE: ({ path }) =>
    `The store ${displayName(path)} came from somewhere else, so it can only be looked at. "snapdir adopt" makes it yours; do that only if you know where it is from.`,
  NO_VAULT: ({ path }) =>
    `There is no copy of the store ${displayName(path)} in the vault, and nothing to bring back. "snapdir vault" makes one while the store is there.`,
  SNAPSHOT_DAMAGED: ({ snapshot, paths, count }) =>
    `Snapshot ${shortId(snapshot)} cannot be restored whole: the content of ${plural(count, 'file')} is missing or damaged (${paths.map(displayName).join(', ')}${count > paths.length ? ', …' : ''}). Nothing was touched; "snapdir repair" looks for the content elsewhere, and other paths can be restored by name.`,
  SNAPSHOTS_UNREADABLE: ({ checkpoints, count }) =>
    `${plural(count, 'snapshot')} cannot be read, so nobody can tell what they hold (${checkpoints.map(shortId).join(', ')}${count > checkpoints.length ? ', …' : ''}). Nothing was done; "snapdir repair" mends them, "snapdir delete" takes them off the list.`,
  UNSUPPORTED_FORMAT: ({ found, supported, file }) =>
    file !== undefined
      ? `The file was written by a newer version (${displayName(found)}, this one knows ${supported}). Nothing was taken from it; reading it needs a newer Snapdir.`
      : `The store was written by a newer version (format ${found}, this one knows ${supported}). It can be read, but writing needs a newer Snapdir.`,
  READ_ONLY: ({ path }) =>
    `${displayName(path)} cannot be written: the disk is read-only, or permissions do not allow it. Check both; a copy of the folder elsewhere can be written.`,
  STORE_BUSY: ({ operation, owner, since }) =>
    `Another process is busy with the store (${operation}, ${owner}, since ${new Date(since).toISOString()}). Wait for it to end and try again.`,
} satisfies Partial<ErrorWords>;

/** Why an operation cannot be undone or redone, and what can be done instead. */
const obstacleWords: Readonly<Record<UndoObstacle, string>> = {
  'part-of-restore': 'it goes and comes with its restore. Undo that one.',
  'later-restore':
    'the same files were restored later. Undo that first, or use "snapdir undo --to".',
  'undone-later': 'restores of the same files were undone later. Redo those first.',
  'restored-anew': 'files were restored anew since. "snapdir restore REV" goes to any snapshot.',
  promoted: 'the snapshot has a name. Take it away with "snapdir refs --delete NAME" first.',
  'content-gone':
    'what its snapshots need was deleted for good by "snapdir gc". Nothing was changed.',
  'trash-emptied':
    'what it had set aside was deleted for good by a later one. Nothing was changed.',
  'collect-again': 'a garbage collection is not redone. "snapdir gc" does the same again.',
  forgotten: 'what was forgotten is gone for good.',
  superseded: 'a later undo or redo took its place. "snapdir ops" shows which.',
};

const restoreWords = {
  UNSAFE_PATH: ({ path, reason, name }) =>
    `${displayName(path)} is refused: ${pathWords(reason, name)}. Nothing was written.`,
  UNSAFE_TARGET: ({ path, reason, name }) =>
    `Restoring to ${displayName(path)} is refused: ${targetWords(reason, name)}. Choose another folder with --to.`,
  TARGET_EXISTS: ({ path, for: what }) =>
    `${displayName(path)} exists already. ${what === 'export' ? 'Choose another name: an export replaces no file.' : 'Choose another place, or pass --overwrite.'}`,
  SUFFIX_MISMATCH: ({ path, expected }) =>
    `${displayName(path)} does not end in ${displayName(expected)} as the file in the snapshot does, which is likely a mistake. Name a place that does, or an existing folder.`,
  PLAN_CHANGED: ({ reason }) =>
    `The folder changed since the plan was shown: ${planChangeWords(reason)}. Nothing was written; run the command again to see the new plan.`,
  RESTORE_PENDING: () =>
    'A restore was interrupted and its files are half-way. Run "snapdir recover --finish" or "snapdir recover --undo" first.',
  NAME_COLLISION: ({ paths }) =>
    `Names in the snapshot cannot all exist here (${paths.map(displayName).join(', ')}): this file system takes these names for one. Nothing was written; "--safe" makes a copy under other names, --to one in another place.`,
  NOTHING_TO_UNDO: ({ what }) =>
    what === 'undo'
      ? 'There is nothing to undo. "snapdir ops" lists what was done; "snapdir restore REV" goes to any snapshot.'
      : 'There is nothing to redo. "snapdir ops" lists what was done; "snapdir restore REV" goes to any snapshot.',
  CANNOT_UNDO: ({ operation, what, obstacle }) =>
    `Operation ${shortId(operation)} cannot be ${what === 'undo' ? 'undone' : 'redone'}: ${obstacleWords[obstacle]}`,
  NOTHING_TO_RECOVER: () => 'No restore was interrupted, so there is nothing to recover.',
} satisfies Partial<ErrorWords>;

const systemWords = {
  FOLDER_NOT_FOUND: ({ path }) =>
    `${displayName(path)} is not there or is not a folder. Check the name.`,
  DISK_FULL: ({ path, missing, quota }) =>
    quota === true
      ? `The disk quota is used up at ${displayName(path)}. Delete some files of yours there and try again.`
      : `Not enough space at ${displayName(path)}${missing === undefined ? ' (for bytes, or for the number of files)' : ` (up to ${formatBytes(missing)} more needed)`}. Free some and try again; "snapdir gc" sets unused content aside.`,
  IO: ({ operation, path, errno }) =>
    `${operation} ${displayName(path)} failed: ${causeOf(errno)} (${errno}). ${nextStep(errno)}`,
  WORKER_CRASHED: ({ reason }) =>
    `The engine stopped unexpectedly: ${causeWords(reason)}. Run the command again; "snapdir verify" checks the store.`,
  NOT_TRUSTED: ({ operation }) =>
    `${operation} needs a trusted workspace. Trust the folder in the editor first.`,
} satisfies Partial<ErrorWords>;

const CAUSES: Readonly<Record<string, string>> = {
  EIO: 'the disk could not read or write it',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'it is in use',
  EXDEV: 'it is on another file system',
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder, not a file',
  ENOTEMPTY: 'the folder is not empty',
};

const causeOf = (errno: string): string => CAUSES[errno] ?? 'the system refused';

function nextStep(errno: string): string {
  switch (errno) {
    case 'EIO':
      return 'Check the disk before you rely on it, then try again; "snapdir verify --full" checks the store.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Close some programs or raise the limit (ulimit -n), then try again.';
    case 'ENOENT':
      return 'Check its name, and that its disk is mounted, then try again.';
    case 'EISDIR':
      return 'Name a file.';
    case 'EBUSY':
      return 'Close what uses it, then try again.';
    default:
      return 'Check its permissions and the disk, then try again.';
  }
}

/** The exhaustive table. */
export const errorWords: ErrorWords = {
  ...revWords,
  ...storeErrorWords,
  ...restoreWords,
  ...systemWords,
  ...remoteErrorWords,
  ...promotionErrorWords,
};

/** What an error means and what to do about it. */
export function describeError<C extends ErrorCode>(error: SnapdirError<C>): string {
  return errorWords[error.code](error.data);
}
