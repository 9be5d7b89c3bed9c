import * as vscode from 'vscode';
import type { ErrorCode, ErrorData } from '../core/errors';
import { shortId } from '../core/ids';
import { isNoNewPlace } from '../core/reasons';
import type { ErrorWords } from './errorAction';
import { visible } from './text/displayText';
import { clockTime } from './text/times';
import { obstacleWords } from './operations/operationWords';
import { argumentName, causeWords } from './causeWords';
import { promotionErrorWords } from './promotionErrorWords';
import {
  causeOf,
  leaseWords,
  nameWords,
  parsedWords,
  parseWords,
  pathWords,
  planChangeWords,
  storeWords,
  targetWords,
} from './reasonWords';
import { remoteErrorWords } from './remoteErrorWords';
import { quoted } from './text/quoted';

const { t } = vscode.l10n;

/** Words for every code: one without words does not compile. */
export const errorWords: { readonly [C in ErrorCode]: (data: ErrorData[C]) => ErrorWords } = {
  REV_NOT_FOUND: ({ rev }) => ({
    message: t('No snapshot matches "{0}". It may have been deleted.', name(rev)),
    actions: ['refresh'],
  }),
  REV_AMBIGUOUS: ({ rev, candidates }) => ({
    message: t('"{0}" fits several snapshots: {1}.', name(rev), list(candidates.map(shortId))),
  }),
  PATH_NOT_FOUND: ({ path, rev }) => ({
    message: t('"{0}" is not in snapshot {1}.', visible(path), name(rev)),
  }),
  MANIFEST_NOT_FOUND: ({ snapshot }) => ({
    message: t(
      'The content of snapshot {0} is missing from the store. Verify the store to see what is affected.',
      shortId(snapshot),
    ),
    actions: ['repair', 'verifyStore'],
  }),
  OBJECT_NOT_FOUND: ({ checksum, path }) => ({
    message: t(
      'The content of {0} is missing from the store. Verify the store to see what is affected.',
      path === undefined ? shortId(checksum) : quoted(visible(path)),
    ),
    actions: ['repair', 'verifyStore'],
  }),
  INTEGRITY: ({ address, path }) => ({
    message: t(
      'Stored content of {0} is damaged: it no longer has its checksum. It was not used.',
      path === undefined ? shortId(address) : quoted(visible(path)),
    ),
    actions: ['repair', 'verifyStore'],
  }),
  PARSE: ({ what, line, why, file }) => ({
    message:
      line === undefined
        ? t('Cannot read {0}: {1}.', parsedWords(what), parseWords(why))
        : t('Cannot read {0}, line {1}: {2}.', parsedWords(what), line, parseWords(why)),
    // What is none of the store's no look at the store finds.
    actions: file === undefined ? ['verifyStore', 'showLog'] : ['showLog'],
  }),
  UNSUPPORTED_HASH: ({ what }) => ({
    message: t(
      'This was made with another hash function than BLAKE3 and cannot be used here: {0}.',
      parsedWords(what),
    ),
  }),
  UNSAFE_PATH: ({ path, reason, name: part }) => ({
    message: t(
      'The path "{0}" was refused: {1}. Nothing was written.',
      visible(path),
      pathWords(reason, part),
    ),
    actions: ['showLog'],
  }),
  INVALID_NAME: ({ name: bad, reason }) => ({
    message: t('"{0}" cannot be used as a name: {1}.', visible(bad), nameWords(reason)),
  }),
  INVALID_ARGUMENT: ({ argument, reason }) => ({
    message: t('{0} is not valid: {1}.', argumentName(argument), causeWords(reason)),
    actions: ['settings'],
  }),
  FOLDER_NOT_FOUND: ({ path }) => ({
    message: t('The folder "{0}" is not there.', visible(path)),
  }),
  STORE_NOT_FOUND: ({ path }) => ({
    message: t('"{0}" has no snapshots yet. Take one first.', visible(path)),
  }),
  STORE_UNSAFE: ({ path, reason, kind }) =>
    isNoNewPlace(reason)
      ? {
          message: t(
            'No snapshots are kept in "{0}": {1}. Nothing was written. Name an empty folder elsewhere, or one that is not there yet, in the setting "snapdir.storeFolders".',
            ...[visible(path), storeWords(reason)],
          ),
          actions: ['settings'],
        }
      : {
          message: t('The store "{0}" was refused: {1}.', visible(path), storeWords(reason, kind)),
          actions: ['showLog'],
        },
  FOREIGN_STORE: ({ path }) => ({
    message: t(
      'The snapshots in "{0}" came with the folder. They can be looked at; nothing is written until you adopt them.',
      visible(path),
    ),
    actions: ['adopt'],
  }),
  NO_VAULT: ({ path }) => ({
    message: t('The vault has no copy of the snapshots of "{0}".', visible(path)),
    actions: ['settings'],
  }),
  SNAPSHOT_DAMAGED: ({ paths, count }) => ({
    message: t(
      'Not restored, and nothing was touched: the content of {0} is missing or damaged ({1}).',
      count === 1 ? t('1 file') : t('{0} files', count),
      list(paths),
    ),
    actions: ['repair', 'verifyStore'],
  }),
  SNAPSHOTS_UNREADABLE: ({ checkpoints, count }) => ({
    message: t(
      'Nothing was done: {0} cannot be read, so nobody can tell what they hold ({1}). Repair them, or delete them.',
      count === 1 ? t('1 snapshot') : t('{0} snapshots', count),
      list(checkpoints.map(shortId)),
    ),
    actions: ['repair', 'verifyStore'],
  }),
  UNSUPPORTED_FORMAT: ({ found, supported, file }) => ({
    message:
      file !== undefined
        ? t(
            'The file was written by a newer version ({0}; this one knows {1}). Nothing was taken from it. Update Snapdir.',
            visible(found),
            supported,
          )
        : t(
            'The store was written by a newer version (format {0}; this one knows {1}): it can be read, not changed. Update Snapdir.',
            visible(found),
            supported,
          ),
  }),
  READ_ONLY: ({ path }) => ({
    message: t(
      '"{0}" cannot be written: the disk is read-only, or permissions do not allow it. Check both.',
      visible(path),
    ),
  }),
  STORE_BUSY: ({ operation, owner, since }) => ({
    message: t(
      'The store is in use: "{0}" by {1} since {2}. Try again when it is done.',
      leaseWords(operation),
      visible(owner),
      clockTime(since, vscode.env.language),
    ),
  }),
  UNSAFE_TARGET: ({ path, reason, name: part }) => ({
    message: t('Restoring to "{0}" was refused: {1}.', visible(path), targetWords(reason, part)),
  }),
  TARGET_EXISTS: ({ path }) => ({
    message: t('"{0}" exists already. Nothing was written.', visible(path)),
  }),
  SUFFIX_MISMATCH: ({ path, expected }) => ({
    message: t(
      '"{0}" should end in "{1}", as the file in the snapshot does. Nothing was written.',
      visible(path),
      visible(expected),
    ),
  }),
  PLAN_CHANGED: ({ reason }) => ({
    message: t(
      'The folder changed after the restore was planned ({0}). Nothing was restored.',
      planChangeWords(reason),
    ),
  }),
  RESTORE_PENDING: () => ({
    message: t('An earlier restore was interrupted. Finish it or undo it first.'),
    actions: ['recover'],
  }),
  NAME_COLLISION: ({ paths }) => ({
    message: t(
      'This file system takes these names for one: {0}. Nothing was written.',
      list(paths),
    ),
  }),
  NOTHING_TO_UNDO: ({ what }) => ({
    message: what === 'undo' ? t('There is nothing to undo.') : t('There is nothing to redo.'),
  }),
  CANNOT_UNDO: ({ what, obstacle }) => ({
    message:
      what === 'undo'
        ? t('This cannot be undone: {0}.', obstacleWords(obstacle))
        : t('This cannot be redone: {0}.', obstacleWords(obstacle)),
  }),
  NOTHING_TO_RECOVER: () => ({ message: t('No restore was interrupted.') }),
  DISK_FULL: ({ path, missing, quota }) => ({
    message: fullDisk(visible(path), missing, quota === true),
    actions: ['collectGarbage'],
  }),
  IO: ({ operation, path, errno }) => ({
    message: cannotWords(operation, visible(path), t('{0} ({1})', causeOf(errno), visible(errno))),
    actions: errno === 'EIO' ? ['verifyStore', 'showLog'] : ['showLog'],
  }),
  WORKER_CRASHED: ({ reason }) => ({
    message: t(
      'The snapshot engine stopped unexpectedly ({0}). It starts again by itself; try once more.',
      causeWords(reason),
    ),
    actions: ['showLog'],
  }),
  NOT_TRUSTED: ({ operation }) => ({
    message: t(
      '"{0}" needs a trusted workspace. In Restricted Mode you can look, compare and take snapshots.',
      visible(operation),
    ),
    actions: ['manageTrust'],
  }),
  ...remoteErrorWords,
  ...promotionErrorWords,
};

/** What the engine did is one of many steps; people need to know whether it was about reading or writing. */
function cannotWords(operation: string, path: string, cause: string): string {
  if (READS.has(operation)) {
    return t(
      'Cannot read "{0}": {1}. Check the disk and its permissions, then try again.',
      path,
      cause,
    );
  }
  return WRITES.has(operation)
    ? t('Cannot write "{0}": {1}. Check the disk and its permissions, then try again.', path, cause)
    : t('Failed at "{0}": {1}. Check the disk and its permissions, then try again.', path, cause);
}

const READS = new Set(['read', 'open', 'list', 'look', 'stat', 'resolve', 'probe', 'verify']);
const WRITES = new Set(['create', 'delete', 'move', 'remove', 'rename', 'sync', 'write']);

function fullDisk(path: string, missing: number | undefined, quota: boolean): string {
  if (quota) {
    return t('The disk quota at "{0}" is used up. Delete some files there and try again.', path);
  }
  return missing === undefined
    ? t(
        'The disk of "{0}" is full, or holds as many files as it can. Free some space and try again.',
        path,
      )
    : t(
        'The disk of "{0}" is full: up to {1} MB more are needed. Free some space and try again.',
        path,
        Math.ceil(missing / 1_048_576),
      );
}

/** Ids are cut; everything else is shown as it was typed. */
function name(rev: string): string {
  return /^[0-9a-f]{64}$/u.test(rev) ? shortId(rev) : visible(rev);
}

function list(items: readonly string[]): string {
  const shown = items.slice(0, 5).map(visible).join(', ');
  return items.length > 5 ? t('{0} and {1} more', shown, items.length - 5) : shown;
}
