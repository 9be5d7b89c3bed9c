import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { recoverRestore } from '../../app/restore';
import { parseRecordId } from '../../core/ids';
import type { PathFailure } from '../../core/records';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { saveDirtyEditors } from '../restore/dirtyEditors';
import { makeWholePlan } from '../restore/openPlan';
import { reportRestore, showFailed } from '../restore/restoreReport';
import { undoFlow } from '../restore/undoFlow';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument, resolveTarget } from './targets';

const { t } = vscode.l10n;

/** Brings back what the last restore overwrote or deleted. */
export function undoRestoreCommand(ui: Ui): CommandTypes['snapdir.undoRestore'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    const { operation } = given.options;
    const named = operation === undefined ? undefined : parseRecordId(operation);
    return repository && undoFlow(ui, repository, 'undo', named);
  };
}

/** Does the last undone restore again. */
export function redoRestoreCommand(ui: Ui): CommandTypes['snapdir.redoRestore'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    const { operation } = given.options;
    const named = operation === undefined ? undefined : parseRecordId(operation);
    return repository && undoFlow(ui, repository, 'redo', named);
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
    const { pendingRestore } = await ui.repositories.timelineOf(repository).get();
    if (pendingRestore === null) {
      void ui.prompts.info(t('No restore was interrupted.'));
      return undefined;
    }
    const { checkpoint, scope } = pendingRestore;
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
    // First of all: the list may not come about, since it needs a plan.
    reportRestore(ui, repository, result, { done, back: 'undoRestore' });
    if (result.failed.length > 0) {
      await listFailed(ui, repository, {
        ...{ rev: action === 'finish' ? checkpoint : result.safety, scope },
        failed: result.failed,
      });
    }
    return result;
  };
}

/** The plan is made only now: an interrupted restore is carried on by its journal. */
async function listFailed(
  ui: Ui,
  repository: Repository,
  { rev, scope, failed }: { rev: string | null; scope: RelPath[] | null; failed: PathFailure[] },
): Promise<void> {
  if (rev === null) {
    return;
  }
  const { words } = await resolveTarget(repository, rev);
  const paths = scope === null ? {} : { paths: scope };
  const plan = await makeWholePlan({ repository, rev, words, ...paths }, false);
  await showFailed(ui, repository, { plan, rev }, failed);
}
