import type { CheckpointInfo } from './engine';
import { SnapdirError } from './errors';
import { derive, nearestLiving, withNewest } from './history/derive';
import type { Derived, Undone } from './history/derived';
import {
  compareLogged,
  toLogged,
  type Logged,
  type LoggedRestore,
  type LoggedTake,
} from './history/log';
import { infoOf } from './history/info';
import { findLines, linesAfter, type Lines } from './history/lines';
import { packLog, unpackLog, type PackedLog } from './history/packed';
import type { ListChange, NewReversal } from './history/listChange';
import type { Reversals } from './history/reversals';
import { textOf, textsWith, type Words } from './history/texts';
import type { Forgetting } from './history/forgetting';
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
  private foundLines: { of: Derived; lines: Lines } | undefined;
  private foundTexts: { of: Derived; texts: string[] } | undefined;

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
    if (this.log[from]?.id === entry.id) {
      return;
    }
    this.log.splice(from, 0, entry);
    if (from === this.log.length - 1) {
      this.append(entry);
    } else {
      this.derived = undefined;
    }
  }

  /** What follows from a log that became longer, where that is plain to see. */
  private append(entry: Logged): void {
    const { derived: before, foundLines: found, foundTexts } = this;
    this.derived = before && withNewest(before, entry);
    if (this.derived !== undefined && this.derived.log !== this.log) {
      this.derived.log = [...this.derived.log, entry];
    }
    this.foundLines = undefined;
    this.foundTexts = undefined;
    if (this.derived === undefined) {
      return;
    }
    if (found !== undefined && found.of === before) {
      const parentOf = (id: CheckpointId): CheckpointId | null => this.parentOf(id);
      const lines = linesAfter(found.lines, entry, before.head, parentOf);
      this.foundLines = lines && { of: this.derived, lines };
    }
    if (foundTexts !== undefined && foundTexts.of === before) {
      const texts = textsWith(foundTexts.texts, entry, (take) => this.words(take));
      this.foundTexts = texts && { of: this.derived, texts };
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

  /** Every record, oldest first, without its long lists, and with the snapshot that it has now. */
  get records(): readonly Logged[] {
    return this.state.log;
  }

  /** What was forgotten. */
  get forgetting(): Forgetting {
    return this.state.forgetting;
  }

  /** The checkpoint that the folder was last taken as or restored to; a deleted one gives its ancestor. */
  get head(): CheckpointId | null {
    return this.state.head;
  }

  /** Refs by name, sorted; those whose checkpoint is deleted or unknown are left out. */
  get refs(): ReadonlyMap<string, CheckpointId> {
    return new Map([...this.state.refs].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Whether a ref named it at any time: such a checkpoint goes off the list only where a person deletes it. */
  wasPromoted(id: CheckpointId): boolean {
    return this.state.promoted.has(id);
  }

  /** All tags of living checkpoints, sorted. */
  get tags(): string[] {
    const tags = new Set<string>();
    for (const take of this.state.living) {
      this.tagsOf(take).forEach((tag) => tags.add(tag));
    }
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

  /** A take record, deleted ones too, with the snapshot that it has now; see {@link toInfo} for what else became of it. */
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

  /** The same, oldest first. Not a copy: to look at only. */
  get checkpoints(): readonly LoggedTake[] {
    return this.state.living;
  }

  /** What text filters look through, of each of {@link checkpoints}: see {@link textOf}. Made when it is first asked for. */
  get texts(): readonly string[] {
    const { state } = this;
    if (this.foundTexts?.of !== state) {
      const texts = state.living.map((take) => textOf(take, this.words(take)));
      this.foundTexts = { of: state, texts };
    }
    return this.foundTexts.texts;
  }

  /** The nearest living ancestor. */
  parentOf(id: CheckpointId): CheckpointId | null {
    return nearestLiving(this.state, this.state.takes.get(id)?.parent ?? null);
  }

  /** How the lines of the timeline part. Only lists ask, so it is found when they do. */
  private get lines(): Lines {
    const { state } = this;
    if (this.foundLines?.of !== state) {
      const lines = findLines(state.living, (id) => this.parentOf(id), state.head);
      this.foundLines = { of: state, lines };
    }
    return this.foundLines.lines;
  }

  /** The restore that undo would undo: the last one that is not undone. */
  undoable(): LoggedRestore | null {
    return this.state.undoStack.at(-1) ?? null;
  }

  /** What redo would bring back: the restore last undone, unless files were restored anew since. */
  redoable(): Undone | null {
    return this.state.redoStack.at(-1) ?? null;
  }

  /** Restores that are in effect, and undos of restores that may be redone, each in the order in which they came to be. */
  get restores(): { undoable: readonly LoggedRestore[]; redoable: readonly LoggedRestore[] } {
    const { undoStack, redoStack } = this.state;
    return { undoable: undoStack, redoable: redoStack.map(({ undo }) => undo) };
  }

  private tagsOf(take: LoggedTake): string[] {
    return this.state.tags.get(take.id) ?? take.tags;
  }

  /** What people call a checkpoint now. Not copies: to look at only. */
  words(take: LoggedTake): Words {
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
    const info = infoOf(take, this.words(take), this.parentOf(id));
    info.isHead = id === this.state.head;
    return Object.assign(info, this.placeOf(id));
  }

  /** Where a checkpoint stands among the lines; mostly nothing is to be said. */
  private placeOf(id: CheckpointId): Pick<CheckpointInfo, 'branchOf' | 'forks' | 'aside'> {
    const { branchOf, forks, aside } = this.lines;
    const from = this.state.takes.get(branchOf.get(id) ?? id);
    const count = forks.get(id);
    return {
      ...(from !== undefined &&
        from.id !== id && {
          branchOf: { id: from.id, time: from.time, message: this.words(from).message },
        }),
      ...(count !== undefined && { forks: count }),
      ...(aside.has(id) && { aside: true }),
    };
  }

  /** Which operations are undone. */
  get reversals(): Reversals {
    return this.state.reversals;
  }

  /** What would become of the list if these records were added now. */
  ifAdded(records: readonly NewReversal[]): ListChange {
    const last = this.log.at(-1)?.time ?? 0;
    const added = records.map((record, n): Logged => {
      const id = `${n}`.padStart(64, '0') as RecordId;
      return { ...record, v: 1, id, time: last + 1 + n, author: '' };
    });
    const after = derive([...this.log, ...added]);
    const unlisted = this.state.living.filter(({ id }) => after.deleted.has(id));
    return {
      listed: after.living.filter(({ id }) => !this.isLiving(id)),
      unlisted,
      promoted: unlisted.filter(({ id }) => after.dangling.has(id)),
    };
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
