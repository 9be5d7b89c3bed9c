import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../core/engine';
import type { Trigger } from '../../core/records';
import { checkpointRowUri } from '../decorations';
import { changeMarks } from '../text/amounts';
import { oneLine, visible } from '../text/displayText';
import {
  absoluteTime,
  clockTime,
  dateRange,
  dayLabel,
  relativeTime,
  timeRange,
} from '../text/times';
import {
  branchWords,
  changeWords,
  locale,
  originWords,
  snapshotName,
  triggerWords,
} from '../words';
import type { BurstNode, CheckpointNode, DayNode, FolderNode, LoadMoreNode } from './nodes';

const { t } = vscode.l10n;

const ICONS: Record<Trigger, string> = {
  manual: 'device-camera',
  safety: 'shield',
  auto: 'clock',
  cli: 'terminal',
  agent: 'hubot',
  import: 'cloud-download',
};

/** Of a longer name the row shows the beginning: there is to be room for the age. The hover has all of it. */
export const MAX_NAME = 36;

/** Ids stay the same while a row stays, so expansion and selection survive a refresh. */
export function rowKey(root: string, part: string): string {
  return `${root}#${part}`;
}

/** The row of a workspace folder, and what is said beside its name. */
export function folderItem(node: FolderNode, words = ''): vscode.TreeItem {
  const item = new vscode.TreeItem(
    visible(node.repository.name),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = rowKey(node.repository.root, 'root');
  item.iconPath = new vscode.ThemeIcon('root-folder');
  item.contextValue = 'folder';
  item.tooltip = visible(node.repository.root);
  item.description = words;
  const label = t('Folder {0}', visible(node.repository.name));
  item.accessibilityInformation = { label: words === '' ? label : `${label}, ${words}` };
  return item;
}

/** How many snapshots a folder has, or how many a filter found. Where they cannot be read, the row below says so. */
export function folderWords(
  state: { total: number; error: unknown } | undefined,
  filtered: boolean,
): string {
  if (state === undefined || state.error !== undefined) {
    return '';
  }
  const { total } = state;
  if (filtered) {
    return t('{0} found', total.toLocaleString(locale()));
  }
  return total === 0 ? t('No snapshots yet') : t('Snapshots: {0}', total);
}

/** The row of a day. */
export function dayItem(node: DayNode, now: number): vscode.TreeItem {
  const words = { today: t('Today'), yesterday: t('Yesterday') };
  const label = dayLabel(node.time, now, locale(), words);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = rowKey(node.repository.root, `day/${node.day}`);
  item.contextValue = 'day';
  item.accessibilityInformation = {
    label: t('{0}, snapshots: {1}', label, node.checkpoints.length),
  };
  return item;
}

/** The row of a checkpoint. Its hover is made when somebody hovers. */
export function checkpointItem(node: CheckpointNode, now: number): vscode.TreeItem {
  const { checkpoint, repository } = node;
  const message = oneLine(checkpoint.message, MAX_NAME);
  const item = new vscode.TreeItem(
    message === '' ? clockTime(checkpoint.time, locale()) : message,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = rowKey(repository.root, `checkpoint/${checkpoint.id}`);
  item.iconPath = checkpointIcon(checkpoint);
  item.resourceUri = checkpointRowUri(checkpoint);
  item.description = describeCheckpoint(checkpoint, now);
  item.contextValue = checkpoint.damaged === undefined ? 'checkpoint' : 'checkpoint.damaged';
  item.accessibilityInformation = { label: accessibleLabel(checkpoint, now), role: 'treeitem' };
  return item;
}

function checkpointIcon(checkpoint: CheckpointInfo): vscode.ThemeIcon {
  if (checkpoint.damaged !== undefined) {
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  }
  const own = checkpoint.origin === undefined ? ICONS[checkpoint.trigger] : ICONS.import;
  const icon = checkpoint.branchOf === undefined ? own : 'git-branch';
  return themeIcon(icon, checkpoint.aside === true);
}

/** What is on another line than HEAD is dimmed, and its row says so in words, too. */
function themeIcon(icon: string, aside: boolean): vscode.ThemeIcon {
  return aside
    ? new vscode.ThemeIcon(icon, new vscode.ThemeColor('disabledForeground'))
    : new vscode.ThemeIcon(icon);
}

/** What stands behind the name in the row of a checkpoint; it changes as time goes by. */
export function describeCheckpoint(checkpoint: CheckpointInfo, now: number): string {
  return [
    checkpoint.damaged === undefined ? '' : t('damaged'),
    // What does not fit is cut off: first comes what people look for.
    relativeTime(checkpoint.time, now, locale()),
    checkpoint.isHead ? 'HEAD' : '',
    ...checkpoint.refs.map((ref) => visible(ref)),
    ...checkpoint.tags.map((tag) => `#${visible(tag)}`),
    originWords(checkpoint),
    checkpoint.branchOf === undefined ? '' : branchWords(checkpoint.branchOf),
    checkpoint.aside === true ? t('other line') : '',
    changeMarks(checkpoint.stats),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function accessibleLabel(checkpoint: CheckpointInfo, now: number): string {
  return [
    t('Snapshot {0}', snapshotName(checkpoint)),
    relativeTime(checkpoint.time, now, locale()),
    triggerWords(checkpoint.trigger),
    changeWords(checkpoint.stats),
    checkpoint.isHead ? 'HEAD' : '',
    checkpoint.refs.length > 0 ? t('refs {0}', checkpoint.refs.map(visible).join(', ')) : '',
    checkpoint.tags.length > 0 ? t('tags {0}', checkpoint.tags.map(visible).join(', ')) : '',
    checkpoint.branchOf === undefined ? '' : branchWords(checkpoint.branchOf),
    originWords(checkpoint),
    checkpoint.forks === undefined ? '' : t('{0} lines go on from here', checkpoint.forks),
    checkpoint.aside === true ? t('on another line than HEAD') : '',
    checkpoint.damaged === undefined ? '' : t('damaged'),
    absoluteTime(checkpoint.time, locale()),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The row of a burst: what was taken by itself while somebody worked. */
export function burstItem(node: BurstNode, now: number): vscode.TreeItem {
  const { checkpoints, oldest, newest } = node;
  const label = t('{0} automatic snapshots', checkpoints.length);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = rowKey(node.repository.root, `burst/${node.name}`);
  const aside = newest.aside === true;
  item.iconPath = themeIcon('layers', aside);
  item.description = describeBurst(node, now);
  item.tooltip = t('{0}, {1}', label, dateRange(oldest.time, newest.time, locale()));
  item.contextValue = 'burst';
  item.accessibilityInformation = {
    label: [item.tooltip, aside ? t('on another line than HEAD') : '']
      .filter((part) => part !== '')
      .join(', '),
    role: 'treeitem',
  };
  return item;
}

/** What stands behind the name in the row of a burst; it changes as time goes by. */
export function describeBurst({ oldest, newest }: BurstNode, now: number): string {
  const line = newest.aside === true ? t('other line') : '';
  const when = timeRange(oldest.time, newest.time, locale());
  return [line, when, relativeTime(newest.time, now, locale())]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The last row while there are more checkpoints. */
export function loadMoreItem(node: LoadMoreNode): vscode.TreeItem {
  const [words, spoken] =
    node.order === 'newest'
      ? [
          t('older snapshots: {0}', node.remaining),
          t('Load more, older snapshots: {0}', node.remaining),
        ]
      : [
          t('newer snapshots: {0}', node.remaining),
          t('Load more, newer snapshots: {0}', node.remaining),
        ];
  const item = new vscode.TreeItem(t('Load more'));
  item.id = rowKey(node.repository.root, 'more');
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.description = words;
  item.tooltip = spoken;
  item.contextValue = 'loadMore';
  item.command = { command: 'snapdir.loadMore', title: t('Load more'), arguments: [node] };
  item.accessibilityInformation = { label: spoken, role: 'button' };
  return item;
}
