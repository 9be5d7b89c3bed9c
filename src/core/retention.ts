import type { History } from './history';
import type { LoggedTake } from './history/log';
import type { CheckpointId } from './ids';
import type { Pin } from './operationData';
import type { Retention } from './records';

/** What stays where nobody says otherwise. */
export const DEFAULT_RETENTION: Retention = { last: 50, hourly: 48, daily: 30, weekly: 52 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970 began on a Thursday; weeks begin on Mondays. */
const THURSDAY = 3;

const PERIODS = {
  hourly: (time: number) => Math.floor(time / HOUR_MS),
  daily: (time: number) => Math.floor(time / DAY_MS),
  weekly: (time: number) => Math.floor((time / DAY_MS + THURSDAY) / 7),
} as const;

/** What a retention comes to. */
export interface Retained {
  /** To go off the list, newest first. */
  pruned: LoggedTake[];
  /** How many automatic checkpoints stay, by the first thing that keeps each. */
  kept: Partial<Record<Pin, number>>;
}

/**
 * Which automatic checkpoints stay and which go (H52). Only what was taken by itself is looked at; of that,
 * whatever has a name, or had one that moved on, or a tag or another message stays, HEAD and its parent, and what
 * a restore needs to be undone. Counts, never ages: no clock can make anything old (H51). Pure.
 * @param pending checkpoints that restores under way need
 */
export function retain(
  history: History,
  keep: Retention,
  pending: ReadonlySet<CheckpointId>,
): Retained {
  const pins = pinsOf(history, pending);
  const rules = new Counting(keep);
  const pruned: LoggedTake[] = [];
  const kept: Retained['kept'] = {};
  for (const take of history.checkpointsNewestFirst()) {
    if (take.trigger !== 'auto') {
      continue;
    }
    // Counted also where it is pinned: names come and go.
    const counted = rules.count(take.time);
    const pin = counted ?? pins.get(take.id) ?? nameOf(history, take);
    if (pin === undefined) {
      pruned.push(take);
    } else {
      kept[pin] = (kept[pin] ?? 0) + 1;
    }
  }
  return { pruned, kept };
}

/** Goes from the newest to the oldest. */
class Counting {
  private readonly left: Retention;
  private readonly seen: Partial<Record<keyof typeof PERIODS, number>> = {};

  constructor(keep: Retention) {
    this.left = { ...keep };
  }

  count(time: number): Pin | undefined {
    let pin: Pin | undefined;
    if (this.left.last > 0) {
      this.left.last--;
      pin = 'last';
    }
    for (const name of ['hourly', 'daily', 'weekly'] as const) {
      const period = PERIODS[name](time);
      if (this.left[name] > 0 && this.seen[name] !== period) {
        this.seen[name] = period;
        this.left[name]--;
        pin ??= name;
      }
    }
    return pin;
  }
}

function pinsOf(history: History, pending: ReadonlySet<CheckpointId>): Map<CheckpointId, Pin> {
  const pins = new Map<CheckpointId, Pin>();
  const pin = (id: CheckpointId | null, why: Pin): void => {
    if (id !== null) {
      pins.set(id, why);
    }
  };
  for (const record of history.records) {
    if (record.kind === 'restore') {
      const { checkpoint, safety, headBefore, head } = record;
      [checkpoint, safety, headBefore, head].forEach((id) => pin(id, 'restore'));
    }
  }
  pending.forEach((id) => pin(id, 'restore'));
  const { head } = history;
  pin(head, 'head');
  pin(head === null ? null : history.parentOf(head), 'head');
  return pins;
}

function nameOf(history: History, take: LoggedTake): Pin | undefined {
  const { message, tags } = history.words(take);
  if (history.wasPromoted(take.id)) {
    return 'promoted';
  }
  if (tags.length > 0) {
    return 'tagged';
  }
  return message === take.message ? undefined : 'renamed';
}
