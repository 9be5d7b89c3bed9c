import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Repository } from '../../app/repository';
import { ChangesModel, type ChangedFiles } from './changesModel';
import type { RepositorySet } from './repositorySet';
import { watchFiles, watchStore } from './storeWatcher';

/** The working changes of every repository, and the watchers that keep them true. */
export class ChangesSet implements Disposable {
  private readonly repositories: RepositorySet;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private models = new Map<Repository, ChangesModel>();
  private owned = new DisposableStore();
  private watched = false;

  readonly onDidChange = this.changed.event;

  constructor(repositories: RepositorySet) {
    this.repositories = repositories;
    this.follow();
    this.disposables.add(repositories.onDidChangeFolders(() => this.follow()));
  }

  get all(): readonly ChangesModel[] {
    return this.repositories.all.flatMap((repository) => this.models.get(repository) ?? []);
  }

  of(repository: Repository): ChangesModel | undefined {
    return this.models.get(repository);
  }

  /** How many files changed, in all repositories; undefined while it is not known of each. */
  get total(): ChangedFiles | undefined {
    const counts = this.all.map(({ count }) => count);
    const known = counts.filter((count) => count !== undefined);
    return known.length < counts.length
      ? undefined
      : {
          files: known.reduce((sum, { files }) => sum + files, 0),
          exact: known.every(({ exact }) => exact),
        };
  }

  /** Whether the view is visible. */
  setWatched(watched: boolean): void {
    this.watched = watched;
    for (const model of this.all) {
      model.setWatched(watched);
    }
  }

  /** Compares anew. */
  async refresh(): Promise<void> {
    await Promise.all(this.all.map((model) => model.refresh()));
  }

  dispose(): void {
    this.owned.dispose();
    this.disposables.dispose();
  }

  private follow(): void {
    this.owned.dispose();
    this.owned = new DisposableStore();
    this.models = new Map();
    for (const timeline of this.repositories.timelines) {
      const { repository } = timeline;
      const model = this.owned.add(new ChangesModel(repository, timeline));
      this.models.set(repository, model);
      this.owned.add(model.onDidChange(() => this.changed.fire()));
      this.owned.add(watchStore(repository));
      this.owned.add(watchFiles(repository, () => model.filesChanged()));
      model.setWatched(this.watched);
    }
    this.changed.fire();
  }
}
