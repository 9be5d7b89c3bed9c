import * as vscode from 'vscode';
import type { UndoObstacle } from '../../core/engine';

const { t } = vscode.l10n;

/** Why an operation cannot be undone or redone. */
export function obstacleWords(obstacle: UndoObstacle): string {
  const words: Record<UndoObstacle, string> = {
    'part-of-restore': t('it goes and comes with its restore'),
    'later-restore': t('files were restored later; undo that first, or use "Undo to Here"'),
    'restored-anew': t('files were restored anew since'),
    promoted: t('the snapshot has a name; take the name away first'),
    'content-gone': t('what its snapshots need was deleted for good'),
    'trash-emptied': t('what it had set aside was deleted for good'),
    'collect-again': t('garbage is collected again instead'),
    superseded: t('a later undo or redo took its place'),
  };
  return words[obstacle];
}
