import type {
  CheckpointInfo,
  OperationInfo,
  RestoreOperation,
  TimelineFilter,
  TimelinePage,
} from './engine';
import { SnapdirError } from './errors';
import { derive, nearestLiving, type Derived, type Undone } from './history/derive';
import {
  compareLogged,
  toLogged,
  type Logged,
  type LoggedRestore,
  type LoggedTake,
} from './history/log';
import { packLog, unpackLog, type PackedLog } from './history/packed';
import { toOperationInfo } from './history/operations';
import type { CheckpointId, RecordId } from './ids';
import { isAscending } from './order';
import type { OperationRecord } from './records';

/**
 * The state of everything that changes, folded from the records (architecture §3). It is a pure function of
 * the set of records: a record that arrives late, from another window, takes the place that its time and
 * id give it. What it derives is computed when it is first asked for.
 */
export class History {
  private log: Logged[] = [];
  private derived: Derived | undefined;

  /** Adds one record. In any order; a record that is there already changes nothing. */
  apply(id: RecordId, record: OperationRecord): void {
    this.insert(toLogged(id, record));
  }

  private insert(entry: Logged): void {
    let [from, to] = this.isNewest(entry)
      ? [this.log.length, this.log.length]
      : [0, this.log.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compareLogged(this.log[middle]!, entry) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    if (this.log[from]?.id !== entry.id) {
      this.log.splice(from, 0, entry);
      this.derived = undefined;
    }
  }

  /** Whether a record with this time and id would come after all others. */
  isNewest(record: { time: number; id: RecordId }): boolean {
    const last = this.log.at(-1);
    return last === undefined || compareLogged(last, record) < 0;
  }

  private get state(): Derived {
    this.derived ??= derive(this.log);
    return this.derived;
  }

  /** Every record, oldest first, without its long lists. */
  get records(): readonly Logged[] {
    return this.log;
  }

  /** The checkpoint that the folder was last taken as or restored to; a deleted one gives its ancestor. */
  get head(): CheckpointId | null {
    return this.state.head;
  }

  /** Refs by name, sorted; those whose checkpoint is deleted or unknown are left out. */
  get refs(): ReadonlyMap<string, CheckpointId> {
    return new Map([...this.state.refs].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** All tags of living checkpoints, sorted. */
  get tags(): string[] {
    const tags = new Set(this.state.living.flatMap((take) => this.tagsOf(take)));
    return [...tags].sort();
  }

  /** Checkpoints that were deleted (and whose deletion was not undone). */
  get deleted(): ReadonlySet<CheckpointId> {
    return this.state.deleted;
  }

  /** How many checkpoints are not deleted. */
  get size(): number {
    return this.state.living.length;
  }

  /** A take record as it was written, deleted ones too; see {@link toInfo} for what became of it. */
  checkpoint(id: CheckpointId): LoggedTake | undefined {
    return this.state.takes.get(id);
  }

  /** Whether a checkpoint is known and not deleted. */
  isLiving(id: CheckpointId): boolean {
    return this.state.takes.has(id) && !this.state.deleted.has(id);
  }

  /** Checkpoints that are not deleted. */
  checkpointsNewestFirst(): LoggedTake[] {
    return this.state.living.toReversed();
  }

  /** The nearest living ancestor. */
  parentOf(id: CheckpointId): CheckpointId | null {
    return nearestLiving(this.state, this.state.takes.get(id)?.parent ?? null);
  }

  /** The restore that undo would undo: the last one that is not undone. */
  undoable(): LoggedRestore | null {
    return this.state.undoStack.at(-1) ?? null;
  }

  /** What redo would bring back: the restore last undone, unless files were restored anew since. */
  redoable(): Undone | null {
    return this.state.redoStack.at(-1) ?? null;
  }

  private tagsOf(take: LoggedTake): string[] {
    return this.state.tags.get(take.id) ?? take.tags;
  }

  /** What people call a checkpoint now. Not copies: to look at only. */
  words(take: LoggedTake): {
    message: string;
    tags: readonly string[];
    refs: readonly string[];
  } {
    return {
      message: this.state.messages.get(take.id) ?? take.message,
      tags: this.tagsOf(take),
      refs: this.state.refsOf.get(take.id) ?? NONE,
    };
  }

  /**
   * A checkpoint as lists show it: with the tags, message and refs it has now. Its parent is the nearest
   * living one. Works for deleted checkpoints, too.
   * @throws REV_NOT_FOUND
   */
  toInfo(id: CheckpointId): CheckpointInfo {
    const take = this.state.takes.get(id);
    if (take === undefined) {
      throw new SnapdirError('REV_NOT_FOUND', { rev: id });
    }
    const { snapshot, time, author, trigger, stats, scope, skipped, unstable } = take;
    const { message, tags, refs } = this.words(take);
    return {
      ...{ id, snapshot, time, author, trigger, stats, scope, skipped, unstable },
      parent: this.parentOf(id),
      ...{ message, tags: [...tags], refs: [...refs] },
      isHead: id === this.state.head,
    };
  }

  /** Operations, newest first. */
  operations(limit: number = Infinity): OperationInfo[] {
    const { cancelled } = this.state;
    const from = Math.max(0, this.log.length - limit);
    return this.log
      .slice(from)
      .reverse()
      .map((record) => toOperationInfo(record, cancelled));
  }

  /** For the cache, plain JSON: {@link deserialize} gives an equal history back. */
  serialize(): PackedLog {
    return packLog(this.log);
  }

  /** @throws PARSE when it is not what {@link serialize} made */
  static deserialize(value: unknown): History {
    const history = new History();
    const log = unpackLog(value);
    if (isAscending(log, compareLogged)) {
      history.log = log;
    } else {
      log.forEach((entry) => history.insert(entry));
    }
    return history;
  }
}

const NONE: readonly string[] = [];

/** The history of these records, in whatever order they come. */
export function foldHistory(records: Iterable<{ id: RecordId; record: OperationRecord }>): History {
  const history = new History();
  for (const { id, record } of records) {
    history.apply(id, record);
  }
  return history;
}

function toRestoreOperation(restore: LoggedRestore | undefined | null): RestoreOperation | null {
  if (restore === undefined || restore === null) {
    return null;
  }
  const { id, time, checkpoint, scope, counts } = restore;
  return { id, time, checkpoint, scope, counts };
}

function matchesText(history: History, take: LoggedTake, text: string): boolean {
  const needle = text.toLowerCase();
  const { message, tags, refs } = history.words(take);
  return (
    take.id.startsWith(needle) ||
    take.snapshot.startsWith(needle) ||
    [message, take.author, ...tags, ...refs].some((word) => word.toLowerCase().includes(needle))
  );
}

function matches(history: History, take: LoggedTake, filter: TimelineFilter): boolean {
  const { text, tag, ref, triggers, since, until } = filter;
  return (
    (since === undefined || take.time >= since) &&
    (until === undefined || take.time <= until) &&
    (triggers === undefined || triggers.includes(take.trigger)) &&
    (tag === undefined || history.words(take).tags.includes(tag)) &&
    (ref === undefined || history.words(take).refs.includes(ref)) &&
    (text === undefined || text === '' || matchesText(history, take, text))
  );
}

/**
 * One page of the timeline, newest first. `before` is the last checkpoint of the page before, which may
 * have been deleted since. `pendingRestore` is null: only the engine can see a journal.
 */
export function timelinePage(
  history: History,
  options: { limit?: number; before?: CheckpointId; filter?: TimelineFilter } = {},
): TimelinePage {
  const { limit = 100, filter = {} } = options;
  const all = history.checkpointsNewestFirst();
  const unfiltered = Object.values(filter).every((value) => value === undefined);
  const matching = unfiltered ? all : all.filter((take) => matches(history, take, filter));
  const before = options.before === undefined ? undefined : history.checkpoint(options.before);
  let start = 0;
  if (options.before !== undefined) {
    const next = before && matching.findIndex((take) => compareLogged(take, before) < 0);
    start = next === undefined || next < 0 ? matching.length : next;
  }
  const page = matching.slice(start, start + limit);
  const last = page.at(-1);
  return {
    checkpoints: page.map((take) => history.toInfo(take.id)),
    ...(last !== undefined && start + limit < matching.length ? { next: last.id } : {}),
    head: history.head,
    total: matching.length,
    refs: Object.fromEntries(history.refs),
    tags: history.tags,
    undoable: toRestoreOperation(history.undoable()),
    redoable: toRestoreOperation(history.redoable()?.restore),
    pendingRestore: null,
  };
}
