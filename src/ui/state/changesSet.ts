import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Repository } from '../../app/repository';
import { ChangesModel, type ChangedFiles } from './changesModel';
import type { RepositorySet } from './repositorySet';
import { watchFiles, watchStore } from './storeWatcher';
import type { TimelineModel } from './timelineModel';

/** What is followed of the set of repositories. */
export type FollowedRepositories = Pick<RepositorySet, 'all' | 'timelines' | 'onDidChangeFolders'>;

interface Member {
  model: ChangesModel;
  /** The model, and the watchers that keep it true. */
  owned: DisposableStore;
}

/** The working changes of every repository, and the watchers that keep them true. */
export class ChangesSet implements Disposable {
  private readonly repositories: FollowedRepositories;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private members = new Map<Repository, Member>();
  private watched = false;

  readonly onDidChange = this.changed.event;

  constructor(repositories: FollowedRepositories) {
    this.repositories = repositories;
    this.follow();
    this.disposables.add(repositories.onDidChangeFolders(() => this.follow()));
  }

  get all(): readonly ChangesModel[] {
    return this.repositories.all.flatMap((repository) => this.members.get(repository)?.model ?? []);
  }

  of(repository: Repository): ChangesModel | undefined {
    return this.members.get(repository)?.model;
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
    this.members.forEach(({ owned }) => owned.dispose());
    this.disposables.dispose();
  }

  /** Those that stay keep what is known, and what was chosen to compare with. */
  private follow(): void {
    const before = this.members;
    this.members = new Map();
    for (const timeline of this.repositories.timelines) {
      const { repository } = timeline;
      this.members.set(repository, before.get(repository) ?? this.open(timeline));
      before.delete(repository);
    }
    before.forEach(({ owned }) => owned.dispose());
    this.changed.fire();
  }

  private open(timeline: TimelineModel): Member {
    const { repository } = timeline;
    const owned = new DisposableStore();
    const model = owned.add(new ChangesModel(repository, timeline));
    owned.add(model.onDidChange(() => this.changed.fire()));
    owned.add(watchStore(repository));
    owned.add(watchFiles(repository, () => model.filesChanged()));
    model.setWatched(this.watched);
    return { model, owned };
  }
}
