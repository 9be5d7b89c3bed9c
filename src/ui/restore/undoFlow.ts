import * as vscode from 'vscode';
import { planUndo, undoRestore } from '../../app/undoRestore';
import type { Repository } from '../../app/repository';
import type { RestoreResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RecordId } from '../../core/ids';
import { undoOperationsFlow } from '../operations/undoOperationsFlow';
import { withProgress } from '../progress';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { saveDirtyEditors } from './dirtyEditors';
import { planDetail, subjectWords } from './planWords';
import { wantsAnotherPlan } from './restoreFlow';
import { reportRestore, showFailed } from './restoreReport';

const { t } = vscode.l10n;

/**
 * Undoes or redoes the last restore: a restore itself, with its own plan, modal and way back.
 * @param operation this restore and no other: where it is not the last one, that is said, and what can be done
 */
export async function undoFlow(
  ui: Ui,
  repository: Repository,
  what: 'undo' | 'redo',
  operation?: RecordId,
): Promise<RestoreResult | undefined> {
  const words = what === 'undo' ? undoWords() : redoWords();
  requireTrust(words.title);
  if (operation !== undefined && !(await isNext(repository, what, operation))) {
    const undone = await undoOperationsFlow(ui, repository, { what, operation });
    return undone?.restores[0];
  }
  for (;;) {
    if (!(await saveDirtyEditors(ui, repository, undefined))) {
      return undefined;
    }
    const plan = await withProgress(words.planning, (context) =>
      planUndo(repository, what, context),
    );
    // Somebody restored something else while a question was open.
    if (operation !== undefined && plan.operation !== operation) {
      return (await undoOperationsFlow(ui, repository, { what, operation }))?.restores[0];
    }
    const subject = subjectWords(plan, repository.name);
    const answer = await ui.prompts.modal(words.question(subject), planDetail(plan), [
      words.button,
    ]);
    if (answer !== words.button) {
      return undefined;
    }
    try {
      const result = await withProgress(words.title, (context) =>
        undoRestore(repository, what, { fingerprint: plan.fingerprint }, context),
      );
      const { checkpoint, snapshot } = plan;
      await showFailed(ui, repository, { plan, rev: checkpoint?.id ?? snapshot }, result.failed);
      reportRestore(ui, repository, result, { done: words.done(subject), back: words.back });
      return result;
    } catch (error) {
      if (!(await wantsAnotherPlan(ui, error))) {
        return undefined;
      }
    }
  }
}

/** Whether a restore is the one that undo, or redo, without a name would take. */
async function isNext(
  repository: Repository,
  what: 'undo' | 'redo',
  operation: RecordId,
): Promise<boolean> {
  if (what === 'undo') {
    return (await repository.engine.timeline({ limit: 1 })).undoable?.id === operation;
  }
  try {
    return (await planUndo(repository, what)).operation === operation;
  } catch (error) {
    if (SnapdirError.is(error, 'NOTHING_TO_UNDO')) {
      return false;
    }
    throw error;
  }
}

interface UndoWords {
  title: string;
  planning: string;
  question(subject: string): string;
  button: string;
  done(subject: string): string;
  back: 'undoRestore' | 'redoRestore';
}

function undoWords(): UndoWords {
  return {
    title: t('Undo Last Restore'),
    planning: t('Planning the undo'),
    question: (subject) => t('Undo the last restore of {0}?', subject),
    button: t('Undo Restore'),
    done: (subject) => t('Restore of {0} undone:', subject),
    back: 'redoRestore',
  };
}

function redoWords(): UndoWords {
  return {
    title: t('Redo Last Restore'),
    planning: t('Planning the redo'),
    question: (subject) => t('Redo the last undone restore of {0}?', subject),
    button: t('Redo Restore'),
    done: (subject) => t('Restore of {0} redone:', subject),
    back: 'undoRestore',
  };
}
