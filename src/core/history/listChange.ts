import type { DeleteRecord, OperationRecord, UndoRecord } from '../records';
import type { LoggedTake } from './log';

type Unstamped<R> = R extends OperationRecord ? Omit<R, 'v' | 'time' | 'author'> : never;
/** What undoes or redoes an operation on records, before it is written. */
export type NewReversal = Unstamped<UndoRecord | DeleteRecord>;

/** Checkpoints that come to the list, go off it, and among those what a name still stands for. */
export interface ListChange {
  listed: LoggedTake[];
  unlisted: LoggedTake[];
  promoted: LoggedTake[];
}
