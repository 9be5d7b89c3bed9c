import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { setContextKey } from '../contextKeys';
import { parseSnapshotUri } from '../documents/snapshotDocument';
import { throttle } from '../scheduling/coalesce';
import { describeError } from '../showError';
import type { FileHistoryModel, FileHistoryState } from '../state/fileHistoryModel';
import type { RepositorySet } from '../state/repositorySet';
import { numberFormat } from '../text/formats';
import { noteItem } from '../tree/changeItems';
import { checkpointHover } from '../tree/checkpointHover';
import { NoteNode } from '../tree/nodes';
import { rowKey } from '../tree/timelineItems';
import { subjectTitle, versionItem } from '../tree/versionItems';
import { VersionNode, type HistorySubject } from '../tree/versionNode';
import { locale } from '../words';
import { activeResource } from './activeResource';
import { createSelectionView } from './selectionView';

const { t } = vscode.l10n;
const REDRAW_INTERVAL = 60_000;
/**
 * So often are rows and words brought up to date while older snapshots are looked through. A view that was told
 * something takes nothing else for a fifth of a second, and nothing at all where that comes more often.
 */
const LOOKING_INTERVAL = 1_000;

/** A row of the file history. */
export type HistoryRow = VersionNode | NoteNode;

class FileHistoryTree implements vscode.TreeDataProvider<HistoryRow>, Disposable {
  private readonly model: FileHistoryModel;
  private readonly clock: Clock;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(
    new vscode.EventEmitter<HistoryRow | undefined>(),
  );

  /** What VS Code has, and how many times it waits for an answer. */
  private drawn: { subject: HistorySubject | undefined; state: FileHistoryState } | undefined;
  private asking = 0;
  /** VS Code was told, and has not asked yet: told again and again it would never ask. */
  private told = false;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(model: FileHistoryModel, clock: Clock) {
    this.model = model;
    this.clock = clock;
  }

  redraw(): void {
    this.told = true;
    this.changed.fire(undefined);
  }

  /** Draws again where the rows are others. Who waits for an answer, or is about to ask, gets them with it. */
  follow(): void {
    const { subject, current, loading } = this.model;
    const { drawn } = this;
    const same = drawn !== undefined && drawn.subject === subject && sameRows(drawn.state, current);
    if (loading || (!same && this.asking === 0 && !this.told)) {
      this.redraw();
    }
  }

  getTreeItem(node: HistoryRow): vscode.TreeItem {
    return node.kind === 'note' ? noteItem(node) : versionItem(node, this.clock.now());
  }

  async resolveTreeItem(item: vscode.TreeItem, node: HistoryRow): Promise<vscode.TreeItem> {
    if (node.kind === 'version' && item.tooltip === undefined) {
      item.tooltip = await checkpointHover(node.repository, node.version.checkpoint);
    }
    return item;
  }

  getParent(): undefined {
    return undefined;
  }

  async getChildren(node?: HistoryRow): Promise<HistoryRow[]> {
    if (node !== undefined) {
      return [];
    }
    this.told = false;
    this.asking++;
    const state = await this.model.get().finally(() => this.asking--);
    // Another one may have come while the first was waited for.
    const { subject } = this.model;
    this.drawn = { subject, state };
    return subject === undefined ? [] : this.rowsOf(subject, state);
  }

  private rowsOf(subject: HistorySubject, state: FileHistoryState): HistoryRow[] {
    const { versions, next, error } = state;
    const { root } = subject.repository;
    if (error !== undefined) {
      const words = t('{0} Click to try again.', describeError(error).message);
      const id = rowKey(root, 'history/error');
      return [new NoteNode(undefined, id, words, 'error', 'snapdir.refresh')];
    }
    const rows: HistoryRow[] = versions.map((version) => new VersionNode(subject, version));
    if (next !== undefined) {
      const id = rowKey(root, 'history/more');
      const command = 'snapdir.loadMoreVersions';
      rows.push(new NoteNode(undefined, id, t('Load more'), 'ellipsis', command));
    }
    return rows;
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** The history of the active file, or of what is pinned. Nothing is read while it cannot be seen. */
export function createFileHistoryView(
  model: FileHistoryModel,
  repositories: RepositorySet,
  clock: Clock,
): Disposable & {
  readonly view: vscode.TreeView<HistoryRow>;
  readonly tree: vscode.TreeDataProvider<HistoryRow>;
} {
  const store = new DisposableStore();
  const tree = store.add(new FileHistoryTree(model, clock));
  const view = store.add(
    createSelectionView<HistoryRow>('snapdir.fileHistory', 'snapdir.manyInHistory', tree),
  ).view;
  model.setWatched(view.visible);
  store.add(view.onDidChangeVisibility(({ visible }) => model.setWatched(visible)));
  store.add(followModel(model, view, tree));
  store.add(followEditor(model, repositories));
  const timer = setInterval(() => view.visible && tree.redraw(), REDRAW_INTERVAL);
  store.add({ dispose: () => clearInterval(timer) });
  return { view, tree, dispose: () => store.dispose() };
}

/** Keeps the rows and what stands around them true to the model. */
function followModel(
  model: FileHistoryModel,
  view: vscode.TreeView<HistoryRow>,
  tree: FileHistoryTree,
): Disposable {
  const say = (): void => {
    const words = messageOf(model.current) ?? '';
    if (words !== (view.message ?? '')) {
      view.message = words;
    }
    const title = titleOf(model);
    if (title !== view.description) {
      view.description = title;
    }
  };
  const show = (): void => {
    tree.follow();
    say();
  };
  const later = throttle(show, LOOKING_INTERVAL);
  let hadRows = false;
  const changed = model.onDidChange(() => {
    setContext(model);
    const { current, loading, lookingOn } = model;
    if (!lookingOn) {
      later.cancel();
      show();
    } else {
      if (!hadRows) {
        tree.follow();
      }
      later.call();
    }
    hadRows = !loading && current.versions.length > 0;
  });
  setContext(model);
  say();
  return {
    dispose: () => {
      changed.dispose();
      later.cancel();
    },
  };
}

/** How far a look is stands here and not over the rows: they would move when it ends, under somebody's mouse. */
function titleOf({ subject, lookingOn, current: { pending } }: FileHistoryModel): string {
  if (subject === undefined) {
    return '';
  }
  const title = subjectTitle(subject.path, subject.repository.name);
  const words = t('Looking through older snapshots… {0} left', number(pending));
  return lookingOn ? `${title} · ${words}` : title;
}

function setContext({ subject, pinned, current, loading, lookingOn }: FileHistoryModel): void {
  setContextKey('snapdir.historyPinned', pinned);
  const state =
    subject === undefined
      ? 'none'
      : current.versions.length > 0 && !loading
        ? 'some'
        : loading || lookingOn
          ? 'loading'
          : 'empty';
  setContextKey('snapdir.history', current.error === undefined ? state : 'some');
}

/** Whether both give the same rows. */
function sameRows(a: FileHistoryState, b: FileHistoryState): boolean {
  const more = (state: FileHistoryState): boolean => state.next !== undefined;
  return a.versions === b.versions && more(a) === more(b) && a.error === b.error;
}

const number = (count: number): string => numberFormat(locale()).format(count);

function messageOf({ pending, full, unreadable, next }: FileHistoryState): string | undefined {
  if (pending > 0 && full && next === undefined) {
    return t(
      '{0} older snapshots are not looked through: there is too much in them.',
      number(pending),
    );
  }
  if (unreadable > 0) {
    return unreadable === 1
      ? t('1 damaged snapshot was passed over.')
      : t('{0} damaged snapshots were passed over.', number(unreadable));
  }
  return undefined;
}

function followEditor(model: FileHistoryModel, repositories: RepositorySet): Disposable {
  const store = new DisposableStore();
  const update = (): void => {
    const uri = activeResource();
    const subject = uri && subjectOf(repositories, uri);
    if (subject !== undefined && !isAnotherVersion(model, subject, uri)) {
      model.follow(subject);
    }
  };
  update();
  store.add(vscode.window.onDidChangeActiveTextEditor(update));
  store.add(vscode.window.tabGroups.onDidChangeTabs(update));
  store.add(vscode.window.tabGroups.onDidChangeTabGroups(update));
  store.add(repositories.onDidChangeFolders(update));
  return store;
}

/** The file that a resource stands for, in the folder or in a snapshot. */
export function subjectOf(
  repositories: RepositorySet,
  uri: vscode.Uri,
): HistorySubject | undefined {
  const snapshot = parseSnapshotUri(uri);
  if (snapshot === undefined) {
    const place = repositories.locate(uri);
    return place === undefined || place.path === '' ? undefined : { ...place, kind: 'file' };
  }
  const repository = repositories.at(snapshot.root);
  return repository === undefined || snapshot.path === ''
    ? undefined
    : { repository, path: snapshot.path, kind: 'file' };
}

/** A version of the file that is shown, under a name it had: looking at it must not lead away from here. */
function isAnotherVersion(
  model: FileHistoryModel,
  { repository, path }: HistorySubject,
  uri: vscode.Uri | undefined,
): boolean {
  return (
    uri !== undefined &&
    parseSnapshotUri(uri) !== undefined &&
    model.subject?.repository === repository &&
    model.current.versions.some((one) => 'path' in one && one.path === path)
  );
}
