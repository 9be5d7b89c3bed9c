import * as vscode from 'vscode';
import { changeRowUri } from '../decorations';
import type { Change, ChangeSide } from '../../core/change';
import { diffCommand } from '../documents/diffs';
import { EMPTY_REV, LIVE_REV } from '../documents/snapshotUri';
import { dirName, baseName, visible } from '../text/displayText';
import { byteSize } from '../text/amounts';
import { locale, statusWords } from '../words';
import { isFolderChange } from './changeTree';
import type { ChangeFolderNode, ChangeNode, ChangeSet, NoteNode, Side } from './nodes';

const { t } = vscode.l10n;

/** The row of a changed file: a click opens its diff. `binary`: it is known to be no text. */
export function changeItem(node: ChangeNode, binary = false): vscode.TreeItem {
  const { change, set } = node;
  const folder = isFolderChange(change);
  const item = new vscode.TreeItem(visible(baseName(change.path)));
  item.id = `${set.key}/file/${change.path}`;
  item.resourceUri = changeRowUri(change.path, change.status);
  item.iconPath = folder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.contextValue = contextOf(node, folder);
  const description = describe(node, binary);
  if (description !== '') {
    item.description = description;
  }
  // What happened to it is said after this by the row's letter.
  item.tooltip = visible(change.path);
  const label = t('{0}, {1}', visible(change.path), statusWords(change.status));
  const details = [
    change.oldPath === undefined ? '' : t('was {0}', visible(change.oldPath)),
    linkWords(change),
    binary ? binaryWords(change) : '',
    modeWords(change),
  ].filter((part) => part !== '');
  item.accessibilityInformation = { label: [label, ...details].join(', '), role: 'treeitem' };
  if (!folder) {
    item.command = diffCommand(set, change);
  }
  return item;
}

function contextOf({ change, set }: ChangeNode, folder: boolean): string {
  if (folder) {
    return 'changedFolder';
  }
  if (set.view === 'comparison') {
    return `compared.${change.status}.${sideLetters(set)}`;
  }
  const where = set.checkpoint === undefined ? 'workingChange' : 'change';
  return `${where}.${change.status}`;
}

/** Which sides are snapshots that something can be restored from: `l`, `r`, both or none. */
function sideLetters({ left, right }: ChangeSet): string {
  const holds = ({ rev }: Side): boolean => rev !== LIVE_REV && rev !== EMPTY_REV;
  return `${holds(left) ? 'l' : ''}${holds(right) ? 'r' : ''}`;
}

function linkWords({ left, right }: Change): string {
  return right?.kind === 'link' || left?.kind === 'link' ? t('link') : '';
}

/** `binary, 1.2 KB → 3.4 KB`: what a diff of text would have shown. */
function binaryWords({ left, right }: Change): string {
  const size = (side: ChangeSide): string => byteSize(side.size ?? 0, locale());
  const sizes =
    left !== undefined && right !== undefined
      ? t('{0} → {1}', size(left), size(right))
      : size((left ?? right)!);
  return t('binary, {0}', sizes);
}

/** `644 → 755`; empty where the permissions did not change. */
function modeWords({ left, right }: Change): string {
  if (left?.kind !== 'file' || right?.kind !== 'file') {
    return '';
  }
  const octal = (side: ChangeSide): string => (side.mode ?? 0).toString(8);
  return left.mode === undefined || right.mode === undefined || left.mode === right.mode
    ? ''
    : t('permissions {0} → {1}', octal(left), octal(right));
}

function describe({ change, inList, set }: ChangeNode, binary: boolean): string {
  const origin = change.oldPath === undefined ? '' : `← ${visible(change.oldPath)}`;
  const folder = inList ? visible(dirName(change.path)) : '';
  const kind = linkWords(change);
  const compared = set.view === 'comparison';
  const mode = compared ? modeWords(change) : onlyModeChanged(change) ? t('permissions') : '';
  return [folder, origin, kind, mode, binary ? binaryWords(change) : '']
    .filter((part) => part !== '')
    .join(' · ');
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
  item.contextValue = folderContext(node.set);
  item.tooltip = visible(node.folder.path);
  item.accessibilityInformation = {
    label: t('Folder {0}', visible(node.folder.path)),
    role: 'treeitem',
  };
  return item;
}

function folderContext(set: ChangeSet): string {
  if (set.view === 'comparison') {
    return `comparedFolder.${sideLetters(set)}`;
  }
  return set.checkpoint === undefined ? 'workingFolder' : 'changeFolder';
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
    // The row says which folder it is about.
    item.command = { command: node.command, title: node.label, arguments: [node] };
  }
  return item;
}
