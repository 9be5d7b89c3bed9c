import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { CheckpointInfo } from '../../core/engine';
import { describeError } from '../showError';
import type { ChangesModel } from '../state/changesModel';
import type { ChangesSet } from '../state/changesSet';
import { changesLayout } from '../state/settings';
import { changeFolderItem, changeItem, noteItem } from '../tree/changeItems';
import { changeRows, folderRows } from '../tree/changeNodes';
import { workingChangeSet } from '../tree/changeSets';
import { FolderNode, NoteNode, type TreeNode } from '../tree/nodes';
import { folderItem, rowKey } from '../tree/timelineItems';
import { quotedName } from '../words';

const { t } = vscode.l10n;
const TAKE = 'snapdir.takeSnapshot';

/** What changed since the last snapshot, or since the chosen one. */
export class ChangesTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly changes: ChangesSet;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<TreeNode | undefined>());

  readonly onDidChangeTreeData = this.changed.event;

  constructor(changes: ChangesSet) {
    this.changes = changes;
    this.disposables.add(changes.onDidChange(() => this.redraw()));
  }

  /** Draws again what is known. */
  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderRow(node);
      case 'changeFolder':
        return changeFolderItem(node);
      case 'change':
        return changeItem(node);
      case 'note':
        return noteItem(node);
      default:
        return new vscode.TreeItem('');
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'folder' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) {
      const { all } = this.changes;
      const [only] = all;
      return all.length === 1 && only !== undefined
        ? this.rowsOf(undefined, only)
        : all.map((model) => new FolderNode(model.repository));
    }
    if (node.kind === 'folder') {
      const model = this.changes.of(node.repository);
      const rows = model === undefined ? [] : await this.rowsOf(node, model);
      const none = rowKey(node.repository.root, 'working/none');
      if (rows.length > 0) {
        return rows;
      }
      return model?.current.kind === 'noSnapshot'
        ? [new NoteNode(node, none, t('No snapshots yet. Click to take one.'), 'info', TAKE)]
        : [new NoteNode(node, none, t('No changes'))];
    }
    return node.kind === 'changeFolder' ? folderRows(node, node.set, node.folder) : [];
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async rowsOf(parent: FolderNode | undefined, model: ChangesModel): Promise<TreeNode[]> {
    const { repository } = model;
    const known = await model.get();
    switch (known.kind) {
      case 'unknown':
      case 'noSnapshot':
        return [];
      case 'failed': {
        const id = rowKey(repository.root, 'working/error');
        const words = t('{0} Click to try again.', describeError(known.error).message);
        return [new NoteNode(parent, id, words, 'error', 'snapdir.refresh')];
      }
      case 'changes': {
        const set = workingChangeSet(repository, known.base);
        const rows = changeRows(parent, set, known.comparison, changesLayout());
        return rows.length === 0 && known.chosen ? [backRow(parent, model, known.base)] : rows;
      }
    }
  }
}

/** Nothing changed since the chosen snapshot: says since which, and leads back to the last one. */
function backRow(
  parent: FolderNode | undefined,
  { repository }: ChangesModel,
  base: CheckpointInfo,
): NoteNode {
  const id = rowKey(repository.root, 'working/back');
  const words = t(
    'No changes since {0}. Click to compare with the last snapshot.',
    quotedName(base),
  );
  return new NoteNode(parent, id, words, 'info', 'snapdir.compareChangesWithLast');
}

function folderRow(node: FolderNode): vscode.TreeItem {
  const item = folderItem(node);
  item.id = rowKey(node.repository.root, 'working');
  return item;
}
