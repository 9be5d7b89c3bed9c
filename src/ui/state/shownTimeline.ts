import type { Disposable } from '../../base/disposable';
import { DisposableStore } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { isCancelled } from '../../base/abort';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo, TimelinePage, TimelineParams } from '../../core/engine';
import type { CheckpointId } from '../../core/ids';
import { sortOrder, type SortOrder } from './settings';
import type { FilterState } from './timelineFilter';
import { PAGE_SIZE, type TimelineModel } from './timelineModel';

/** How long one look for a path may keep others waiting that only look, in milliseconds. */
const SLICE_MS = 200;

/** What the view shows of one repository. */
export interface ShownState {
  checkpoints: readonly CheckpointInfo[];
  /** Absent where everything is loaded. */
  next: CheckpointId | undefined;
  /** How many match, as far as they were looked at. */
  total: number;
  /** How many were not looked at yet. */
  unread: number;
  foreign: boolean;
  error: unknown;
}

/**
 * One repository's timeline as the view shows it: filtered and sorted by the engine. Without a filter and
 * newest first it is the timeline that everything else uses, too.
 */
export class ShownTimeline implements Disposable {
  readonly repository: Repository;
  private readonly base: TimelineModel;
  private readonly filter: FilterState;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private order: SortOrder = sortOrder();
  private own: ShownState | undefined;
  private looking: AbortController | undefined;
  /** So much is wanted, whatever is loaded: something may happen before it is there. */
  private wanted: TimelineParams = { limit: PAGE_SIZE };
  private latest: Promise<void> = Promise.resolve();

  /** There is something else to show, or more is known of what is shown. */
  readonly onDidChange = this.changed.event;

  constructor(base: TimelineModel, filter: FilterState) {
    this.base = base;
    this.repository = base.repository;
    this.filter = filter;
    this.disposables.add(
      base.onDidChange(() => {
        if (this.isPlain) {
          this.changed.fire();
        } else {
          this.look();
        }
      }),
    );
    this.disposables.add(filter.onDidChange(() => this.start()));
  }

  /** The order in settings may be another one. */
  sort(): void {
    if (this.order !== sortOrder()) {
      this.order = sortOrder();
      this.start();
    }
  }

  /** What to show, once the look that is under way has something to show. */
  async get(): Promise<ShownState> {
    let { latest } = this;
    await latest;
    // A look that another one took the place of has nothing to say.
    while (latest !== this.latest) {
      latest = this.latest;
      await latest;
    }
    return this.isPlain || this.own === undefined ? fromBase(await this.base.get()) : this.own;
  }

  /**
   * Has the engine make ready what the first letter of a text filter needs: it takes several times as long as what the
   * next ones need, and who opens the filter has not typed yet.
   */
  prepareText(): void {
    // Which text it is matters not, but that it may be an id: then those are looked at, too.
    const look = this.repository.engine.timeline({ limit: 1, filter: { text: '0' } });
    look.catch(() => undefined);
  }

  /** What is known without waiting. */
  get current(): ShownState | undefined {
    return this.isPlain ? this.base.current && fromBase(this.base.current) : this.own;
  }

  /** Adds the next page. */
  async loadMore(): Promise<void> {
    if (this.isPlain) {
      return this.base.loadMore();
    }
    const { checkpoints } = await this.get();
    this.wanted = { limit: checkpoints.length + PAGE_SIZE };
    this.look();
    await this.get();
  }

  /** Loads as much as it takes to show a checkpoint; false where the filter hides it. */
  async loadThrough(id: CheckpointId): Promise<boolean> {
    if (this.isPlain) {
      return this.base.loadThrough(id);
    }
    this.wanted = { ...this.wanted, through: id };
    this.look();
    const { checkpoints } = await this.get();
    this.wanted = { limit: Math.max(PAGE_SIZE, checkpoints.length) };
    return checkpoints.some((checkpoint) => checkpoint.id === id);
  }

  dispose(): void {
    this.looking?.abort();
    this.disposables.dispose();
  }

  private get isPlain(): boolean {
    return !this.filter.isActive && this.order === 'newest';
  }

  /** Another filter, or another order: from the top. */
  private start(): void {
    this.looking?.abort();
    this.wanted = { limit: PAGE_SIZE };
    if (this.isPlain) {
      this.own = undefined;
      this.latest = Promise.resolve();
      this.changed.fire();
    } else {
      this.look();
    }
  }

  /** Looks anew; what a look before this one still finds is not wanted any more. */
  private look(): void {
    this.looking?.abort();
    const looking = new AbortController();
    this.looking = looking;
    this.latest = new Promise((resolve) => {
      void this.run(this.wanted, looking.signal, resolve).finally(resolve);
    });
  }

  private async run(params: TimelineParams, signal: AbortSignal, seen: () => void): Promise<void> {
    const { current: filter } = this.filter;
    const { order } = this;
    let unread = 0;
    do {
      try {
        const { engine } = this.repository;
        const page = await engine.timeline({ ...params, filter, order, ms: SLICE_MS }, { signal });
        if (signal.aborted) {
          return;
        }
        unread = page.full === true ? 0 : (page.unread ?? 0);
        this.own = fromPage(page, this.base.current?.foreign === true, this.own);
      } catch (error) {
        if (isCancelled(error) || signal.aborted) {
          return;
        }
        this.own = { ...NOTHING, error };
        unread = 0;
      }
      seen();
      this.changed.fire();
    } while (unread > 0);
  }
}

const NOTHING: ShownState = {
  ...{ checkpoints: [], next: undefined, total: 0, unread: 0, foreign: false, error: undefined },
};

function fromBase({
  checkpoints,
  next,
  total,
  foreign,
  error,
}: Omit<ShownState, 'unread'>): ShownState {
  return { checkpoints, next, total, unread: 0, foreign, error };
}

/** The same list stays the same object, so that the view need not be drawn again. */
function fromPage(
  page: TimelinePage,
  foreign: boolean,
  before: ShownState | undefined,
): ShownState {
  const { next, total, unread = 0 } = page;
  const known = before?.checkpoints ?? [];
  const checkpoints = isSameList(known, page.checkpoints) ? known : page.checkpoints;
  return { checkpoints, next, total, unread, foreign, error: undefined };
}

/** After a keystroke mostly other checkpoints are shown, which their ids tell sooner than all the rest of them. */
function isSameList(before: readonly CheckpointInfo[], now: readonly CheckpointInfo[]): boolean {
  return (
    before.length === now.length &&
    before.every(({ id }, at) => id === now[at]?.id) &&
    JSON.stringify(before) === JSON.stringify(now)
  );
}
