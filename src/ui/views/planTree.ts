import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { PlanModel } from '../restore/planModel';
import { tickedRows, type OpenPlan } from '../restore/planModel';
import { filesWords } from '../words';
import { planFailureItem, planGroupItem, planItemItem, planMoreItem } from './planItems';
import {
  PlanFailureNode,
  PlanGroupNode,
  PlanItemNode,
  PlanMoreNode,
  planPathsOf,
  type PlanNode,
} from './planNodes';

const { t } = vscode.l10n;

/** More rows of one group nobody reads; what is not drawn follows the group's box. */
const GROUP_ROWS = 1_000;

/** A restore plan: groups, and files with boxes. */
export class PlanTree implements vscode.TreeDataProvider<PlanNode>, Disposable {
  private readonly model: PlanModel;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<PlanNode | undefined>());

  readonly onDidChangeTreeData = this.changed.event;

  constructor(model: PlanModel) {
    this.model = model;
    this.disposables.add(model.onDidChange(() => this.changed.fire(undefined)));
  }

  getTreeItem(node: PlanNode): vscode.TreeItem {
    switch (node.kind) {
      case 'planGroup':
        return planGroupItem(node);
      case 'planItem':
        return planItemItem(node);
      case 'planMore':
        return planMoreItem(node);
      case 'planFailure':
        return planFailureItem(node);
    }
  }

  getParent(node: PlanNode): PlanNode | undefined {
    return node.kind === 'planItem' || node.kind === 'planMore' ? node.parent : undefined;
  }

  getChildren(node?: PlanNode): PlanNode[] {
    const { current } = this.model;
    if (current === undefined) {
      return [];
    }
    if (node === undefined) {
      const failed = current.failed.map((failure) => new PlanFailureNode(current, failure));
      const groups = current.groups.map(
        ({ group, items }) => new PlanGroupNode(current, group, items),
      );
      return [...failed, ...groups];
    }
    if (node.kind !== 'planGroup') {
      return [];
    }
    const shown = node.items.slice(0, GROUP_ROWS).map((item) => new PlanItemNode(node, item));
    const missing = node.items.length - shown.length;
    return missing > 0 ? [...shown, new PlanMoreNode(node, missing)] : shown;
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** Makes the view; boxes change the plan's ticks, and its message counts what is ticked. */
export function createPlanView(
  model: PlanModel,
): { view: vscode.TreeView<PlanNode>; tree: PlanTree } & Disposable {
  const store = new DisposableStore();
  const tree = store.add(new PlanTree(model));
  const view = store.add(
    vscode.window.createTreeView<PlanNode>('snapdir.plan', {
      treeDataProvider: tree,
      showCollapseAll: true,
      // A group's box is ours to keep: it also stands for rows that are not drawn.
      manageCheckboxStateManually: true,
    }),
  );
  store.add(
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [node, state] of items) {
        model.tick(planPathsOf(node), state === vscode.TreeItemCheckboxState.Checked);
      }
    }),
  );
  store.add(
    model.onDidChange(() => {
      const { current } = model;
      view.description = current?.question.words ?? '';
      view.message = current === undefined ? '' : planMessage(current);
    }),
  );
  return { view, tree, dispose: () => store.dispose() };
}

/** `2 of 3 files: 1 created, 1 overwritten, 0 deleted. 4 extra files stay.` */
export function planMessage(open: OpenPlan): string {
  if (open.failed.length > 0) {
    return t('{0} could not be restored. Everything else was.', filesWords(open.failed.length));
  }
  const { rows, ticked } = tickedRows(open);
  if (rows.length === 0) {
    return t('Nothing has to be restored.');
  }
  const count = (action: string): number => ticked.filter((row) => row.action === action).length;
  const { left } = open.plan.counts;
  return [
    t(
      '{0} of {1} ticked: {2} created, {3} overwritten, {4} deleted.',
      ticked.length,
      filesWords(rows.length),
      count('create'),
      count('overwrite'),
      count('delete'),
    ),
    left > 0 ? t('Not in the snapshot, and left alone: {0}.', filesWords(left)) : '',
    open.stale ? t('Files changed since this plan was made: refresh it.') : '',
    open.plan.truncated ? t('Too many files to show them all.') : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
