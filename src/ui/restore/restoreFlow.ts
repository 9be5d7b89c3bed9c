import * as vscode from 'vscode';
import { planRestore, restore } from '../../app/restore';
import type { RestorePlan, RestoreResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { describeError } from '../showError';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { saveDirtyEditors } from './dirtyEditors';
import { changesAnything, planDetail, subjectWords } from './planWords';
import { openPlan } from './openPlan';
import type { RestoreQuestion } from './restoreQuestion';
import { reportRestore } from './restoreReport';

const { t } = vscode.l10n;

/** What the person chose beside the question itself. */
interface PlanOptions {
  exact: boolean;
  includeRunnable: boolean;
}

interface Agreed {
  plan: RestorePlan;
  options: PlanOptions;
}

/**
 * Restores in place: unsaved editors, plan, one modal with the counts, restore, message with "Undo".
 * Nothing is written before the person agreed to exactly what the plan says. "Review…" opens it in its view.
 */
export async function restoreFlow(
  ui: Ui,
  question: RestoreQuestion,
  exact = false,
): Promise<RestoreResult | undefined> {
  requireTrust(t('Restore'));
  const { repository } = question;
  for (;;) {
    if (!(await saveDirtyEditors(ui, repository, question.paths))) {
      return undefined;
    }
    const agreed = await agreeOnPlan(ui, question, exact);
    if (agreed === undefined) {
      return undefined;
    }
    try {
      const result = await carryOut(question, agreed);
      if (result.failed.length > 0) {
        ui.plan.showFailed(question, agreed.plan, result.failed);
        await ui.showPlan();
      }
      const subject = subjectWords(agreed.plan, repository.name);
      const done = t('{0} restored from {1}:', subject, question.words);
      reportRestore(ui, repository, result, { done, back: 'undoRestore' });
      return result;
    } catch (error) {
      if (!(await wantsAnotherPlan(ui, error))) {
        return undefined;
      }
    }
  }
}

/** Shows what would happen until the person agrees to a plan as shown, or leaves. */
async function agreeOnPlan(
  ui: Ui,
  question: RestoreQuestion,
  exact: boolean,
): Promise<Agreed | undefined> {
  let options: PlanOptions = { exact, includeRunnable: false };
  let plan = await makePlan(question, options);
  for (;;) {
    const extra = plan.counts.left;
    const withheld = plan.withheld.length;
    if (!changesAnything(plan) && (plan.exact || extra === 0) && withheld === 0) {
      const subject = subjectWords(plan, question.repository.name);
      void ui.prompts.info(t('{0} is already as it was in {1}.', subject, question.words));
      return undefined;
    }
    const go = plan.exact ? t('Restore and Delete') : t('Restore');
    const mirror = mirrorButton(extra);
    const bring = bringButton(withheld);
    const buttons = [
      ...(changesAnything(plan) ? [go] : []),
      t('Review…'),
      ...(!plan.exact && extra > 0 ? [mirror] : []),
      ...(withheld > 0 ? [bring] : []),
    ];
    const subject = subjectWords(plan, question.repository.name);
    const message = t('Restore {0} from {1}?', subject, question.words);
    const answer = await ui.prompts.modal(message, planDetail(plan), buttons);
    if (answer === go) {
      return { plan, options };
    }
    if (answer === t('Review…')) {
      await openPlan(ui, question, plan.exact);
      return undefined;
    }
    if (answer !== mirror && answer !== bring) {
      return undefined;
    }
    options =
      answer === mirror ? { ...options, exact: true } : { ...options, includeRunnable: true };
    const next = await makePlan(question, options);
    // What an editor would run is shown as a plan before it comes.
    if (answer === mirror && isAsShown(plan, next)) {
      return { plan: next, options };
    }
    plan = next;
  }
}

/** What the button said is what happens: the same files written, the extra ones deleted. */
function isAsShown(shown: RestorePlan, exact: RestorePlan): boolean {
  return (
    exact.counts.create === shown.counts.create &&
    exact.counts.overwrite === shown.counts.overwrite &&
    exact.counts.delete === shown.counts.delete + shown.counts.left &&
    exact.counts.left === 0
  );
}

function bringButton(count: number): string {
  return count === 1 ? t('Bring It Too…') : t('Bring These {0} Too…', count);
}

function mirrorButton(extra: number): string {
  return extra === 1
    ? t('Exact Mirror: Delete 1 Extra File')
    : t('Exact Mirror: Delete {0} Extra Files', extra);
}

function makePlan(question: RestoreQuestion, options: PlanOptions): Promise<RestorePlan> {
  const { repository } = question;
  return withProgress(t('Planning the restore'), (context) =>
    planRestore(repository, { ...request(question), ...options }, context),
  );
}

function carryOut(question: RestoreQuestion, { plan, options }: Agreed): Promise<RestoreResult> {
  const { fingerprint } = plan;
  return withProgress(t('Restoring'), (context) =>
    restore(question.repository, { ...request(question), ...options, fingerprint }, context),
  );
}

function request({ rev, paths }: RestoreQuestion): { rev: string; paths?: RelPath[] } {
  return paths === undefined ? { rev } : { rev, paths };
}

/** A plan that no longer fits the folder is said so, and a new one offered. Other errors go on. */
export async function wantsAnotherPlan(ui: Ui, error: unknown): Promise<boolean> {
  if (!SnapdirError.is(error, 'PLAN_CHANGED')) {
    throw error;
  }
  const again = t('Plan Again');
  return (await ui.prompts.warn(describeError(error).message, again)) === again;
}
