import * as vscode from 'vscode';
import { planRestore } from '../../app/restore';
import type { RelPath } from '../../core/tree';
import { EMPTY_REV, LIVE_REV } from '../documents/snapshotUri';
import { findUnsaved } from '../restore/dirtyEditors';
import { changesAnything } from '../restore/planWords';
import { restoreFlow } from '../restore/restoreFlow';
import type { RestoreQuestion } from '../restore/restoreQuestion';
import { ChangeFolderNode, ChangeNode, isGone } from '../tree/nodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { filesWords } from '../words';
import type { CommandTypes } from './commandTypes';
import { resolveTarget } from './targets';
import { whole } from './wholeTarget';

const { t } = vscode.l10n;

/**
 * Restores the selected rows as the right side of their comparison has them. In the timeline a row stands for what
 * a snapshot did: what it deleted is wanted as it was before.
 */
export function restoreFromRightCommand(ui: Ui): CommandTypes['snapdir.restoreFromRight'] {
  return async (...args) => {
    const rows = selectedRows(ui, args);
    if (rows === undefined || rows[0].set.view === 'comparison') {
      return rows && restoreRows(ui, rows, 'right');
    }
    const [there, gone] = [rows.filter((row) => !isGone(row)), rows.filter(isGone)];
    if (!isSome(there) || !isSome(gone)) {
      return isSome(gone) ? restoreRows(ui, gone, 'left') : restoreRows(ui, rows, 'right');
    }
    return restoreBoth(ui, there, gone);
  };
}

/** The same from the left side. */
export function restoreFromLeftCommand(ui: Ui): CommandTypes['snapdir.restoreFromLeft'] {
  return async (...args) => {
    const rows = selectedRows(ui, args);
    return rows && restoreRows(ui, rows, 'left');
  };
}

type Row = ChangeNode | ChangeFolderNode;
type Rows = [Row, ...Row[]];

const isSome = (rows: Row[]): rows is Rows => rows.length > 0;

/** The rows that a command is about, all of one comparison. Undefined: there are none, or that was said. */
function selectedRows(ui: Ui, [clicked, selection]: unknown[]): Rows | undefined {
  requireTrust(t('Restore Selected…'));
  const all = Array.isArray(selection) ? (selection as unknown[]) : [clicked];
  const rows = all.filter(isRow);
  if (!isSome(rows)) {
    return undefined;
  }
  const [first] = rows;
  const isOther = ({ set }: Row): boolean =>
    set.left.rev !== first.set.left.rev || set.right.rev !== first.set.right.rev;
  if (rows.some(isOther)) {
    void ui.prompts.info(t('Select files of one snapshot at a time.'));
    return undefined;
  }
  return rows;
}

async function restoreRows(
  ui: Ui,
  rows: Rows,
  side: 'left' | 'right',
): ReturnType<typeof restoreFlow> {
  const asked = await questionOf(ui, rows, side);
  return asked && restoreFlow(ui, asked.question, asked.exact);
}

async function questionOf(
  ui: Ui,
  rows: Rows,
  side: 'left' | 'right',
): Promise<{ question: RestoreQuestion; exact: boolean } | undefined> {
  const [first] = rows;
  const { rev } = first.set[side];
  if (rev === LIVE_REV || rev === EMPTY_REV) {
    return undefined;
  }
  const target = await whole(ui, await resolveTarget(first.repository, rev));
  const { paths, exact } = selectedPaths(rows, side);
  return { question: { ...target, paths }, exact };
}

/**
 * A restore has one snapshot to restore from: what is there comes from the one, what it deleted from the one before,
 * each after a question that names its snapshot. Whoever leaves the first is not asked the second.
 */
async function restoreBoth(ui: Ui, there: Rows, gone: Rows): ReturnType<typeof restoreFlow> {
  const first = await questionOf(ui, there, 'right');
  const second = await questionOf(ui, gone, 'left');
  if (first === undefined || second === undefined) {
    return undefined;
  }
  const isNeeded = await wouldChange(ui, first.question);
  const result = isNeeded ? await restoreFlow(ui, first.question, first.exact) : undefined;
  if (isNeeded && result === undefined) {
    if (ui.plan.current?.question === first.question) {
      const { words } = second.question;
      const count = filesWords(gone.length);
      void ui.prompts.info(t('Not in this plan, because it comes from {0}: {1}.', words, count));
    }
    return undefined;
  }
  return (await restoreFlow(ui, second.question, second.exact)) ?? result;
}

async function wouldChange(ui: Ui, question: RestoreQuestion): Promise<boolean> {
  const { repository, rev, paths = [] } = question;
  const plan = await planRestore(repository, { rev, paths, exact: false, limit: 1 });
  return changesAnything(plan) || findUnsaved(ui, repository, paths).length > 0;
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
