import { ageFormat, dateFormat } from './formats';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in words of the locale: `5 min. ago`, `yesterday`. Older than a month: the date. */
export function relativeTime(time: number, now: number, locale: string): string {
  const age = Math.max(0, now - time);
  const format = ageFormat(locale);
  if (age < MINUTE) {
    return format.format(0, 'second');
  }
  if (age < HOUR) {
    return format.format(-Math.floor(age / MINUTE), 'minute');
  }
  if (age < DAY) {
    return format.format(-Math.floor(age / HOUR), 'hour');
  }
  const days = daysBetween(time, now);
  if (days < 31) {
    return format.format(-days, 'day');
  }
  return dateFormat(locale, { dateStyle: 'medium' }).format(time);
}

/** Date and time in full, for hovers and screen readers. */
export function absoluteTime(time: number, locale: string): string {
  return dateFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(time);
}

/** Date and time, short: what a snapshot without a message is called. */
export function shortTime(time: number, locale: string): string {
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

/** The time of day, to the second. */
export function clockTime(time: number, locale: string): string {
  return dateFormat(locale, { timeStyle: 'medium' }).format(time);
}

/** `10:02 – 10:15`: two times of one day. */
export function timeRange(from: number, to: number, locale: string): string {
  return dateFormat(locale, { timeStyle: 'short' }).formatRange(from, to);
}

/** The same with the day, for hovers and screen readers. */
export function dateRange(from: number, to: number, locale: string): string {
  return dateFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).formatRange(from, to);
}

/** Names a day of the local calendar: `2026-11-21`. */
export function dayKey(time: number): string {
  const date = new Date(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `Today`, `Yesterday`, else the date. */
export function dayLabel(
  time: number,
  now: number,
  locale: string,
  words: { today: string; yesterday: string },
): string {
  const days = daysBetween(time, now);
  if (days === 0) {
    return words.today;
  }
  if (days === 1) {
    return words.yesterday;
  }
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return dateFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(time);
}

/** Calendar days from `time` to `now`; noon avoids the hour that daylight saving adds or takes. */
function daysBetween(time: number, now: number): number {
  const noon = (t: number): number => new Date(t).setHours(12, 0, 0, 0);
  return Math.round((noon(now) - noon(time)) / DAY);
}
