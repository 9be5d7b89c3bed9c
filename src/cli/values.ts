import type { Clock } from '../base/clock';
import { displayName } from './escape';
import { UsageError } from './usageError';

/** A whole number of an option. */
export function parseWhole(option: string, text: string, min: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value < min) {
    throw new UsageError(`--${option} ${displayName(text)}: write a whole number, ${min} or more.`);
  }
  return value;
}

const UNIT_MS: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A point in time: `2026-11-21`, `2026-11-21T09:30`, or a while ago: `30m`, `2h`, `3d`, `1w`. */
export function parseTime(option: string, text: string, clock: Clock): number {
  const ago = /^(\d{1,9})([mhdw])$/.exec(text);
  if (ago !== null) {
    return clock.now() - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0);
  }
  // Only a date: midnight here, where Date.parse would take midnight in Greenwich.
  const local = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text;
  const time = /^\d{4}-/.test(text) ? Date.parse(local) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      `--${option} ${displayName(text)} is not a time. Write 2026-11-21, 2026-11-21T09:30, or 2h for two hours ago.`,
    );
  }
  return time;
}
