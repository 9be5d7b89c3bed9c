import type { RecordId } from '../ids';
import type { OperationRecord, RestoreRecord, TakeRecord } from '../records';

type Lean<R> = R extends TakeRecord
  ? Omit<R, 'v' | 'links' | 'skipped' | 'unstable' | 'rules'> & {
      skipped: number;
      unstable: number;
    }
  : R extends RestoreRecord
    ? Omit<R, 'v' | 'failed' | 'conflicts'> & { conflicts: number }
    : R;

type WithId<R> = R extends unknown ? Lean<R> & { id: RecordId } : never;

/** A record without its long lists (how many there were is kept), and its id. */
export type Logged = WithId<OperationRecord>;
export type LoggedTake = Extract<Logged, { kind: 'take' }>;
export type LoggedRestore = Extract<Logged, { kind: 'restore' }>;

/** Drops what only a record's own reader needs, so that 10,000 of them stay small. */
export function toLogged(id: RecordId, record: OperationRecord): Logged {
  switch (record.kind) {
    case 'take': {
      const { kind, time, author, snapshot, parent, message, tags, trigger, stats, scope } = record;
      const [skipped, unstable] = [record.skipped.length, record.unstable.length];
      const origin = record.origin === undefined ? {} : { origin: record.origin };
      return {
        ...{ id, kind, time, author, snapshot, parent, message, tags, trigger, stats, scope },
        ...{ skipped, unstable, ...origin },
      };
    }
    case 'restore': {
      const { kind, time, author, purpose, checkpoint, snapshot, safety, headBefore, head } =
        record;
      const { scope, exact, reverses, counts, conflicts } = record;
      return {
        ...{ id, kind, time, author, purpose, checkpoint, snapshot, safety, headBefore, head },
        ...{ scope, exact, reverses, counts, conflicts: conflicts.length },
      };
    }
    default:
      return { ...record, id };
  }
}

/** The order of records' file names: by time, then by id. */
export function compareLogged(
  a: Pick<Logged, 'time' | 'id'>,
  b: Pick<Logged, 'time' | 'id'>,
): number {
  return a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Taken by a restore beside every line, or brought from somewhere else: neither moves HEAD, nor begins a line. */
export function standsAlone(take: Pick<LoggedTake, 'trigger'>): boolean {
  return take.trigger === 'safety' || take.trigger === 'import';
}
