// Writes a long history into a store: records of one and the same snapshot, a minute apart.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointId, RecordId } from '../../src/core/ids';
import { formatRecord, recordFileName } from '../../src/core/recordFormat';
import type { TakeRecord } from '../../src/core/records';
import { blake3 } from '../../src/engine/hashing/blake3';

/** Adds `count` checkpoints after the given one. Not synced: this is for measuring only. */
export function makeHistory(
  records: string,
  first: { id: string; record: TakeRecord },
  count: number,
): void {
  let parent = first.id as CheckpointId;
  const triggers = ['manual', 'auto', 'cli', 'agent'] as const;
  for (let index = 1; index <= count; index++) {
    const time = first.record.time + index * 60_000;
    const message = index % 3 === 0 ? '' : `Step ${index}: refactor the checkout`;
    const trigger = triggers[index % triggers.length]!;
    const record: TakeRecord = { ...first.record, time, parent, message, trigger };
    const bytes = new TextEncoder().encode(formatRecord(record));
    const id = blake3(bytes) as RecordId;
    writeFileSync(join(records, recordFileName(time, id)), bytes);
    parent = id;
  }
}
