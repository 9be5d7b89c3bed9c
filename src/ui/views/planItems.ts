import * as vscode from 'vscode';
import type { Change } from '../../core/change';
import type { PlanItem } from '../../core/engine';
import { planRowUri } from '../decorations';
import { diffCommand } from '../documents/diffs';
import type { PlanGroup } from '../restore/planGroups';
import type { OpenPlan } from '../restore/planModel';
import { byteSize } from '../text/amounts';
import { baseName, dirName, visible } from '../text/displayText';
import { changeSetOf, workspaceSide } from '../tree/changeSets';
import { filesWords, locale } from '../words';
import type { PlanFailureNode, PlanGroupNode, PlanItemNode, PlanMoreNode } from './planNodes';
import { failureWords } from '../reasonWords';

const { t } = vscode.l10n;

const ICONS: Record<PlanGroup, string> = {
  runs: 'run-errors',
  unsaved: 'circle-filled',
  changed: 'warning',
  overwrite: 'diff-modified',
  create: 'diff-added',
  delete: 'diff-removed',
};

/** What a group is called. */
export function groupWords(group: PlanGroup): string {
  const words: Record<PlanGroup, string> = {
    runs: t('Would Be Run by the Editor'),
    unsaved: t('Unsaved in an Editor'),
    changed: t('Changed Since the Last Snapshot'),
    overwrite: t('Overwritten'),
    create: t('Created'),
    delete: t('Deleted'),
  };
  return words[group];
}

/** The row of a group: its box ticks all of it. */
export function planGroupItem(node: PlanGroupNode): vscode.TreeItem {
  const words = groupWords(node.group);
  const item = new vscode.TreeItem(words, vscode.TreeItemCollapsibleState.Expanded);
  const ticked = node.items.filter(({ path }) => !node.open.unticked.has(path)).length;
  item.id = `plan/${node.group}`;
  item.iconPath = new vscode.ThemeIcon(ICONS[node.group]);
  item.description =
    ticked === node.items.length ? `${ticked}` : t('{0} of {1}', ticked, node.items.length);
  item.contextValue = 'planGroup';
  item.tooltip = hintOf(node.group);
  item.checkboxState = box(ticked === node.items.length, words);
  item.accessibilityInformation = {
    label: t('{0}: {1} of {2} ticked', words, ticked, node.items.length),
  };
  return item;
}

function hintOf(group: PlanGroup): string {
  const words: Record<PlanGroup, string> = {
    runs: t('An editor runs these files by itself. Tick only what you have read.'),
    unsaved: t('They are saved first, so that the safety snapshot keeps what you typed.'),
    changed: t('What is in them now is in no snapshot yet; the safety snapshot keeps it.'),
    overwrite: t('They get the content that the snapshot has.'),
    create: t('They are in the snapshot and not in the folder.'),
    delete: t('They are not in the snapshot. The safety snapshot keeps them.'),
  };
  return words[group];
}

function box(ticked: boolean, label: string): NonNullable<vscode.TreeItem['checkboxState']> {
  return {
    state: ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    tooltip: ticked ? t('Will be restored') : t('Stays as it is'),
    accessibilityInformation: { label, role: 'checkbox' },
  };
}

/** The row of a file: its box says whether it is restored, a click opens the snapshot beside the folder. */
export function planItemItem(node: PlanItemNode): vscode.TreeItem {
  const { item: planned, parent } = node;
  const { path, action } = planned;
  const item = new vscode.TreeItem(visible(baseName(path)));
  const isFolder = (planned.target ?? planned.live)?.kind === 'dir';
  const words = actionWords(planned);
  item.id = `plan/${parent.group}/${path}`;
  item.resourceUri = planRowUri(path, LETTERS[action]);
  item.iconPath = isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  const said = isSaid(parent.group, words) ? '' : words;
  item.description = [visible(dirName(path)), said].filter((part) => part !== '').join(' · ');
  item.contextValue = 'planItem';
  item.tooltip = t('{0} · {1}', visible(path), words);
  item.checkboxState = box(!parent.open.unticked.has(path), visible(path));
  item.accessibilityInformation = { label: t('{0}, {1}', visible(path), words), role: 'treeitem' };
  if (!isFolder) {
    item.command = planDiffCommand(parent.open, planned);
  }
  return item;
}

/** As seen from the folder: what the snapshot has more comes, what it has not goes. */
const LETTERS = { create: 'A', overwrite: 'M', delete: 'D' } as const;

/** The snapshot's file on the left, the folder's own on the right. */
function planDiffCommand({ question }: OpenPlan, item: PlanItem): vscode.Command {
  const { repository, rev, words } = question;
  const set = changeSetOf(repository, { rev, words }, workspaceSide());
  const change: Change = {
    status: item.action === 'create' ? 'D' : item.action === 'delete' ? 'A' : 'M',
    path: item.path,
    ...(item.target === undefined ? {} : { left: item.target }),
    ...(item.live === undefined ? {} : { right: item.live }),
  };
  return diffCommand(set, change);
}

function actionWords({ action, live, target }: PlanItem): string {
  const size = (bytes: number | undefined): string => byteSize(bytes ?? 0, locale());
  if (action === 'create') {
    return t('will be created, {0}', size(target?.size));
  }
  if (action === 'delete') {
    return t('will be deleted');
  }
  const sameContent = live?.checksum !== undefined && live.checksum === target?.checksum;
  return sameContent && live.mode !== undefined && target?.mode !== undefined
    ? t('permissions {0} → {1}', live.mode.toString(8), target.mode.toString(8))
    : t('will be overwritten');
}

/** Whether the name of the group above says it already. */
function isSaid(group: PlanGroup, words: string): boolean {
  return (
    (group === 'overwrite' && words === t('will be overwritten')) ||
    (group === 'delete' && words === t('will be deleted'))
  );
}

/** What stands for rows that are not drawn. */
export function planMoreItem({ parent, count }: PlanMoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(t('and {0} more', filesWords(count)));
  item.id = `plan/${parent.group}//more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'note';
  item.tooltip = t('They follow the box of the group.');
  item.accessibilityInformation = { label: t('and {0} more', filesWords(count)) };
  return item;
}

/** The row of a file that could not be restored. */
export function planFailureItem({ failure, open }: PlanFailureNode): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(baseName(failure.path)));
  item.id = `plan/failed/${failure.path}`;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  const words = t('not restored: {0}', failureWords(failure.reason));
  item.description = [visible(dirName(failure.path)), words]
    .filter((part) => part !== '')
    .join(' · ');
  item.contextValue = 'planFailure';
  item.tooltip = t('{0} · {1}', visible(failure.path), words);
  item.accessibilityInformation = { label: t('{0}, {1}', visible(failure.path), words) };
  const file = { kind: 'file' as const };
  item.command = planDiffCommand(open, {
    action: 'overwrite',
    path: failure.path,
    live: file,
    target: file,
  });
  return item;
}
