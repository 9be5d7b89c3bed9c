import * as vscode from 'vscode';
import { planUndo, undoRestore } from '../../app/undoRestore';
import type { Repository } from '../../app/repository';
import type { RestoreResult } from '../../core/engine';
import { withProgress } from '../progress';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { saveDirtyEditors } from './dirtyEditors';
import { planDetail, subjectWords } from './planWords';
import { wantsAnotherPlan } from './restoreFlow';
import { reportRestore } from './restoreReport';

const { t } = vscode.l10n;

/** Undoes or redoes the last restore: a restore itself, with its own plan, modal and way back. */
export async function undoFlow(
  ui: Ui,
  repository: Repository,
  what: 'undo' | 'redo',
): Promise<RestoreResult | undefined> {
  const words = what === 'undo' ? undoWords() : redoWords();
  requireTrust(words.title);
  for (;;) {
    if (!(await saveDirtyEditors(ui, repository, undefined))) {
      return undefined;
    }
    const plan = await withProgress(words.planning, (context) =>
      planUndo(repository, what, context),
    );
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
      reportRestore(ui, repository, result, { done: words.done(subject), back: words.back });
      return result;
    } catch (error) {
      if (!(await wantsAnotherPlan(ui, error))) {
        return undefined;
      }
    }
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
