import type { CheckpointInfo } from '../../core/engine';
import { dayKey } from '../text/times';

/** The checkpoints of one local calendar day, in the order of the list. */
export interface DayGroup {
  day: string;
  /** A moment of that day. */
  time: number;
  checkpoints: CheckpointInfo[];
}

/** Groups a list that is sorted by time, either way, by day. */
export function groupByDay(checkpoints: readonly CheckpointInfo[]): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const checkpoint of checkpoints) {
    const day = dayKey(checkpoint.time);
    const last = groups.at(-1);
    if (last?.day === day) {
      last.checkpoints.push(checkpoint);
    } else {
      groups.push({ day, time: checkpoint.time, checkpoints: [checkpoint] });
    }
  }
  return groups;
}
