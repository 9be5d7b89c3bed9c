import * as vscode from 'vscode';
import type { OperationInfo, OperationKind, UndoObstacle } from '../../core/engine';
import { detailNumber, detailText, tagMarks } from '../../core/operationData';
import { byteSize } from '../text/amounts';
import { oneLine, visible } from '../text/displayText';
import { shortTime } from '../text/times';
import { locale } from '../words';
import { quoted } from '../text/quoted';

const { t } = vscode.l10n;

/** Why an operation cannot be undone or redone. */
export function obstacleWords(obstacle: UndoObstacle): string {
  const words: Record<UndoObstacle, string> = {
    'part-of-restore': t('it goes and comes with its restore'),
    'later-restore': t(
      'the same files were restored later; undo that first, or use "Undo to Here"',
    ),
    'undone-later': t('restores of the same files were undone later; redo those first'),
    'restored-anew': t('files were restored anew since'),
    promoted: t('the snapshot has a name; take the name away first'),
    'content-gone': t('what its snapshots need was deleted for good'),
    'trash-emptied': t('what it had set aside was deleted for good'),
    'collect-again': t('garbage is collected again instead'),
    forgotten: t('what was forgotten is gone for good'),
    superseded: t('a later undo or redo took its place'),
  };
  return words[obstacle];
}

/** The icon of a kind of operation: one for each sort, so that a list of them has few (VS Code's guideline: six). */
export function operationIcon(kind: OperationKind): string {
  const icons: Record<OperationKind, string> = {
    take: 'device-camera',
    restore: 'history',
    ref: 'tag',
    tag: 'tag',
    rename: 'tag',
    delete: 'trash',
    prune: 'trash',
    gc: 'trash',
    forget: 'trash',
    undo: 'discard',
    redo: 'redo',
  };
  return icons[kind];
}

function nounOf(kind: OperationKind): string {
  const nouns: Record<OperationKind, string> = {
    take: t('snapshot'),
    restore: t('restore'),
    ref: t('promotion'),
    tag: t('tag'),
    rename: t('rename'),
    delete: t('deletion'),
    prune: t('pruning'),
    gc: t('garbage collection'),
    forget: t('forgetting'),
    undo: t('undo'),
    redo: t('redo'),
  };
  return nouns[kind];
}

/** The snapshot that an operation is about, in quotes. */
function subjectOf({ about }: OperationInfo): string {
  if (about === null) {
    return t('several snapshots');
  }
  const message = oneLine(about.message, 60);
  return quoted(message === '' ? shortTime(about.time, locale()) : message);
}

/** What an operation did, in one short line. */
export function operationWords(info: OperationInfo): string {
  const { kind, detail } = info;
  const subject = subjectOf(info);
  const count = detailNumber(info, 'count');
  switch (kind) {
    case 'take':
      return info.automatic ? t('Automatic snapshot {0}', subject) : t('Snapshot {0}', subject);
    case 'restore':
      return t('Restored from {0}', subject);
    case 'ref': {
      const name = visible(detailText(info, 'name'));
      return detail['checkpoint'] === null
        ? t('Name "{0}" taken away from {1}', name, subject)
        : t('{0} promoted as "{1}"', subject, name);
    }
    case 'tag':
      return t(
        'Tags of {0}: {1}',
        subject,
        tagMarks(info, { added: '+', removed: '\u2212' }, visible),
      );
    case 'rename':
      return t('Renamed to "{0}"', oneLine(detailText(info, 'message'), 60));
    case 'delete':
      return count === 1 ? t('{0} deleted', subject) : t('{0} snapshots deleted', count);
    case 'prune':
      return count === 1
        ? t('1 automatic snapshot pruned')
        : t('{0} automatic snapshots pruned', count);
    case 'gc': {
      if (detailNumber(info, 'objects') + detailNumber(info, 'manifests') === 0) {
        return t('Garbage collected: what was set aside before is deleted for good');
      }
      const size = byteSize(detailNumber(info, 'bytes'), locale());
      return t('Garbage collected: {0} set aside', size);
    }
    case 'forget':
      return forgottenWords(info);
    case 'undo':
    case 'redo':
      return reversalWords(info, subject);
  }
}

function forgottenWords(info: OperationInfo): string {
  const path = visible(detailText(info, 'path'));
  const more = detailNumber(info, 'paths') - 1;
  return more > 0
    ? t('"{0}" and {1} more forgotten in all snapshots', path, more)
    : t('"{0}" forgotten in all snapshots', path);
}

function reversalWords({ kind, of, about }: OperationInfo, subject: string): string {
  const noun = of === null ? '?' : nounOf(of.kind);
  const what = about === null ? noun : `${noun} ${subject}`;
  return kind === 'undo' ? t('Undone: {0}', what) : t('Redone: {0}', what);
}
