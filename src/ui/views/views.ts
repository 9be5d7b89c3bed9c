import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { setContextKey } from '../contextKeys';
import type { ChangedFiles } from '../state/changesModel';
import type { ChangesSet } from '../state/changesSet';
import type { RepositorySet } from '../state/repositorySet';
import { changesLayout, foldsAutomatic, groupsByDay, sortOrder } from '../state/settings';
import type { ComparisonModel } from '../comparison/comparisonModel';
import type { PlanModel } from '../restore/planModel';
import type { TreeNode } from '../tree/nodes';
import { filesWords, quotedName } from '../words';
import { ChangesTree } from './changesTree';
import { createComparisonView, type ComparisonTree } from './comparisonTree';
import type { PlanNode } from './planNodes';
import { createPlanView, type PlanTree } from './planTree';
import { createSelectionView } from './selectionView';
import type { TimelineTree } from './timelineTree';
import { TimelineView } from './timelineView';

const { t } = vscode.l10n;

/** The views of the sidebar. */
export interface Views extends Disposable {
  readonly timelineView: TimelineView;
  readonly timeline: vscode.TreeView<TreeNode>;
  readonly timelineTree: TimelineTree;
  readonly changes: vscode.TreeView<TreeNode>;
  readonly changesTree: ChangesTree;
  readonly comparison: vscode.TreeView<TreeNode>;
  readonly comparisonTree: ComparisonTree;
  readonly plan: vscode.TreeView<PlanNode>;
  readonly planTree: PlanTree;
}

/** What is shown only while somebody uses it. */
export interface OpenModels {
  comparison: ComparisonModel;
  plan: PlanModel;
}

/** Makes the views and keeps their badge, message and context keys true. */
export function createViews(
  repositories: RepositorySet,
  changes: ChangesSet,
  open: OpenModels,
  clock: Clock,
): Views {
  const store = new DisposableStore();
  const timelineView = store.add(new TimelineView(repositories, clock));
  const { view: timeline, tree: timelineTree } = timelineView;
  const changesTree = store.add(new ChangesTree(changes));
  const changesView = store.add(
    createSelectionView<TreeNode>('snapdir.changes', 'snapdir.manyInChanges', changesTree),
  ).view;
  followVisibility(store, changesView, changes);
  const comparison = store.add(createComparisonView(open.comparison));
  const plan = store.add(createPlanView(open.plan));
  followLayout(store, [timelineTree, changesTree, comparison.tree], changes);
  return {
    timelineView,
    timeline,
    timelineTree,
    changes: changesView,
    changesTree,
    comparison: comparison.view,
    comparisonTree: comparison.tree,
    plan: plan.view,
    planTree: plan.tree,
    dispose: () => store.dispose(),
  };
}

function followVisibility(
  store: DisposableStore,
  view: vscode.TreeView<TreeNode>,
  changes: ChangesSet,
): void {
  changes.setWatched(view.visible);
  store.add(view.onDidChangeVisibility(({ visible }) => changes.setWatched(visible)));
  const update = (): void => {
    const { total } = changes;
    const since = chosenBase(changes);
    view.badge =
      total === undefined || total.files === 0
        ? undefined
        : { value: total.files, tooltip: badgeWords(total, since) };
    view.description = since === undefined ? '' : t('since {0}', since);
    const chosen = changes.all.some(({ base }) => base !== undefined);
    setContextKey('snapdir.changesBase', chosen ? 'chosen' : 'last');
    setContextKey('snapdir.working', workingState(changes));
  };
  update();
  store.add(changes.onDidChange(update));
}

function badgeWords({ files: count, exact }: ChangedFiles, since: string | undefined): string {
  const files = filesWords(count);
  if (!exact) {
    return t('{0} changed when last looked at; files changed since then', files);
  }
  return since === undefined
    ? t('{0} changed since the last snapshot', files)
    : t('{0} changed since {1}', files, since);
}

/** What was chosen to compare with, in quotes; undefined: the last snapshot. */
function chosenBase({ all }: ChangesSet): string | undefined {
  const names = all.flatMap(({ current }) =>
    current.kind === 'changes' && current.chosen ? [quotedName(current.base)] : [],
  );
  return names.length === 0 ? undefined : names.join(', ');
}

function workingState(changes: ChangesSet): 'unknown' | 'noSnapshot' | 'clean' | 'changed' {
  const { all, total } = changes;
  if (all.length > 0 && all.every((model) => model.current.kind === 'noSnapshot')) {
    return 'noSnapshot';
  }
  if (total === undefined || !total.exact) {
    return 'unknown';
  }
  return total.files === 0 ? 'clean' : 'changed';
}

function followLayout(
  store: DisposableStore,
  trees: readonly { redraw(): void }[],
  changes: ChangesSet,
): void {
  const redraw = (): void => {
    setContextKey('snapdir.layout', changesLayout());
    setContextKey('snapdir.groupBy', groupsByDay() ? 'day' : 'none');
    setContextKey('snapdir.sortOrder', sortOrder());
    setContextKey('snapdir.foldAutomatic', foldsAutomatic());
    trees.forEach((tree) => tree.redraw());
  };
  redraw();
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      const affects = (name: string): boolean => event.affectsConfiguration(`snapdir.${name}`);
      if (['changesLayout', 'groupBy', 'sortOrder', 'foldAutomatic'].some(affects)) {
        redraw();
      }
      if (affects('exclude') || affects('useIgnoreFiles') || affects('maxFileSize')) {
        changes.all.forEach((model) => model.invalidate());
      }
    }),
  );
}
