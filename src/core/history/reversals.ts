import type { RecordId } from '../ids';
import type { Logged } from './log';

/** An operation that was undone or redone at least once: what holds now, and the record that says so. */
export interface Reversal {
  /** The operation that it is about in the end. */
  root: RecordId;
  /** false: undone. */
  done: boolean;
  /** Where in the log the record stands that says so. */
  at: number;
}

/** The record that this one takes back, or brings back; null where it is an operation of its own. */
export function reversedBy(record: Logged): RecordId | null {
  switch (record.kind) {
    case 'undo':
      return record.operation;
    case 'restore':
      return record.purpose === 'restore' ? null : record.reverses;
    case 'delete':
      return record.reverses ?? null;
    default:
      return null;
  }
}

/**
 * Which operations are undone, from a log that is in order. An undo leads to an operation, maybe by way
 * of other undos; the last one that does decides. So two windows that undo the same thing undo it once.
 */
export class Reversals {
  /** By the operation at the root. */
  readonly byRoot = new Map<RecordId, Reversal>();
  /** By the record that undid or redid it. */
  private readonly byRecord = new Map<RecordId, Reversal>();

  constructor(log: readonly Logged[]) {
    for (let at = 0; at < log.length; at++) {
      const record = log[at]!;
      const target = reversedBy(record);
      if (target !== null) {
        const before = this.byRecord.get(target);
        const done = isRedo(record, before);
        const reversal = { root: before?.root ?? target, done, at };
        this.byRecord.set(record.id, reversal);
        this.byRoot.set(reversal.root, reversal);
      }
    }
  }

  /** Whether an operation has effect; what was never undone has. */
  isDone(root: RecordId): boolean {
    return this.byRoot.get(root)?.done ?? true;
  }

  /** What a record undid or redid; undefined where it is an operation of its own. */
  of(record: RecordId): Reversal | undefined {
    return this.byRecord.get(record);
  }
}

function isRedo(record: Logged, target: Reversal | undefined): boolean {
  switch (record.kind) {
    case 'undo':
      return target !== undefined && !target.done;
    case 'restore':
      return record.purpose === 'redo';
    default:
      return false;
  }
}
