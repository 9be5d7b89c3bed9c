import type { OperationInfo, OperationPage } from './engine';
import type { History } from './history';
import type { Logged, LoggedRestore } from './history/log';
import { aboutOf, describeRecord, kindOf } from './history/operations';
import { reachesMeet, reachOf, type Reach } from './history/reach';
import { reversedBy, Reversals } from './history/reversals';
import {
  isAutomatic,
  isPin,
  nextRoot,
  obstacleTo,
  stepOf,
  stepsBackTo,
  stepsInOrder,
  type Meet,
  type Past,
  type Step,
} from './history/undoing';
import type { RecordId } from './ids';
import type { UndoObstacle } from './undoObstacle';

/** The operations of a history, with what undo and redo can do about each. Looks at the records only. */
export class OperationLog {
  private readonly history: History;
  private readonly past: Past;
  private records: ReadonlyMap<RecordId, Logged> | undefined;
  private safetyIds: ReadonlySet<RecordId> | undefined;
  private readonly meet: Meet;

  /** @param meet looks closer where, as far as the records tell, two restores may have changed the same files */
  constructor(history: History, meet: Meet = () => true) {
    this.history = history;
    const { undoable, redoable } = history.restores;
    this.past = {
      log: history.records,
      reversals: history.reversals,
      undoableRestores: undoable,
      redoableRestores: redoable,
    };
    this.meet = (a, b) => reachesMeet(this.reachOf(a), this.reachOf(b)) && meet(a, b);
  }

  private reachOf(restore: LoggedRestore): Reach {
    return reachOf(restore, this.history.checkpoint(restore.safety));
  }

  private get byId(): ReadonlyMap<RecordId, Logged> {
    this.records ??= new Map(this.past.log.map((record) => [record.id, record]));
    return this.records;
  }

  /** Safety checkpoints of restores that took place. */
  private get safeties(): ReadonlySet<RecordId> {
    this.safetyIds ??= new Set(
      this.past.log.flatMap((record) => (record.kind === 'restore' ? [record.safety] : [])),
    );
    return this.safetyIds;
  }

  /** What undo, or redo, without a name would take, one after the other, the next one first. */
  inOrder(what: 'undo' | 'redo'): Step[] {
    return stepsInOrder(this.past, what);
  }

  /** The first of them: the id of the operation. */
  next(what: 'undo' | 'redo'): RecordId | null {
    return nextRoot(this.past, what);
  }

  /**
   * The step that turns one operation over; an undo's own id means what it undid.
   * @returns undefined when there is no such operation
   */
  stepOf(operation: RecordId): Step | undefined {
    const root = this.history.reversals.of(operation)?.root ?? operation;
    const record = this.byId.get(root);
    return record && stepOf(this.past, this.byId, record);
  }

  /** What brings back how it was right after a record, in order; undefined: there is no such record. */
  backTo(record: RecordId): Step[] | undefined {
    const { log } = this.past;
    const at = log.findIndex(({ id }) => id === record);
    const then = new Reversals(log.slice(0, at + 1));
    return at < 0 ? undefined : stepsBackTo(this.past, then, at);
  }

  /** Why a step cannot be taken, as far as the records tell. */
  obstacleTo(step: Step): UndoObstacle | null {
    const { safeties, meet } = this;
    return obstacleTo(this.past, step, { safeties, meet });
  }

  /** A row of the list. */
  info(record: Logged): OperationInfo {
    const { history, past, byId } = this;
    const reversal = history.reversals.of(record.id);
    const root = reversal && byId.get(reversal.root);
    const step = stepOf(past, byId, record);
    const obstacle = step === undefined ? 'superseded' : this.obstacleTo(step);
    const isReversal = reversedBy(record) !== null;
    const kind = reversal?.done === true ? 'redo' : 'undo';
    const aboutId = aboutOf(root ?? record);
    const about = aboutId === null ? undefined : history.checkpoint(aboutId);
    return {
      ...describeRecord(record),
      kind: isReversal ? kind : kindOf(record),
      of: root === undefined ? null : { id: root.id, kind: kindOf(root) },
      automatic: isAutomatic(record),
      undone: !isReversal && !history.reversals.isDone(record.id),
      about:
        about === undefined
          ? null
          : { id: about.id, message: history.words(about).message, time: about.time },
      offers: obstacle === null && step !== undefined ? step.what : null,
      obstacle,
    };
  }

  /** A page of the list, newest first, without the safety checkpoints of restores, and what only keeps promotions. */
  page(of: { limit?: number; before?: RecordId } = {}): OperationPage {
    const { limit = 100, before } = of;
    const all = this.past.log
      .filter((record) => !this.safeties.has(record.id) && !isPin(record))
      .reverse();
    const found = before === undefined ? -1 : all.findIndex(({ id }) => id === before);
    const start = before !== undefined && found < 0 ? all.length : found + 1;
    const page = all.slice(start, start + limit);
    const last = page.at(-1);
    return {
      operations: page.map((record) => this.info(record)),
      ...(last !== undefined && start + limit < all.length ? { next: last.id } : {}),
      undo: this.next('undo'),
      redo: this.next('redo'),
    };
  }
}
