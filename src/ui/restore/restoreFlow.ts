import * as vscode from 'vscode';
import { planRestore, restore } from '../../app/restore';
import type { RestorePlan, RestoreResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { describeError } from '../showError';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { findUnsaved, saveAll, savedFirst, type Unsaved } from './dirtyEditors';
import { PLAN_ITEMS, openPlan } from './openPlan';
import { samePlan } from './planGroups';
import { changesAnything, planDetail, subjectWords } from './planWords';
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
 * Restores in place: plan, one modal with the counts and the editors that are saved first, restore, message with
 * "Undo". Nothing is written before the person agreed to exactly what the plan says. "Review…" opens it in its view.
 */
export async function restoreFlow(
  ui: Ui,
  question: RestoreQuestion,
  exact = false,
): Promise<RestoreResult | undefined> {
  requireTrust(t('Restore'));
  const { repository } = question;
  for (;;) {
    const unsaved = findUnsaved(ui, repository, question.paths);
    const agreed = await agreeOnPlan(ui, question, exact, unsaved);
    if (agreed === undefined) {
      return undefined;
    }
    try {
      const plan = await saveAndPlan(ui, question, agreed, unsaved);
      if (plan === undefined) {
        return undefined;
      }
      const result = await carryOut(question, { ...agreed, plan });
      if (result.failed.length > 0) {
        ui.plan.showFailed(question, plan, result.failed);
        await ui.showPlan();
      }
      const subject = subjectWords(plan, repository.name);
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

/**
 * The plan to carry out. Unsaved editors are saved first; but for their files it is what the person agreed to.
 * Undefined: one could not be saved, or nothing is left to do. @throws PLAN_CHANGED
 */
async function saveAndPlan(
  ui: Ui,
  question: RestoreQuestion,
  { plan, options }: Agreed,
  unsaved: readonly Unsaved[],
): Promise<RestorePlan | undefined> {
  if (unsaved.length === 0) {
    return plan;
  }
  if (!(await saveAll(ui, unsaved))) {
    return undefined;
  }
  const now = await makePlan(question, options, unsaved);
  if (!samePlan(plan, now, new Set(unsaved.map(({ path }) => path)))) {
    throw new SnapdirError('PLAN_CHANGED', { reason: 'files' });
  }
  if (!changesAnything(now)) {
    sayNothingToDo(ui, question, now);
    return undefined;
  }
  return now;
}

function sayNothingToDo(ui: Ui, { repository, words }: RestoreQuestion, plan: RestorePlan): void {
  const subject = subjectWords(plan, repository.name);
  void ui.prompts.info(t('{0} is already as it was in {1}.', subject, words));
}

/** Shows what would happen until the person agrees to a plan as shown, or leaves. */
async function agreeOnPlan(
  ui: Ui,
  question: RestoreQuestion,
  exact: boolean,
  unsaved: readonly Unsaved[],
): Promise<Agreed | undefined> {
  let options: PlanOptions = { exact, includeRunnable: false };
  let plan = await makePlan(question, options, unsaved);
  for (;;) {
    const extra = plan.counts.left;
    const withheld = plan.withheld.length;
    // What an editor holds may differ where the file does not.
    const goes = changesAnything(plan) || unsaved.length > 0;
    if (!goes && (plan.exact || extra === 0) && withheld === 0) {
      sayNothingToDo(ui, question, plan);
      return undefined;
    }
    const go = plan.exact ? t('Restore and Delete') : t('Restore');
    const mirror = mirrorButton(extra);
    const bring = bringButton(withheld);
    const buttons = [
      ...(goes ? [go] : []),
      t('Review…'),
      ...(!plan.exact && extra > 0 ? [mirror] : []),
      ...(withheld > 0 ? [bring] : []),
    ];
    const subject = subjectWords(plan, question.repository.name);
    const message = t('Restore {0} from {1}?', subject, question.words);
    const detail = [...savedFirst(unsaved), planDetail(plan)].join('\n');
    const answer = await ui.prompts.modal(message, detail, buttons);
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
    const next = await makePlan(question, options, unsaved);
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

/** Where editors are saved first, plans are compared: then with every file by name. */
function makePlan(
  question: RestoreQuestion,
  options: PlanOptions,
  unsaved: readonly Unsaved[],
): Promise<RestorePlan> {
  const { repository } = question;
  const all = unsaved.length > 0 ? { limit: PLAN_ITEMS } : {};
  return withProgress(t('Planning the restore'), (context) =>
    planRestore(repository, { ...request(question), ...options, ...all }, context),
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
