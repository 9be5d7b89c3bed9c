import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';
import { EMPTY_REV, LIVE_REV } from '../documents/snapshotUri';
import { openPlan } from '../restore/openPlan';
import { restoreFlow } from '../restore/restoreFlow';
import { runPlan } from '../restore/runPlan';
import { ChangeFolderNode, ChangeNode } from '../tree/nodes';
import { planPathsOf } from '../views/planNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument, resolveTarget } from './targets';
import { findWhole, whole } from './wholeTarget';

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

/** Restores the selected rows as the right side of their comparison has them. */
export function restoreFromRightCommand(ui: Ui): CommandTypes['snapdir.restoreFromRight'] {
  return (...args) => restoreRows(ui, args, 'right');
}

/** The same from the left side. */
export function restoreFromLeftCommand(ui: Ui): CommandTypes['snapdir.restoreFromLeft'] {
  return (...args) => restoreRows(ui, args, 'left');
}

type Row = ChangeNode | ChangeFolderNode;

async function restoreRows(
  ui: Ui,
  [clicked, selection]: unknown[],
  side: 'left' | 'right',
): ReturnType<typeof restoreFlow> {
  requireTrust(t('Restore Selected…'));
  const all = Array.isArray(selection) ? (selection as unknown[]) : [clicked];
  const rows = all.filter(isRow);
  const [first] = rows;
  if (first === undefined) {
    return undefined;
  }
  const same = rows.filter(
    ({ set }) => set.left.rev === first.set.left.rev && set.right.rev === first.set.right.rev,
  );
  const { rev } = first.set[side];
  if (rev === LIVE_REV || rev === EMPTY_REV) {
    return undefined;
  }
  if (same.length < rows.length) {
    void ui.prompts.info(t('Select files of one snapshot at a time.'));
    return undefined;
  }
  const target = await whole(ui, await resolveTarget(first.repository, rev));
  const { paths, exact } = selectedPaths(same, side);
  return restoreFlow(ui, { ...target, paths }, exact);
}

function isRow(value: unknown): value is Row {
  return value instanceof ChangeNode || value instanceof ChangeFolderNode;
}

/**
 * What the rows are called on that side. A file that the side has not got is to go, which takes an exact
 * mirror of it; beside folders such files stay, for an exact mirror would take other files of theirs.
 */
export function selectedPaths(
  rows: readonly Row[],
  side: 'left' | 'right',
): { paths: RelPath[]; exact: boolean } {
  const hasFolder = rows.some((row) => row instanceof ChangeFolderNode);
  const paths: RelPath[] = [];
  let gone = false;
  for (const row of rows) {
    if (row instanceof ChangeFolderNode) {
      paths.push(row.path);
      continue;
    }
    const { change } = row;
    const name = side === 'left' ? (change.oldPath ?? change.path) : change.path;
    const isThere = change[side] !== undefined;
    if (isThere || !hasFolder) {
      paths.push(name);
    }
    // Under its other name a renamed file is one more that the side has not got; it stays.
    gone ||= !isThere;
  }
  return { paths, exact: gone && !hasFolder };
}
