import * as vscode from 'vscode';
import type { Change, Comparison } from '../../core/change';
import { changeTotal } from '../text/amounts';
import { buildChangeTree, visibleChanges, type ChangeFolder } from './changeTree';
import { ChangeFolderNode, ChangeNode, NoteNode, type ChangeSet, type TreeNode } from './nodes';

const { t } = vscode.l10n;

/** The rows of a comparison, as folders or as a list. */
export function changeRows(
  parent: TreeNode | undefined,
  set: ChangeSet,
  comparison: Comparison,
  layout: 'tree' | 'list',
): TreeNode[] {
  const changes = visibleChanges(comparison.changes);
  const rows =
    layout === 'list'
      ? changes.map((change) => new ChangeNode(parent, set, change, true))
      : folderRows(parent, set, buildChangeTree(changes));
  if (comparison.truncated) {
    const missing = changeTotal(comparison.counts) - changes.length;
    rows.push(new NoteNode(parent, `${set.key}/more`, t('{0} more changes', missing)));
  }
  return rows;
}

/** The rows inside a folder: folders first, as the explorer has it. */
export function folderRows(
  parent: TreeNode | undefined,
  set: ChangeSet,
  folder: ChangeFolder,
): TreeNode[] {
  return [
    ...folder.folders.map((child) => new ChangeFolderNode(parent, set, child)),
    ...folder.changes.map((change: Change) => new ChangeNode(parent, set, change, false)),
  ];
}
