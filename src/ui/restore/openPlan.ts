import * as vscode from 'vscode';
import { planRestore } from '../../app/restore';
import { compareSnapshots } from '../../app/compareSnapshots';
import type { RestorePlan } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import type { Ui } from '../uiContext';
import { findUnsaved } from './dirtyEditors';
import type { PlanFacts } from './planGroups';
import type { RestoreQuestion } from './restoreQuestion';

const { t } = vscode.l10n;

/** Plans of more items than this are cut off. */
export const PLAN_ITEMS = 100_000;

/** Makes a plan, shows it to be looked at and ticked, and brings its view up. */
export async function openPlan(ui: Ui, question: RestoreQuestion, exact: boolean): Promise<void> {
  const plan = await makeWholePlan(question, exact);
  const facts = await factsOf(ui, question, plan);
  const isStillSo = async (): Promise<boolean> => {
    const { repository } = question;
    const now = await planRestore(repository, {
      ...requestOf(question),
      exact,
      includeRunnable: true,
      limit: 0,
    });
    return now.fingerprint === plan.fingerprint;
  };
  ui.plan.open(question, exact, { plan, facts, isStillSo });
  await ui.showPlan();
}

/** What would happen, with every file by name. */
export function makeWholePlan(question: RestoreQuestion, exact: boolean): Promise<RestorePlan> {
  // All is shown; what an editor would run is not ticked until somebody does it.
  const request = { ...requestOf(question), exact, includeRunnable: true, limit: PLAN_ITEMS };
  return withProgress(t('Planning the restore'), (context) =>
    planRestore(question.repository, request, context),
  );
}

function requestOf({ rev, paths }: RestoreQuestion): { rev: string; paths?: RelPath[] } {
  return paths === undefined ? { rev } : { rev, paths };
}

async function factsOf(ui: Ui, question: RestoreQuestion, plan: RestorePlan): Promise<PlanFacts> {
  const { repository, paths } = question;
  const unsaved = new Set(findUnsaved(ui, repository, paths).map(({ path }) => path));
  const changed = await changedSinceHead(ui, question, plan);
  const { exact } = plan;
  const request = { ...requestOf(question), exact, includeRunnable: false, limit: PLAN_ITEMS };
  const { withheld } = await planRestore(repository, request);
  return { unsaved, changed, runs: new Set(withheld) };
}

/**
 * Of the files that would go, those that the last snapshot has not got as they are. None where the last
 * snapshot is what comes back: then it would be all of them, which tells nothing about any.
 */
async function changedSinceHead(
  ui: Ui,
  { repository }: RestoreQuestion,
  plan: RestorePlan,
): Promise<Set<RelPath>> {
  const { head } = await ui.repositories.timelineOf(repository).get();
  const going = plan.items.filter(({ action }) => action !== 'create');
  if (head === undefined || head.snapshot === plan.snapshot || going.length === 0) {
    return new Set();
  }
  const { changes } = await compareSnapshots(repository, {
    left: head.id,
    right: 'live',
    limit: PLAN_ITEMS,
  });
  const changed = new Set(changes.map(({ path }) => path));
  return new Set(going.map(({ path }) => path).filter((path) => changed.has(path)));
}
