import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { ComparisonModel, OpenComparison } from '../comparison/comparisonModel';
import { describeError } from '../showError';
import { changesLayout } from '../state/settings';
import { changeTotal } from '../text/amounts';
import { changeFolderItem, changeItem, noteItem } from '../tree/changeItems';
import { changeRows, folderRows } from '../tree/changeNodes';
import { NoteNode, type TreeNode } from '../tree/nodes';
import { changeWords, filesWords } from '../words';
import { createSelectionView } from './selectionView';

const { t } = vscode.l10n;

/** What differs between two sides: folders and files, or a list. */
export class ComparisonTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly model: ComparisonModel;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<TreeNode | undefined>());

  readonly onDidChangeTreeData = this.changed.event;

  constructor(model: ComparisonModel) {
    this.model = model;
    this.disposables.add(model.onDidChange(() => this.redraw()));
  }

  /** Draws again what is known. */
  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'changeFolder':
        return changeFolderItem(node);
      case 'change':
        return changeItem(node, this.model.current?.binary.has(node.path) === true);
      case 'note':
        return noteItem(node);
      default:
        return new vscode.TreeItem('');
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'folder' ? undefined : node.parent;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node !== undefined) {
      return node.kind === 'changeFolder' ? folderRows(node, node.set, node.folder) : [];
    }
    const { current } = this.model;
    if (current === undefined) {
      return [];
    }
    const { set, comparison } = current;
    if (current.error !== undefined) {
      const words = t('{0} Click to try again.', describeError(current.error).message);
      return [new NoteNode(undefined, `${set.key}/error`, words, 'error', 'snapdir.refresh')];
    }
    const shown = { ...comparison, changes: this.model.shown };
    const layout = changesLayout();
    return changeRows(undefined, set, shown, { layout, filtered: this.model.filter !== '' });
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** Makes the view, and keeps its title and message true. */
export function createComparisonView(
  model: ComparisonModel,
): { view: vscode.TreeView<TreeNode>; tree: ComparisonTree } & Disposable {
  const store = new DisposableStore();
  const tree = store.add(new ComparisonTree(model));
  const view = store.add(
    createSelectionView<TreeNode>('snapdir.comparison', undefined, tree, {
      showCollapseAll: true,
    }),
  ).view;
  store.add(view.onDidChangeVisibility(({ visible }) => model.setVisible(visible)));
  store.add(
    model.onDidChange(() => {
      const { current } = model;
      view.description = current === undefined ? '' : sidesWords(current);
      view.message = current === undefined ? '' : messageOf(current, model);
    }),
  );
  return { view, tree, dispose: () => store.dispose() };
}

function sidesWords({ set }: OpenComparison): string {
  return t('{0} ↔ {1}', set.left.words, set.right.words);
}

function messageOf({ comparison }: OpenComparison, model: ComparisonModel): string {
  const { counts } = comparison;
  const total = changeTotal(counts);
  if (total === 0) {
    return t('No files differ.');
  }
  const all = t('{0} differ: {1}', filesWords(total), changeWords(counts));
  return model.filter === ''
    ? all
    : t('{0} with "{1}" in the name, of {2}', filesWords(model.shown.length), model.filter, total);
}
