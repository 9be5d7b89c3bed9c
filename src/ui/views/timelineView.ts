import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import type { CheckpointId } from '../../core/ids';
import { setContextKey } from '../contextKeys';
import { filterWords } from '../filterWords';
import type { RepositorySet } from '../state/repositorySet';
import { ShownTimelines } from '../state/shownTimelines';
import { FilterState } from '../state/timelineFilter';
import type { TreeNode } from '../tree/nodes';
import { locale } from '../words';
import { createSelectionView } from './selectionView';
import { TimelineTree } from './timelineTree';

const { t } = vscode.l10n;
/** "5 minutes ago" is drawn again this often. */
const TICK_MS = 60_000;

/** The view of the timeline, with what it shows of it. */
export class TimelineView implements Disposable {
  readonly view: vscode.TreeView<TreeNode>;
  readonly tree: TimelineTree;
  readonly filter: FilterState;
  readonly shown: ShownTimelines;
  private readonly disposables = new DisposableStore();

  constructor(repositories: RepositorySet, clock: Clock) {
    this.filter = this.disposables.add(new FilterState());
    this.shown = this.disposables.add(new ShownTimelines(repositories, this.filter));
    this.tree = this.disposables.add(new TimelineTree(repositories, this.shown, clock));
    this.view = this.disposables.add(
      createSelectionView<TreeNode>('snapdir.timeline', 'snapdir.manyInTimeline', this.tree, {
        showCollapseAll: true,
      }),
    ).view;
    this.describe();
    this.disposables.add(this.filter.onDidChange(() => this.noteFilter()));
    this.disposables.add(this.shown.onDidChange(() => this.describe()));
    const timer = setInterval(() => this.view.visible && this.tree.tick(), TICK_MS);
    this.disposables.add({ dispose: () => clearInterval(timer) });
  }

  /**
   * Shows the row of a checkpoint: opens the view, loads as much as it takes, and clears a filter that hides it.
   * False: it is not on the list.
   */
  async reveal(repository: Repository, id: CheckpointId): Promise<boolean> {
    const shown = this.shown.of(repository);
    if (shown === undefined) {
      return false;
    }
    if (!(await shown.loadThrough(id))) {
      this.filter.clear();
      await shown.loadThrough(id);
    }
    const node = await this.tree.find(repository, id);
    if (node === undefined) {
      return false;
    }
    await this.view.reveal(node, { select: true, focus: true });
    return true;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private noteFilter(): void {
    setContextKey('snapdir.filtered', this.filter.isActive);
    if (this.shown.all.length === 0) {
      this.describe();
    }
  }

  /**
   * Says over the rows what the filter is, and how far it got. Only with the rows or after them: a view that was told
   * something new takes nothing else for a fifth of a second.
   */
  private describe(): void {
    const { current, isActive } = this.filter;
    setContextKey('snapdir.filtered', isActive);
    if (!isActive) {
      this.view.message = '';
      return;
    }
    const states = this.shown.all.map((one) => one.current);
    const sum = (of: (state: NonNullable<(typeof states)[number]>) => number): number =>
      states.reduce((total, state) => total + (state === undefined ? 0 : of(state)), 0);
    const [total, unread] = [sum((state) => state.total), sum((state) => state.unread)];
    const found = t('{0} found', total.toLocaleString(locale()));
    const left = t('{0} to look through', unread.toLocaleString(locale()));
    const words = filterWords(current).join(' · ');
    this.view.message = t('Filter: {0} ({1})', words, unread > 0 ? `${found}, ${left}` : found);
  }
}
