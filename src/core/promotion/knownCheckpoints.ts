import type { History } from '../history';
import type { LoggedTake } from '../history/log';
import type { CheckpointId, SnapshotId } from '../ids';
import type { Origin } from '../records';
import type { CheckpointLine } from './checkpointLines';

type Told = { id: CheckpointId; snapshot: SnapshotId; time: number; author: string } & {
  origin?: Origin | undefined;
};

/**
 * How a checkpoint can be told wherever it was brought to: by its record's id where it was taken, as far as that is
 * known, and by what it was taken as, when and by whom, which fetching keeps as well. Never without the snapshot:
 * what somebody else wrote may name the id of another one.
 */
function marksOf({ id, snapshot, time, author, origin }: Told): string[] {
  const taken = origin ?? { checkpoint: id, time, author };
  const byTaking = JSON.stringify([snapshot, taken.time, taken.author]);
  const ids = [id, ...(taken.checkpoint === null ? [] : [taken.checkpoint])];
  return [...ids.map((one) => `${snapshot} ${one}`), byTaking];
}

/** The checkpoints in the list, to find those that come from elsewhere again: one that was taken here comes first. */
export class KnownCheckpoints {
  private readonly byMark = new Map<string, CheckpointId>();

  constructor(history: History) {
    const newestFirst = history.checkpointsNewestFirst();
    const isOwn = ({ origin }: LoggedTake): boolean => origin === undefined;
    newestFirst.filter(isOwn).forEach((take) => this.add(take, take.id));
    newestFirst.filter((take) => !isOwn(take)).forEach((take) => this.add(take, take.id));
  }

  /** The checkpoint here that a line of a file tells of. */
  find(line: CheckpointLine): CheckpointId | undefined {
    const found = marksOf({ ...line.record, id: line.id }).find((mark) => this.byMark.has(mark));
    return found === undefined ? undefined : this.byMark.get(found);
  }

  /** What a line tells of is listed now, as a checkpoint of its own. */
  note(line: CheckpointLine, id: CheckpointId): void {
    this.add({ ...line.record, id: line.id }, id);
  }

  private add(told: Told, id: CheckpointId): void {
    for (const mark of marksOf(told)) {
      if (!this.byMark.has(mark)) {
        this.byMark.set(mark, id);
      }
    }
  }
}

/**
 * Whether a file says of a checkpoint taken here that it was another snapshot: paths were forgotten on that side only, or
 * what the file says is not so.
 */
export function isOtherHere(history: History, { id, record }: CheckpointLine): boolean {
  const own = history.checkpoint(id);
  return own !== undefined && own.snapshot !== record.snapshot;
}
