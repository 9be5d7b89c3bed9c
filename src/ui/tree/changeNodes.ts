import * as vscode from 'vscode';
import type { Change, Comparison } from '../../core/change';
import { changeTotal } from '../text/amounts';
import { buildChangeTree, visibleChanges, type ChangeFolder } from './changeTree';
import { ChangeFolderNode, ChangeNode, NoteNode, type ChangeSet, type TreeNode } from './nodes';

const { t } = vscode.l10n;

/** A list with more rows than this is no help, and drawing it would hold up the editor. */
const LIST_ROWS = 1_000;
/** With more changes than this, folders start folded. */
const UNFOLDED_CHANGES = 200;

/** The rows of a comparison, as folders or as a list. `filtered`: some were left out on purpose. */
export function changeRows(
  parent: TreeNode | undefined,
  set: ChangeSet,
  comparison: Comparison,
  shape: 'tree' | 'list' | { layout: 'tree' | 'list'; filtered: boolean },
): TreeNode[] {
  const { layout, filtered } =
    typeof shape === 'string' ? { layout: shape, filtered: false } : shape;
  const all = visibleChanges(comparison.changes);
  const changes = layout === 'list' ? all.slice(0, LIST_ROWS) : all;
  const shown: ChangeSet = { ...set, unfolded: all.length <= UNFOLDED_CHANGES };
  const rows =
    layout === 'list'
      ? changes.map((change) => new ChangeNode(parent, shown, change, true))
      : folderRows(parent, shown, buildChangeTree(changes));
  const missing = changeTotal(comparison.counts) - changes.length;
  if (!filtered && missing > 0 && (comparison.truncated || changes.length < all.length)) {
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
