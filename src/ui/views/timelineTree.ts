import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import type { RepositorySet } from '../state/repositorySet';
import { changesLayout, groupsByDay } from '../state/settings';
import type { TimelineModel, TimelineState } from '../state/timelineModel';
import { describeError } from '../showError';
import { checkpointHover } from '../tree/checkpointHover';
import { changeFolderItem, changeItem, noteItem } from '../tree/changeItems';
import { changeRows, folderRows } from '../tree/changeNodes';
import { parentChangeSet } from '../tree/changeSets';
import {
  CheckpointNode,
  DayNode,
  FolderNode,
  LoadMoreNode,
  NoteNode,
  type TreeNode,
} from '../tree/nodes';
import { checkpointItem, dayItem, folderItem, loadMoreItem, rowKey } from '../tree/timelineItems';
import { groupByDay } from '../tree/timelineGroups';

const { t } = vscode.l10n;

/** The timeline: folders (where there are several) → days → checkpoints → changed files. */
export class TimelineTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly repositories: RepositorySet;
  private readonly clock: Clock;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<TreeNode | undefined>());

  readonly onDidChangeTreeData = this.changed.event;

  constructor(repositories: RepositorySet, clock: Clock) {
    this.repositories = repositories;
    this.clock = clock;
    this.disposables.add(repositories.onDidChangeTimelines(() => this.redraw()));
  }

  /** Draws again what is known; nothing is read. */
  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node, this.modelOf(node.repository).current?.total);
      case 'day':
        return dayItem(node, this.clock.now());
      case 'checkpoint':
        return checkpointItem(node, this.clock.now());
      case 'changeFolder':
        return changeFolderItem(node);
      case 'change':
        return changeItem(node);
      case 'loadMore':
        return loadMoreItem(node);
      case 'note':
        return noteItem(node);
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind === 'checkpoint' && item.tooltip === undefined) {
      item.tooltip = await checkpointHover(node.repository, node.checkpoint);
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'folder' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) {
      const { all } = this.repositories;
      const [only] = all;
      return all.length === 1 && only !== undefined
        ? this.rowsOf(undefined, only)
        : all.map((repository) => new FolderNode(repository));
    }
    switch (node.kind) {
      case 'folder':
        return this.rowsOf(node, node.repository);
      case 'day':
        return node.checkpoints.map((c) => new CheckpointNode(node, node.repository, c));
      case 'checkpoint':
        return this.changesOf(node);
      case 'changeFolder':
        return folderRows(node, node.set, node.folder);
      default:
        return [];
    }
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private modelOf(repository: Repository): TimelineModel {
    return this.repositories.timelineOf(repository);
  }

  private async rowsOf(
    parent: FolderNode | undefined,
    repository: Repository,
  ): Promise<TreeNode[]> {
    const state = await this.modelOf(repository).get();
    if (state.error !== undefined && parent === undefined) {
      return []; // The welcome text has more room for what is wrong, and a button.
    }
    if (state.error !== undefined) {
      const id = rowKey(repository.root, 'error');
      return [new NoteNode(parent, id, describeError(state.error).message, 'error')];
    }
    const rows: TreeNode[] = groupsByDay()
      ? groupByDay(state.checkpoints).map((group) => new DayNode(parent, repository, group))
      : state.checkpoints.map((c) => new CheckpointNode(parent, repository, c));
    if (state.foreign && (rows.length > 0 || parent !== undefined)) {
      const words = t('These snapshots came with the folder. Click to adopt them.');
      const id = rowKey(repository.root, 'foreign');
      rows.unshift(new NoteNode(parent, id, words, 'lock', 'snapdir.adopt'));
    }
    const older = olderCount(state);
    return older > 0 ? [...rows, new LoadMoreNode(parent, repository, older)] : rows;
  }

  private async changesOf(node: CheckpointNode): Promise<TreeNode[]> {
    const set = parentChangeSet(node.repository, node.checkpoint);
    try {
      const comparison = await this.modelOf(node.repository).changesOf(node.checkpoint);
      const rows = changeRows(node, set, comparison, changesLayout());
      return rows.length > 0
        ? rows
        : [new NoteNode(node, `${set.key}/none`, t('No files changed'))];
    } catch (error) {
      return [new NoteNode(node, `${set.key}/error`, describeError(error).message, 'error')];
    }
  }
}

function olderCount(state: TimelineState): number {
  return state.next === undefined ? 0 : Math.max(1, state.total - state.checkpoints.length);
}
