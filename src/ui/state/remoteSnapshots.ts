import { listRemote, type RemoteList, type RemoteName } from '../../app/listRemote';
import { remoteHistory, type RemoteHistory } from '../../app/remoteHistory';
import type { Repository } from '../../app/repository';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { CallContext } from '../../core/engine';
import type { Target } from '../../app/transfer/target';
import type { Remotes } from '../remotes/remotes';
import type { RepositorySet } from './repositorySet';

/**
 * What permanent stores hold, as far as somebody looked. Nothing is asked before a row is unfolded, and what is
 * being asked stops when nobody looks any more.
 */
export class RemoteSnapshots implements Disposable {
  private readonly remotes: Remotes;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly known = new Map<string, Promise<unknown>>();
  /** By folder and store; kept when what is known is asked anew. */
  private readonly seen = new Map<string, readonly RemoteName[]>();
  private abort = new AbortController();

  /** What was known is no longer so. */
  readonly onDidChange = this.changed.event;

  constructor(remotes: Remotes, repositories: RepositorySet) {
    this.remotes = remotes;
    this.disposables.add(
      remotes.onDidChange(() => {
        // The same name may be another store now.
        this.seen.clear();
        this.refresh();
      }),
    );
    this.disposables.add(repositories.onDidChangeFolders(() => this.refresh()));
  }

  /** The promoted names of a store. @throws REMOTE_…, AbortError */
  list(store: string, repository: Repository): Promise<RemoteList> {
    const key = `${repository.root}\n${store}`;
    return this.ask(key, store, repository, async (target, context) => {
      const list = await listRemote(repository, target, context);
      this.seen.set(key, list.names);
      return list;
    });
  }

  /** The names that a store was seen to hold the last time that somebody looked; nobody is asked. */
  seenNames(store: string, repository: Repository): readonly RemoteName[] {
    return this.seen.get(`${repository.root}\n${store}`) ?? [];
  }

  /** What a name of a store stood for before. @throws REMOTE_…, AbortError */
  history(store: string, repository: Repository, name: string): Promise<RemoteHistory> {
    const key = `${repository.root}\n${store}\n${name}`;
    return this.ask(key, store, repository, (target, context) =>
      remoteHistory(repository, target, name, context),
    );
  }

  /** Forgets all that is known; whoever looks asks anew. */
  refresh(): void {
    this.known.clear();
    this.changed.fire();
  }

  /** Nobody looks: what is being asked stops. */
  stop(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  dispose(): void {
    this.stop();
    this.disposables.dispose();
  }

  private ask<T>(
    key: string,
    store: string,
    repository: Repository,
    work: (target: Target, context: CallContext) => Promise<T>,
  ): Promise<T> {
    const before = this.known.get(key) as Promise<T> | undefined;
    if (before !== undefined) {
      return before;
    }
    const { signal } = this.abort;
    const asked = this.remotes.use(store, repository, (target) => work(target, { signal }));
    this.known.set(key, asked);
    // A failure is told once, and asked again the next time.
    asked.catch(() => this.known.get(key) === asked && this.known.delete(key));
    return asked;
  }
}
