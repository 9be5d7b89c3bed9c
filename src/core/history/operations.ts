import type { OperationInfo, OperationKind } from '../operationData';
import type { CheckpointId } from '../ids';
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
    case 'forget': {
      const { paths, replaced } = record;
      return { path: paths[0] ?? '', paths: paths.length, snapshots: Object.keys(replaced).length };
    }
  }
}

/** What people call an operation that is not an undo or redo. */
export function kindOf(record: Logged): Exclude<OperationKind, 'redo'> {
  return record.kind === 'delete' && record.prune !== undefined ? 'prune' : record.kind;
}

/** The one checkpoint that an operation is about; null where there is none, or several. */
export function aboutOf(record: Logged): CheckpointId | null {
  switch (record.kind) {
    case 'take':
      return record.id;
    case 'restore':
    case 'tag':
    case 'rename':
      return record.checkpoint;
    case 'ref':
      return record.checkpoint ?? record.previous;
    case 'delete':
      return record.checkpoints.length === 1 ? (record.checkpoints[0] ?? null) : null;
    default:
      return null;
  }
}

/** A record as data, without what undo and redo know of it. */
export function describeRecord(
  record: Logged,
): Pick<OperationInfo, 'id' | 'time' | 'author' | 'detail'> {
  const { id, time, author } = record;
  return { id, time, author, detail: detailOf(record) };
}
