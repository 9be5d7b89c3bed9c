import type { RelPath } from '../../core/tree';

/** The beginning of a day of the local calendar, so many days from the one that holds `time`. */
export function dayStart(time: number, days = 0): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** `2026-11-21` as the beginning of that day here; undefined where it is no date. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d?)-(\d\d?)$/u.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const date = new Date(year, month - 1, day);
  // The calendar turns the 31st of February into a day of March.
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}

/** As manifests write it; undefined where it cannot be in a folder. */
export function cleanPath(text: string): RelPath | undefined {
  const path = text
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/u, '')
    .replace(/\/+$/u, '');
  const parts = path.split('/');
  return path === '' || path.startsWith('/') || parts.some((part) => /^(?:|\.\.?)$/u.test(part))
    ? undefined
    : path;
}
