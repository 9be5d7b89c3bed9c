import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Repository } from '../../app/repository';
import type { RepositorySet } from './repositorySet';
import { ShownTimeline } from './shownTimeline';
import type { FilterState } from './timelineFilter';

/** The timelines of all repositories as the view shows them. */
export class ShownTimelines implements Disposable {
  readonly filter: FilterState;
  private readonly repositories: RepositorySet;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private shown = new Map<Repository, ShownTimeline>();
  private owned = new DisposableStore();

  readonly onDidChange = this.changed.event;

  constructor(repositories: RepositorySet, filter: FilterState) {
    this.repositories = repositories;
    this.filter = filter;
    this.follow();
    this.disposables.add(repositories.onDidChangeFolders(() => this.follow()));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('snapdir.sortOrder')) {
          this.all.forEach((one) => one.sort());
        }
      }),
    );
  }

  /** In the order of the workspace's folders. */
  get all(): readonly ShownTimeline[] {
    return this.repositories.all.flatMap((repository) => this.shown.get(repository) ?? []);
  }

  /** Undefined for the moment in which a folder comes or goes. */
  of(repository: Repository): ShownTimeline | undefined {
    return this.shown.get(repository);
  }

  dispose(): void {
    this.owned.dispose();
    this.shown.forEach((one) => one.dispose());
    this.disposables.dispose();
  }

  /** Those that stay keep what they show. */
  private follow(): void {
    const before = this.shown;
    const owned = new DisposableStore();
    this.shown = new Map();
    for (const timeline of this.repositories.timelines) {
      const known = before.get(timeline.repository);
      const one = known ?? new ShownTimeline(timeline, this.filter);
      before.delete(timeline.repository);
      this.shown.set(timeline.repository, one);
      owned.add(one.onDidChange(() => this.changed.fire()));
    }
    before.forEach((gone) => gone.dispose());
    this.owned.dispose();
    this.owned = owned;
    this.changed.fire();
  }
}
