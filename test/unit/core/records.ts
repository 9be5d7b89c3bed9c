import type { RecordId, SnapshotId } from '../../../src/core/ids';
import type { RestoreRecord, TakeRecord } from '../../../src/core/records';

/** An id made of one short text, padded: easy to read in a failing test. */
export const id = (text: string | number): RecordId =>
  Buffer.from(String(text)).toString('hex').padEnd(64, '0') as RecordId;
export const snapshotId = (text: string): SnapshotId => id(`s${text}`) as unknown as SnapshotId;

/** A take record with everything that a test does not care about. */
export function take(fields: Partial<TakeRecord> = {}): TakeRecord {
  return {
    ...{
      v: 1,
      kind: 'take',
      time: 1000,
      author: 'me@here',
      snapshot: snapshotId('x'),
      parent: null,
    },
    ...{ message: '', tags: [], trigger: 'manual', scope: null, links: [], skipped: [] },
    unstable: [],
    stats: { added: 0, deleted: 0, modified: 0, renamed: 0, files: 0, bytes: 0 },
    rules: { useIgnoreFiles: true, patterns: [], noIgnore: false },
    ...fields,
  };
}

/** A restore record, likewise. */
export function restore(fields: Partial<RestoreRecord> = {}): RestoreRecord {
  return {
    ...{ v: 1, kind: 'restore', time: 1000, author: 'me@here', purpose: 'restore' },
    ...{ checkpoint: null, snapshot: snapshotId('x'), safety: id('safety'), headBefore: null },
    ...{ head: null, scope: null, exact: false, reverses: null, failed: [], conflicts: [] },
    counts: { written: 0, deleted: 0, left: 0, unchanged: 0, failed: 0 },
    ...fields,
  };
}
