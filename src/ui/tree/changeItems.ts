import * as vscode from 'vscode';
import { changeRowUri } from '../decorations';
import { diffCommand } from '../documents/diffs';
import { dirName, baseName, visible } from '../text/displayText';
import { statusWords } from '../words';
import { isFolderChange } from './changeTree';
import type { ChangeFolderNode, ChangeNode, NoteNode } from './nodes';

const { t } = vscode.l10n;

/** The row of a changed file: a click opens its diff. */
export function changeItem(node: ChangeNode): vscode.TreeItem {
  const { change, set } = node;
  const folder = isFolderChange(change);
  const item = new vscode.TreeItem(visible(baseName(change.path)));
  item.id = `${set.key}/file/${change.path}`;
  item.resourceUri = changeRowUri(change.path, change.status);
  item.iconPath = folder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.contextValue = contextOf(node, folder);
  const description = describe(node);
  if (description !== '') {
    item.description = description;
  }
  item.tooltip = t('{0} · {1}', visible(change.path), statusWords(change.status));
  item.accessibilityInformation = {
    label: t('{0}, {1}', visible(change.path), statusWords(change.status)),
    role: 'treeitem',
  };
  if (!folder) {
    item.command = diffCommand(set, change);
  }
  return item;
}

function contextOf({ change, set }: ChangeNode, folder: boolean): string {
  if (folder) {
    return 'changedFolder';
  }
  const where = set.checkpoint === undefined ? 'workingChange' : 'change';
  return `${where}.${change.status}`;
}

function describe({ change, inList }: ChangeNode): string {
  const origin = change.oldPath === undefined ? '' : `← ${visible(change.oldPath)}`;
  const folder = inList ? visible(dirName(change.path)) : '';
  const kind = change.right?.kind === 'link' || change.left?.kind === 'link' ? t('link') : '';
  const mode = onlyModeChanged(change) ? t('permissions') : '';
  return [folder, origin, kind, mode].filter((part) => part !== '').join(' · ');
}

function onlyModeChanged({ left, right }: ChangeNode['change']): boolean {
  return (
    left?.kind === 'file' &&
    right?.kind === 'file' &&
    left.checksum !== undefined &&
    left.checksum === right.checksum &&
    left.mode !== right.mode
  );
}

/** The row of a folder with changes below it. */
export function changeFolderItem(node: ChangeFolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    visible(node.folder.label),
    node.set.unfolded === true
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${node.set.key}/folder/${node.folder.path}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = node.set.checkpoint === undefined ? 'workingFolder' : 'changeFolder';
  item.tooltip = visible(node.folder.path);
  item.accessibilityInformation = {
    label: t('Folder {0}', visible(node.folder.path)),
    role: 'treeitem',
  };
  return item;
}

/** A row that only says something. */
export function noteItem(node: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.contextValue = 'note';
  item.tooltip = node.label;
  item.accessibilityInformation = { label: node.label };
  if (node.command !== undefined) {
    item.command = { command: node.command, title: node.label };
  }
  return item;
}
