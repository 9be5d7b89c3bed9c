import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Logger } from '../../base/logger';
import { compareSnapshots } from '../../app/compareSnapshots';
import type { Repository } from '../../app/repository';
import type { Comparison } from '../../core/change';
import type { CheckpointInfo, PendingRestore, TimelinePage } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { coalesce, oneByOne } from '../scheduling/coalesce';

/** How many checkpoints one "Load more" brings. */
export const PAGE_SIZE = 200;
/** At most this many changes of a checkpoint become rows. */
export const CHANGE_ROWS = 5_000;
const KEPT_COMPARISONS = 30;

/** What is known of one repository's timeline. */
export interface TimelineState {
  checkpoints: readonly CheckpointInfo[];
  /** Absent where everything is loaded. */
  next: CheckpointId | undefined;
  total: number;
  head: CheckpointInfo | undefined;
  refs: Readonly<Record<string, CheckpointId>>;
  /** Names that stand for what was fetched from a store. */
  fetched: readonly string[];
  tags: readonly string[];
  canUndo: boolean;
  canRedo: boolean;
  /** Of operations of any kind. */
  canUndoOperation: boolean;
  canRedoOperation: boolean;
  pendingRestore: PendingRestore | null;
  /** The snapshots came with the folder: they can only be looked at. */
  foreign: boolean;
  /** There is no store, but there was one. */
  vanished: boolean;
  /** Why the timeline could not be read. */
  error: unknown;
}

const EMPTY: TimelineState = {
  checkpoints: [],
  next: undefined,
  total: 0,
  head: undefined,
  refs: {},
  fetched: [],
  tags: [],
  canUndo: false,
  canRedo: false,
  canUndoOperation: false,
  canRedoOperation: false,
  pendingRestore: null,
  foreign: false,
  vanished: false,
  error: undefined,
};

/** Loads one repository's timeline page by page and keeps what the views show of it. */
export class TimelineModel implements Disposable {
  readonly repository: Repository;
  private readonly log: Logger;
  private readonly changed = new Emitter<void>();
  private readonly subscription: Disposable;
  private readonly comparisons = new Map<string, Promise<Comparison>>();
  private state: TimelineState | undefined;
  private latest: Promise<void> | undefined;
  /** What one of them loads goes by what is loaded: together, each would undo what the other did. */
  private readonly alone = oneByOne();
  private readonly readAgain = coalesce(() => this.alone(() => this.read()));

  readonly onDidChange = this.changed.event;

  constructor(repository: Repository, log: Logger) {
    this.repository = repository;
    this.log = log;
    this.subscription = repository.onDidChange(() => {
      // Whatever has not been looked at yet will be read fresh when it is.
      if (this.latest !== undefined) {
        void this.refresh();
      }
    });
  }

  /** Reads again what is loaded. Bursts cost two reads at most. */
  refresh(): Promise<void> {
    this.latest = this.readAgain();
    return this.latest;
  }

  /** The timeline; read at the first call, and after whatever happened last. */
  async get(): Promise<TimelineState> {
    await (this.latest ?? this.refresh());
    return this.state ?? EMPTY;
  }

  /** What is known already; undefined before the first read. */
  get current(): TimelineState | undefined {
    return this.state;
  }

  /** Adds the next page. */
  async loadMore(): Promise<void> {
    await this.get();
    await this.alone(() => this.addPage());
  }

  private async addPage(): Promise<void> {
    const { state } = this;
    if (state?.next === undefined) {
      return;
    }
    const page = await this.repository.engine.timeline({ limit: PAGE_SIZE, before: state.next });
    const known = new Set(state.checkpoints.map((c) => c.id));
    const fresh = page.checkpoints.filter((c) => !known.has(c.id));
    this.set({ ...state, checkpoints: [...state.checkpoints, ...fresh], next: page.next });
  }

  /** Loads as many pages as it takes to have a checkpoint among them; false where it is not on the list. */
  async loadThrough(id: CheckpointId): Promise<boolean> {
    await this.get();
    return this.alone(() => this.readThrough(id));
  }

  private async readThrough(id: CheckpointId): Promise<boolean> {
    const holds = ({ checkpoints }: TimelineState): boolean => checkpoints.some((c) => c.id === id);
    const { state = EMPTY } = this;
    if (holds(state) || state.next === undefined) {
      return holds(state);
    }
    const limit = Math.max(PAGE_SIZE, state.checkpoints.length);
    const page = await this.repository.engine.timeline({ limit, through: id });
    const { foreign, vanished } = state;
    this.set({ ...fromPage(page, await this.findHead(page)), foreign, vanished });
    return holds(this.state ?? EMPTY);
  }

  /** What a checkpoint changed against its parent. Immutable, so it is kept for a while. */
  changesOf(checkpoint: CheckpointInfo): Promise<Comparison> {
    // The parent is part of the key: when it is deleted, an older one takes its place.
    const key = `${checkpoint.parent ?? ''}→${checkpoint.id}`;
    const known = this.comparisons.get(key);
    if (known !== undefined) {
      return known;
    }
    const comparison = compareSnapshots(this.repository, {
      left: checkpoint.parent ?? 'empty',
      right: checkpoint.id,
      limit: CHANGE_ROWS,
    });
    this.comparisons.set(key, comparison);
    comparison.catch(() => this.comparisons.delete(key));
    const oldest = this.comparisons.keys().next().value;
    if (this.comparisons.size > KEPT_COMPARISONS && oldest !== undefined) {
      this.comparisons.delete(oldest);
    }
    return comparison;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async read(): Promise<void> {
    const { checkpoints = [], next } = this.state ?? {};
    // Where everything was loaded, new checkpoints must not push old ones off the end.
    const room = next === undefined ? PAGE_SIZE : 0;
    const limit = Math.max(PAGE_SIZE, checkpoints.length + room);
    try {
      const page = await this.repository.engine.timeline({ limit });
      const { foreign, vanished } = await this.repository.engine.status({});
      const known = { foreign, vanished: vanished !== null };
      this.set({ ...fromPage(page, await this.findHead(page)), ...known });
    } catch (error) {
      if (!SnapdirError.is(error, 'STORE_NOT_FOUND')) {
        this.log.error(`Cannot read the timeline of ${this.repository.root}`, error);
      }
      this.set(SnapdirError.is(error, 'STORE_NOT_FOUND') ? EMPTY : { ...EMPTY, error });
    }
  }

  /** HEAD may be older than the page, after a restore. */
  private async findHead(page: TimelinePage): Promise<CheckpointInfo | undefined> {
    const { head } = page;
    if (head === null) {
      return undefined;
    }
    const listed = page.checkpoints.find((c) => c.id === head);
    if (listed !== undefined) {
      return listed;
    }
    const resolved = await this.repository.engine.resolve({ rev: head });
    return resolved.kind === 'snapshot' ? (resolved.checkpoint ?? undefined) : undefined;
  }

  private set(state: TimelineState): void {
    this.state = state;
    this.changed.fire();
  }
}

function fromPage(
  page: TimelinePage,
  head: CheckpointInfo | undefined,
): Omit<TimelineState, 'foreign' | 'vanished'> {
  return {
    checkpoints: page.checkpoints,
    next: page.next,
    total: page.total,
    head,
    refs: page.refs,
    fetched: page.fetched ?? [],
    tags: page.tags,
    canUndo: page.undoable !== null,
    canRedo: page.redoable !== null,
    canUndoOperation: page.undo !== null,
    canRedoOperation: page.redo !== null,
    pendingRestore: page.pendingRestore,
    error: undefined,
  };
}
