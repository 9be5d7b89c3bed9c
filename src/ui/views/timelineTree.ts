import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import type { CheckpointId } from '../../core/ids';
import type { RepositorySet } from '../state/repositorySet';
import { changesLayout, foldsAutomatic, groupsByDay, sortOrder } from '../state/settings';
import type { ShownState } from '../state/shownTimeline';
import type { ShownTimelines } from '../state/shownTimelines';
import { describeError } from '../showError';
import { dayKey } from '../text/times';
import { checkpointHover } from '../tree/checkpointHover';
import { changeFolderItem, changeItem, noteItem } from '../tree/changeItems';
import { changeRows, folderRows } from '../tree/changeNodes';
import { parentChangeSet } from '../tree/changeSets';
import { BurstNames } from '../tree/bursts';
import type { BurstNode, CheckpointNode } from '../tree/nodes';
import { FolderNode, LoadMoreNode, NoteNode, type TreeNode } from '../tree/nodes';
import {
  burstItem,
  checkpointItem,
  dayItem,
  describeBurst,
  describeCheckpoint,
  folderItem,
  folderWords,
  loadMoreItem,
  rowKey,
} from '../tree/timelineItems';
import { burstRows, checkpointRows, timelineRows } from '../tree/timelineRows';
import { noteOnEmpty } from './emptyNote';

const { t } = vscode.l10n;

/** A row that says how long ago something was. */
type AgeingNode = CheckpointNode | BurstNode;

/** The timeline: folders (where there are several) → days → bursts → checkpoints → changed files. */
export class TimelineTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly repositories: RepositorySet;
  private readonly shown: ShownTimelines;
  private readonly clock: Clock;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(
    new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>(),
  );
  /** What VS Code shows of checkpoints and bursts, by their rows' ids. */
  private drawn = new Map<string, { node: AgeingNode; description: string }>();
  private readonly names = new BurstNames();
  private drawnDay = '';
  private drawnLists: (readonly CheckpointInfo[] | undefined)[] = [];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(repositories: RepositorySet, shown: ShownTimelines, clock: Clock) {
    this.repositories = repositories;
    this.shown = shown;
    this.clock = clock;
    this.disposables.add(shown.onDidChange(() => this.follow()));
  }

  /** Draws again what is known; nothing is read. */
  redraw(): void {
    this.drawn = new Map();
    this.drawnDay = dayKey(this.clock.now());
    this.changed.fire(undefined);
  }

  /** Draws again the rows whose words changed because time went by. */
  tick(): void {
    const now = this.clock.now();
    if (this.drawnDay !== dayKey(now)) {
      this.redraw();
      return;
    }
    const stale = [...this.drawn.values()]
      .filter(({ node, description }) => describe(node, now) !== description)
      .map(({ node }) => node);
    if (stale.length > 0) {
      this.changed.fire(stale);
    }
  }

  /** While a filter looks on, the same rows are not drawn over and over. */
  private follow(): void {
    const states = this.shown.all.map((one) => one.current);
    const lists = states.map((state) =>
      state?.error === undefined ? state?.checkpoints : undefined,
    );
    const looking = states.some((state) => (state?.unread ?? 0) > 0);
    const same = lists.every((list, at) => list !== undefined && list === this.drawnLists[at]);
    this.drawnLists = lists;
    if (!looking || !same) {
      this.redraw();
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const now = this.clock.now();
    switch (node.kind) {
      case 'folder':
        return this.folderRow(node);
      case 'day':
        return dayItem(node, now);
      case 'burst':
        return this.note(node, burstItem(node, now));
      case 'checkpoint':
        return this.note(node, checkpointItem(node, now));
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
      // Of snapshots that came with the folder even a look is the person's own to ask for.
      const links = this.shown.of(node.repository)?.current?.foreign === false;
      item.tooltip = await checkpointHover(node.repository, node.checkpoint, { links });
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
        return checkpointRows(node, node.repository, node.checkpoints, this.fold);
      case 'burst':
        return burstRows(node);
      case 'checkpoint':
        return this.changesOf(node);
      case 'changeFolder':
        return folderRows(node, node.set, node.folder);
      default:
        return [];
    }
  }

  /** The row of a checkpoint among those that are loaded. */
  async find(
    repository: Repository,
    id: CheckpointId,
    below?: TreeNode,
  ): Promise<CheckpointNode | undefined> {
    for (const node of await this.getChildren(below)) {
      if (node.kind === 'checkpoint' && node.checkpoint.id === id) {
        return node;
      }
      const holds =
        node.kind === 'folder'
          ? node.repository === repository
          : (node.kind === 'day' || node.kind === 'burst') &&
            node.checkpoints.some((checkpoint) => checkpoint.id === id);
      if (holds) {
        return this.find(repository, id, node);
      }
    }
    return undefined;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Who looks for something wants to see each row. */
  private get fold(): BurstNames | undefined {
    return foldsAutomatic() && !this.shown.filter.isActive ? this.names : undefined;
  }

  private folderRow(node: FolderNode): vscode.TreeItem {
    const state = this.shown.of(node.repository)?.current;
    return folderItem(node, folderWords(state, this.shown.filter.isActive));
  }

  private note(node: AgeingNode, item: vscode.TreeItem): vscode.TreeItem {
    this.drawn.set(item.id ?? '', { node, description: String(item.description) });
    return item;
  }

  private async rowsOf(
    parent: FolderNode | undefined,
    repository: Repository,
  ): Promise<TreeNode[]> {
    const state = await this.shown.of(repository)?.get();
    if (state === undefined || (state.error !== undefined && parent === undefined)) {
      return []; // The welcome text has more room for what is wrong, and a button.
    }
    if (parent !== undefined) {
      const vanished = this.repositories.timelineOf(repository).current?.vanished === true;
      const note = noteOnEmpty(parent, { ...state, vanished });
      if (note !== undefined) {
        return [note];
      }
    }
    const options = { byDay: groupsByDay(), fold: this.fold };
    const rows = timelineRows(parent, repository, state.checkpoints, options);
    if (state.foreign && (rows.length > 0 || parent !== undefined)) {
      const words = t('These snapshots came with the folder. Click to adopt them.');
      const id = rowKey(repository.root, 'foreign');
      rows.unshift(new NoteNode(parent, id, words, 'lock', 'snapdir.adopt'));
    }
    const more = remaining(state);
    return more > 0 ? [...rows, new LoadMoreNode(parent, repository, more, sortOrder())] : rows;
  }

  private async changesOf(node: CheckpointNode): Promise<TreeNode[]> {
    const set = parentChangeSet(node.repository, node.checkpoint);
    try {
      const timeline = this.repositories.timelineOf(node.repository);
      const comparison = await timeline.changesOf(node.checkpoint);
      const rows = changeRows(node, set, comparison, changesLayout());
      return rows.length > 0
        ? rows
        : [new NoteNode(node, `${set.key}/none`, t('No files changed'))];
    } catch (error) {
      const words = t('{0} Click to try again.', describeError(error).message);
      return [new NoteNode(node, `${set.key}/error`, words, 'error', 'snapdir.refresh')];
    }
  }
}

function describe(node: AgeingNode, now: number): string {
  return node.kind === 'burst'
    ? describeBurst(node, now)
    : describeCheckpoint(node.checkpoint, now);
}

function remaining(state: ShownState): number {
  return state.next === undefined ? 0 : Math.max(1, state.total - state.checkpoints.length);
}
