import * as vscode from 'vscode';
import { restore } from '../../app/restore';
import type { RestorePlan, RestoreResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { withProgress } from '../progress';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { filesWords } from '../words';
import { findUnsaved, saveAll, savedFirst, type Unsaved } from './dirtyEditors';
import { samePlan, tickedPaths } from './planGroups';
import { makeWholePlan, openPlan } from './openPlan';
import { tickedRows, type OpenPlan } from './planModel';
import { planDetail } from './planWords';
import type { RestoreQuestion } from './restoreQuestion';
import { reportRestore } from './restoreReport';

const { t } = vscode.l10n;

/**
 * Carries out what is ticked in the open plan, after one modal with the counts. Where files changed since the
 * plan was made nothing happens but that the plan is made anew, to be looked at again.
 */
export async function runPlan(ui: Ui): Promise<RestoreResult | undefined> {
  requireTrust(t('Restore'));
  const open = ui.plan.current;
  if (open === undefined) {
    return undefined;
  }
  const { rows, ticked } = tickedRows(open);
  if (ticked.length === 0) {
    void ui.prompts.info(t('Nothing is ticked, so nothing is restored.'));
    return undefined;
  }
  const now = await makeWholePlan(open.question, open.exact);
  if (!samePlan(open.plan, now)) {
    return lookAgain(ui, open);
  }
  const paths = tickedPaths(rows, open.unticked);
  const question = paths === undefined ? open.question : { ...open.question, paths };
  const unsaved = findUnsaved(ui, question.repository, question.paths);
  const agreed = paths === undefined ? now : await makeWholePlan(question, open.exact);
  if (!(await agree(ui, open, agreed, unsaved))) {
    return undefined;
  }
  if (!(await saveAll(ui, unsaved))) {
    return undefined;
  }
  const saved = new Set(unsaved.map(({ path }) => path));
  const plan = saved.size === 0 ? agreed : await makeWholePlan(question, open.exact);
  if (!samePlan(agreed, plan, saved)) {
    return lookAgain(ui, open);
  }
  return carryOut(ui, open, question, plan);
}

async function carryOut(
  ui: Ui,
  open: OpenPlan,
  question: RestoreQuestion,
  plan: RestorePlan,
): Promise<RestoreResult | undefined> {
  const { repository, rev, paths, words } = question;
  const { fingerprint, counts } = plan;
  const request = {
    rev,
    ...(paths === undefined ? {} : { paths }),
    exact: open.exact,
    includeRunnable: true,
  };
  try {
    const result = await withProgress(t('Restoring'), (context) =>
      restore(repository, { ...request, fingerprint }, context),
    );
    const total = filesWords(counts.create + counts.overwrite + counts.delete);
    const done = t('{0} restored from {1}:', total, words);
    reportRestore(ui, repository, result, { done, back: 'undoRestore' });
    if (result.failed.length > 0) {
      ui.plan.showFailed(question, plan, result.failed);
    } else {
      ui.plan.close();
    }
    return result;
  } catch (error) {
    if (SnapdirError.is(error, 'PLAN_CHANGED')) {
      return lookAgain(ui, open);
    }
    throw error;
  }
}

async function agree(
  ui: Ui,
  open: OpenPlan,
  plan: RestorePlan,
  unsaved: readonly Unsaved[],
): Promise<boolean> {
  const go = plan.counts.delete > 0 ? t('Restore and Delete') : t('Restore');
  const { ticked } = tickedRows(open);
  const message = t('Restore {0} from {1}?', filesWords(ticked.length), open.question.words);
  const detail = [...savedFirst(unsaved), planDetail(plan)].join('\n');
  return (await ui.prompts.modal(message, detail, [go])) === go;
}

async function lookAgain(ui: Ui, { question, exact }: OpenPlan): Promise<undefined> {
  await openPlan(ui, question, exact);
  void ui.prompts.warn(
    t('Files changed since the plan was made. Nothing was restored; the plan is up to date now.'),
  );
}
