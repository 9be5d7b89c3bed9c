import type { CheckpointInfo } from '../../core/engine';
import { dayKey } from '../text/times';

/** The checkpoints of one local calendar day, newest first. */
export interface DayGroup {
  day: string;
  /** A moment of that day. */
  time: number;
  checkpoints: CheckpointInfo[];
}

/** Groups a newest-first list by day, keeping its order. */
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
