import { foldHistory, type History } from '../../../src/core/history';
import { OperationLog } from '../../../src/core/operationLog';
import { timelinePage } from '../../../src/core/timelinePage';
import type { CheckpointId, RecordId, SnapshotId } from '../../../src/core/ids';
import type { OperationRecord } from '../../../src/core/records';
import { id, snapshotId, take } from './records';

export const author = 'me@here';
/** A record under its id. */
export type Entry = { id: RecordId; record: OperationRecord };

/** Writes records one after another, each a second later, under short ids. */
export class Script {
  readonly entries: Entry[] = [];
  private time = 0;

  add(name: string, record: OperationRecord): RecordId {
    this.time += 1000;
    this.entries.push({ id: id(name), record: { ...record, time: this.time } });
    return id(name);
  }

  take(name: string, parent: CheckpointId | null = null, more = {}): RecordId {
    return this.add(name, take({ parent, snapshot: snapshotId(name), message: name, ...more }));
  }

  ref(op: string, name: string, checkpoint: CheckpointId | null): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'ref', name, checkpoint, previous: null });
  }

  tag(op: string, checkpoint: CheckpointId, add: string[], remove: string[] = []): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'tag', checkpoint, add, remove });
  }

  pin(op: string, promoting: string, checkpoint: CheckpointId): RecordId {
    const none = { add: [], remove: [] };
    return this.add(op, { v: 1, time: 0, author, kind: 'tag', checkpoint, ...none, promoting });
  }

  rename(op: string, checkpoint: CheckpointId, message: string): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'rename', checkpoint, message });
  }

  delete(op: string, ...checkpoints: CheckpointId[]): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'delete', checkpoints });
  }

  forget(op: string, paths: string[], replaced: Record<SnapshotId, SnapshotId>): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'forget', paths, replaced });
  }

  undo(op: string, operation: RecordId): RecordId {
    return this.add(op, { v: 1, time: 0, author, kind: 'undo', operation });
  }

  get history(): History {
    return foldHistory(this.entries);
  }
}

/** All that a history tells. */
export function snapshotOf(history: History): unknown {
  return {
    page: timelinePage(history, { limit: 1000 }),
    operations: new OperationLog(history).page({ limit: 1000 }),
    deleted: [...history.deleted].sort(),
    redoable: history.redoable(),
    gone: [...history.forgetting.gone].sort(),
    records: history.records,
    texts: history.texts,
  };
}
