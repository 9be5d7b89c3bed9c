import * as vscode from 'vscode';
import { recoverRestore } from '../../app/restore';
import { withProgress } from '../progress';
import { saveDirtyEditors } from '../restore/dirtyEditors';
import { reportRestore } from '../restore/restoreReport';
import { undoFlow } from '../restore/undoFlow';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;

/** Brings back what the last restore overwrote or deleted. */
export function undoRestoreCommand(ui: Ui): CommandTypes['snapdir.undoRestore'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    return repository && undoFlow(ui, repository, 'undo');
  };
}

/** Does the last undone restore again. */
export function redoRestoreCommand(ui: Ui): CommandTypes['snapdir.redoRestore'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    return repository && undoFlow(ui, repository, 'redo');
  };
}

/** Finishes or undoes a restore that a crash interrupted. */
export function recoverRestoreCommand(ui: Ui): CommandTypes['snapdir.recoverRestore'] {
  return async (argument) => {
    const title = t('Interrupted Restore');
    requireTrust(title);
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    const state = await ui.repositories.timelineOf(repository).get();
    if (state.pendingRestore === null) {
      void ui.prompts.info(t('No restore was interrupted.'));
      return undefined;
    }
    const finish = t('Finish Restore');
    const undo = t('Undo Restore');
    const answer = await ui.prompts.modal(
      t('A restore of "{0}" was interrupted.', repository.name),
      t('Finish it, or bring every file back to where it was before. Nothing was lost.'),
      [finish, undo],
    );
    if (answer === undefined || !(await saveDirtyEditors(ui, repository, undefined))) {
      return undefined;
    }
    const action = answer === finish ? 'finish' : 'undo';
    const result = await withProgress(title, (context) =>
      recoverRestore(repository, action, context),
    );
    const done = action === 'finish' ? t('Restore finished:') : t('Restore undone:');
    reportRestore(ui, repository, result, { done, back: 'undoRestore' });
    return result;
  };
}
