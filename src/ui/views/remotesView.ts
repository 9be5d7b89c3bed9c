import * as vscode from 'vscode';
import type { RemoteName } from '../../app/listRemote';
import type { Repository } from '../../app/repository';
import { whichAreHere } from '../../app/transfer/whichAreHere';
import { isCancelled } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { SnapshotId } from '../../core/ids';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Logger } from '../../base/logger';
import { FOUND_GIT, type StoreEntry } from '../remotes/storeEntry';
import { remediesFor } from '../remotes/remedies';
import type { Remotes } from '../remotes/remotes';
import { describeError } from '../showError';
import type { RemoteSnapshots } from '../state/remoteSnapshots';
import type { RepositorySet } from '../state/repositorySet';
import { noteItem } from '../tree/changeItems';
import { NoteNode } from '../tree/nodes';
import {
  emptyStoreItem,
  promotionItem,
  remoteNameItem,
  storeItem,
  unreadableNode,
} from '../tree/remoteItems';
import {
  EmptyStoreNode,
  FailedStoreNode,
  PromotionNode,
  RemoteNameNode,
  StoreNode,
  type RemoteNode,
} from '../tree/remoteNodes';
import { rowKey } from '../tree/timelineItems';

const { t } = vscode.l10n;
const REFRESH = 'snapdir.refreshStores';

/** What the tree of promoted snapshots is made of. */
export interface RemotesTreeParts {
  remotes: Remotes;
  snapshots: RemoteSnapshots;
  repositories: RepositorySet;
  clock: Clock;
  log: Logger;
}

type Placed = Pick<RemoteName, 'snapshot' | 'here'>;

/** Stores, the names promoted in them, and what each name stood for. */
export class RemotesTree implements vscode.TreeDataProvider<RemoteNode>, Disposable {
  private readonly parts: RemotesTreeParts;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(
    new vscode.EventEmitter<RemoteNode | undefined>(),
  );

  readonly onDidChangeTreeData = this.changed.event;

  constructor(parts: RemotesTreeParts) {
    this.parts = parts;
    const redraw = (): void => this.changed.fire(undefined);
    this.disposables.add(parts.snapshots.onDidChange(redraw));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(redraw));
  }

  getTreeItem(node: RemoteNode): vscode.TreeItem {
    const { repositories, clock } = this.parts;
    const folders = repositories.all.length;
    const setting = { now: clock.now(), folders };
    switch (node.kind) {
      case 'store':
        return storeItem(node, folders > 1);
      case 'emptyStore':
        return emptyStoreItem(node);
      case 'remoteName':
        return remoteNameItem(node, setting);
      case 'promotion':
        return promotionItem(node, setting);
      case 'note':
        return noteItem(node);
    }
  }

  async getChildren(node?: RemoteNode): Promise<RemoteNode[]> {
    if (!vscode.workspace.isTrusted) {
      return [];
    }
    switch (node?.kind) {
      case undefined:
        return this.stores();
      case 'store':
        return this.names(node);
      case 'remoteName':
        return this.promotions(node);
      default:
        return [];
    }
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Each folder has a Git repository of its own; every other store is the same for all. */
  private stores(): StoreNode[] {
    const { all } = this.parts.repositories;
    const { shown, foundGit } = this.parts.remotes;
    const foldersOf = (entry: StoreEntry): readonly Repository[] =>
      entry === FOUND_GIT
        ? all.filter(({ root }) => foundGit.has(root))
        : entry.kind === 'git'
          ? all
          : all.slice(0, 1);
    return shown.flatMap((entry) =>
      foldersOf(entry).map((repository) => new StoreNode(entry, repository)),
    );
  }

  private async names(node: StoreNode): Promise<RemoteNode[]> {
    const { entry, repository } = node;
    const key = `store/${entry.name}`;
    try {
      const { names, unreadable } = await this.parts.snapshots.list(entry.name, repository);
      const hereIn = await this.places(node, names);
      const rows: RemoteNode[] = [
        ...names.map((of) => new RemoteNameNode(node, of, hereIn(of))),
        ...unreadable.map((one) => unreadableNode(node, one)),
      ];
      return rows.length === 0 ? [new EmptyStoreNode(node)] : rows;
    } catch (error) {
      return this.failed(node, `${key}/error`, error);
    }
  }

  private async promotions(node: RemoteNameNode): Promise<RemoteNode[]> {
    const { entry, repository } = node.parent;
    const { name } = node.of;
    const key = `store/${entry.name}/name/${name}`;
    try {
      const { snapshots } = this.parts;
      const { promotions, older } = await snapshots.history(entry.name, repository, name);
      const hereIn = await this.places(node.parent, promotions);
      const rows: RemoteNode[] = promotions.map((of) => new PromotionNode(node, of, hereIn(of)));
      if (older > 0) {
        rows.push(this.note(node.parent, `${key}/older`, t('{0} older promotions', older)));
      }
      return rows;
    } catch (error) {
      return this.failed(node.parent, `${key}/error`, error);
    }
  }

  /** In which folders snapshots are. A store that is the same for all was asked through one, which tells of itself alone. */
  private async places(
    { entry, repository }: StoreNode,
    of: readonly Placed[],
  ): Promise<(one: Placed) => readonly Repository[]> {
    const { all } = this.parts.repositories;
    if (entry.kind === 'git' || all.length === 1) {
      return ({ here }) => (here ? [repository] : []);
    }
    const snapshots = of.map(({ snapshot }) => snapshot);
    const here = await Promise.all(
      all.map(async (one) => ({ one, has: await this.whichHas(one, snapshots) })),
    );
    return ({ snapshot }) => here.filter(({ has }) => has.has(snapshot)).map(({ one }) => one);
  }

  /** A folder whose own store cannot be read keeps nobody from seeing what is promoted. */
  private async whichHas(
    repository: Repository,
    snapshots: readonly SnapshotId[],
  ): Promise<ReadonlySet<SnapshotId>> {
    try {
      return await whichAreHere(repository, snapshots);
    } catch (error) {
      this.parts.log.error('A folder did not tell what it has', error);
      return new Set();
    }
  }

  private note({ repository }: StoreNode, key: string, label: string): NoteNode {
    return new NoteNode(undefined, rowKey(repository.root, key), label);
  }

  /** A row that says what is wrong; a click tries again, and offers what may help. */
  private failed(node: StoreNode, key: string, error: unknown): RemoteNode[] {
    if (isCancelled(error)) {
      return [];
    }
    this.parts.log.error('A store could not be listed', error);
    const { message } = describeError(error);
    const id = rowKey(node.repository.root, key);
    const remedies = remediesFor(error, { profiles: false, configured: true });
    if (remedies.some((remedy) => remedy !== 'again')) {
      return [new FailedStoreNode(node, id, t('{0} Click for what may help.', message))];
    }
    const words = t('{0} Click to try again.', message);
    return [new NoteNode(undefined, id, words, 'error', REFRESH)];
  }
}

/** The view of promoted snapshots. It is shown when there is a store: a configured one, or promotions in Git. */
export function createRemotesView(
  parts: RemotesTreeParts,
): Disposable & { readonly view: vscode.TreeView<RemoteNode>; readonly tree: RemotesTree } {
  const store = new DisposableStore();
  const tree = store.add(new RemotesTree(parts));
  const view = store.add(
    vscode.window.createTreeView<RemoteNode>('snapdir.remotes', {
      treeDataProvider: tree,
      showCollapseAll: true,
    }),
  );
  store.add(view.onDidChangeVisibility(({ visible }) => visible || parts.snapshots.stop()));
  return { view, tree, dispose: () => store.dispose() };
}
