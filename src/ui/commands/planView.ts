import * as vscode from 'vscode';
import { openPlan } from '../restore/openPlan';
import { runPlan } from '../restore/runPlan';
import { planPathsOf } from '../views/planNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

/** Opens the plan of a restore, to be looked at and ticked: of a snapshot, or of a file or folder of it. */
export function reviewRestoreCommand(ui: Ui): CommandTypes['snapdir.reviewRestore'] {
  return async (argument) => {
    requireTrust(t('Review Restore…'));
    const given = readArgument(ui, argument);
    const target = await findWhole(ui, given, t('Review Restore…'));
    if (target === undefined) {
      return;
    }
    const paths = given.path === undefined || given.path === '' ? {} : { paths: [given.path] };
    await openPlan(ui, { ...target, ...paths }, false);
  };
}

/** Carries out what is ticked. */
export function runPlanCommand(ui: Ui): CommandTypes['snapdir.runPlan'] {
  return () => runPlan(ui);
}

/** Plans anew: files that the snapshot has not got will be deleted. */
export function exactMirrorCommand(ui: Ui): CommandTypes['snapdir.exactMirror'] {
  return () => replan(ui, true);
}

/** Plans anew: files that the snapshot has not got stay. */
export function keepExtraFilesCommand(ui: Ui): CommandTypes['snapdir.keepExtraFiles'] {
  return () => replan(ui, false);
}

/** Plans anew. */
export function refreshPlanCommand(ui: Ui): CommandTypes['snapdir.refreshPlan'] {
  return () => replan(ui, ui.plan.current?.exact === true);
}

async function replan(ui: Ui, exact: boolean): Promise<undefined> {
  const { current } = ui.plan;
  if (current !== undefined) {
    await openPlan(ui, current.question, exact);
  }
}

/**
 * Ticks the row that the keyboard is at, or takes its tick away. VS Code tells extensions which rows are selected
 * and not which one has the focus: the row's selection is turned over, looked at, and turned back.
 */
export function togglePlanRowCommand(ui: Ui): CommandTypes['snapdir.togglePlanRow'] {
  return async () => {
    const before = ui.selectedPlanRows();
    await vscode.commands.executeCommand('list.toggleSelection');
    const after = ui.selectedPlanRows();
    await vscode.commands.executeCommand('list.toggleSelection');
    const [row] = [...before, ...after].filter(
      (one) => before.includes(one) !== after.includes(one),
    );
    if (row !== undefined) {
      const paths = planPathsOf(row);
      ui.plan.tick(
        paths,
        paths.some((path) => ui.plan.current?.unticked.has(path)),
      );
    }
  };
}

/** Closes the plan; nothing happens to any file. */
export function closePlanCommand(ui: Ui): CommandTypes['snapdir.closePlan'] {
  return (): Promise<undefined> => {
    ui.plan.close();
    return Promise.resolve(undefined);
  };
}
