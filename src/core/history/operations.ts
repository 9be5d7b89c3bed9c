import type { OperationInfo } from '../engine';
import type { RecordId } from '../ids';
import type { Logged } from './log';

type Detail = OperationInfo['detail'];

function detailOf(record: Logged): Detail {
  switch (record.kind) {
    case 'take': {
      const { message, trigger, stats, skipped } = record;
      return { message, trigger, files: stats.files, bytes: stats.bytes, skipped };
    }
    case 'restore': {
      const { purpose, checkpoint, snapshot, exact, reverses, counts, conflicts } = record;
      const { written, deleted, failed } = counts;
      return {
        ...{ purpose, checkpoint, snapshot, exact, reverses },
        ...{ written, deleted, failed, conflicts },
      };
    }
    case 'ref': {
      const { name, checkpoint, previous } = record;
      return { name, checkpoint, previous };
    }
    case 'tag': {
      const { checkpoint, add, remove } = record;
      return { checkpoint, add: add.join(' '), remove: remove.join(' ') };
    }
    case 'rename': {
      const { checkpoint, message } = record;
      return { checkpoint, message };
    }
    case 'delete': {
      const { checkpoints } = record;
      return { count: checkpoints.length, checkpoint: checkpoints[0] ?? null };
    }
    case 'undo':
      return { operation: record.operation };
    case 'gc': {
      const { objects, manifests, bytes } = record;
      return { objects, manifests, bytes };
    }
  }
}

/** A record as the list of operations shows it; `undone` where it has no effect any more. */
export function toOperationInfo(record: Logged, undone: ReadonlySet<RecordId>): OperationInfo {
  const { id, time, author, kind } = record;
  const detail = detailOf(record);
  return { id, time, author, kind, detail: undone.has(id) ? { ...detail, undone: true } : detail };
}
