import { isCancelled } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type {
  FileVersion,
  FolderVersion,
  HistoryPage,
  HistoryParams,
  HistoryPlace,
} from '../../core/engine';
import { sameSubject, type HistorySubject } from '../tree/versionNode';
import type { RepositorySet } from './repositorySet';

/** How many versions one "Load more" brings. */
const PAGE = 100;
/** How long one call may look through older snapshots: what else is asked for waits no longer. Milliseconds. */
const SLICE = 150;
/**
 * The first call is shorter: its rows need not wait for older snapshots. But a short look is to be drawn once, since VS Code
 * runs a row's commands without the row while it draws a tree anew. Milliseconds.
 */
const FIRST = 50;

/** What is known of the history that is shown. */
export interface FileHistoryState {
  versions: readonly (FileVersion | FolderVersion)[];
  next: HistoryPlace | undefined;
  /** How many older snapshots are still to be looked through. */
  pending: number;
  full: boolean;
  unreadable: number;
  error: unknown;
}

/** A look, and the ones that follow it. */
interface Run {
  abort: AbortController;
  /** Settles with the first answer, or without one where it was stopped. */
  first: Promise<void>;
}

const EMPTY: FileHistoryState = {
  versions: [],
  next: undefined,
  pending: 0,
  full: false,
  unreadable: 0,
  error: undefined,
};

/** The history of one file or folder: that of the active editor, or the one that is pinned. */
export class FileHistoryModel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private about: HistorySubject | undefined;
  private isPinned = false;
  private watched = false;
  /** Absent: nothing was read yet, or it is no longer true. */
  private known: FileHistoryState | undefined;
  private shown: FileHistoryState = EMPTY;
  private running: Run | undefined;

  readonly onDidChange = this.changed.event;

  constructor(repositories: RepositorySet) {
    this.disposables.add(
      repositories.onDidChange(({ repository }) => {
        if (repository === this.about?.repository) {
          this.invalidate();
        }
      }),
    );
    this.disposables.add(
      repositories.onDidChangeFolders(() => {
        if (this.about !== undefined && !repositories.all.includes(this.about.repository)) {
          this.isPinned = false;
          this.set(undefined);
        }
      }),
    );
  }

  get subject(): HistorySubject | undefined {
    return this.about;
  }

  get pinned(): boolean {
    return this.isPinned;
  }

  /** What is known so far; it may be out of date for a moment. */
  get current(): FileHistoryState {
    return this.shown;
  }

  /** Whether the first versions are still to come. */
  get loading(): boolean {
    return this.known === undefined && this.about !== undefined;
  }

  /** Whether older snapshots are being looked through, so that more versions may come. */
  get lookingOn(): boolean {
    return this.known !== undefined && this.isUnfinished(this.known);
  }

  /** Another file came to the front. What is pinned stays. */
  follow(subject: HistorySubject): void {
    if (!this.isPinned) {
      this.set(subject);
    }
  }

  /** Somebody asked for this one. */
  show(subject: HistorySubject, pinned: boolean): void {
    this.isPinned = pinned;
    this.set(subject, true);
  }

  setPinned(pinned: boolean): void {
    this.isPinned = pinned;
    this.changed.fire();
  }

  /** Whether the view is visible: only then is anything read. */
  setWatched(watched: boolean): void {
    this.watched = watched;
    if (!watched) {
      this.stop();
    } else if (this.known === undefined || this.isUnfinished(this.known)) {
      void this.get();
    }
  }

  /** The first versions; read when they are not known. Where another file comes meanwhile, that one's. */
  async get(): Promise<FileHistoryState> {
    if (this.about !== undefined && (this.known === undefined || this.isUnfinished(this.known))) {
      let run: Run | undefined = this.read(this.about);
      while (run !== undefined) {
        await run.first;
        // One that another took the place of has nothing to say.
        run = this.running === run ? undefined : this.running;
      }
    }
    return this.shown;
  }

  /** Reads anew; at once where somebody looks. */
  async refresh(): Promise<void> {
    this.invalidate();
    if (this.watched) {
      await this.get();
    }
  }

  /** Adds older versions. */
  async loadMore(): Promise<void> {
    const { about, known } = this;
    if (about === undefined || known?.next === undefined) {
      return;
    }
    const page = await ask(about, { path: about.path, limit: PAGE, from: known.next, ms: SLICE });
    if (this.known === known) {
      this.put({ ...stateOf(page), versions: [...known.versions, ...page.versions] });
    }
  }

  dispose(): void {
    this.stop();
    this.disposables.dispose();
  }

  private isUnfinished({ pending, full, next, error }: FileHistoryState): boolean {
    return pending > 0 && !full && next === undefined && error === undefined;
  }

  private set(subject: HistorySubject | undefined, always = false): void {
    if (!always && sameSubject(subject, this.about)) {
      return;
    }
    if (!sameSubject(subject, this.about)) {
      this.shown = EMPTY;
    }
    this.about = subject;
    this.invalidate();
  }

  private invalidate(): void {
    this.stop();
    this.known = undefined;
    this.changed.fire();
    if (this.watched) {
      void this.get();
    }
  }

  private stop(): void {
    this.running?.abort.abort();
    this.running = undefined;
  }

  /** Settles with the first answer; goes on looking through older snapshots while somebody looks. */
  private read(about: HistorySubject): Run {
    if (this.running === undefined) {
      const abort = new AbortController();
      // Rows that are there must not go and come back.
      const ms = this.shown.versions.length > 0 ? SLICE : FIRST;
      const first = this.readOnce(about, abort, ms);
      this.running = { abort, first };
      void first.then(() => this.goOn(about, abort));
    }
    return this.running;
  }

  private async goOn(about: HistorySubject, abort: AbortController): Promise<void> {
    while (
      !abort.signal.aborted &&
      this.watched &&
      this.known !== undefined &&
      this.isUnfinished(this.known)
    ) {
      await this.readOnce(about, abort, SLICE);
    }
    if (this.running?.abort === abort) {
      this.running = undefined;
    }
  }

  private async readOnce(about: HistorySubject, abort: AbortController, ms: number): Promise<void> {
    const limit = Math.max(PAGE, this.shown.versions.length);
    const { signal } = abort;
    try {
      const page = await ask(about, { path: about.path, limit, ms }, signal);
      if (!signal.aborted) {
        this.put({ ...stateOf(page), versions: page.versions });
      }
    } catch (error) {
      if (!signal.aborted && !isCancelled(error)) {
        this.put({ ...EMPTY, error });
      }
    }
  }

  /** The same versions stay the same list, so that the view need not be drawn again. */
  private put(state: FileHistoryState): void {
    const { versions } = this.shown;
    const put = isSame(versions, state.versions) ? { ...state, versions } : state;
    this.known = put;
    this.shown = put;
    this.changed.fire();
  }
}

function isSame(a: FileHistoryState['versions'], b: FileHistoryState['versions']): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}

function stateOf({
  next,
  pending,
  full,
  unreadable,
}: HistoryPage): Omit<FileHistoryState, 'versions'> {
  return { next, pending, full, unreadable, error: undefined };
}

function ask(
  { repository, kind }: HistorySubject,
  params: HistoryParams,
  signal?: AbortSignal,
): Promise<HistoryPage & { versions: (FileVersion | FolderVersion)[] }> {
  const context = signal === undefined ? {} : { signal };
  return kind === 'file'
    ? repository.engine.fileHistory(params, context)
    : repository.engine.folderHistory(params, context);
}
