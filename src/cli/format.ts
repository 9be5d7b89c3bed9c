import type { ChangeCounts } from '../core/records';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people: `512 B`, `1.5 KiB`, `12 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // 1023.96 KiB would be shown as 1024.0.
  if (unit > 0 && value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`;
}

/** A number with separators: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `2 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time: `2026-11-21 09:31`, with seconds when asked for. */
export function formatTime(ms: number, seconds = false): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) {
    return 'unknown time';
  }
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const minute = `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${minute}:${two(date.getSeconds())}` : minute;
}

const STEPS: [limit: number, seconds: number, unit: string][] = [
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [86_400 * 30, 86_400, 'day'],
  [86_400 * 365, 86_400 * 30, 'month'],
  [Number.POSITIVE_INFINITY, 86_400 * 365, 'year'],
];

/** How long ago: `just now`, `3 minutes ago`. */
export function formatAge(ms: number, now: number): string {
  const age = Math.floor((now - ms) / 1000);
  if (age < -60) {
    return 'in the future';
  }
  if (age < 60) {
    return 'just now';
  }
  const step = STEPS.find(([limit]) => age < limit);
  return step === undefined ? '' : `${plural(Math.floor(age / step[1]), step[2])} ago`;
}

/** Change counts in few signs: `+2 ~1 -3 r1`; `=` when there are none. */
export function shortCounts(counts: ChangeCounts): string {
  const parts: string[] = [];
  const add = (sign: string, count: number): void => {
    if (count > 0) {
      parts.push(`${sign}${formatCount(count)}`);
    }
  };
  add('+', counts.added);
  add('~', counts.modified);
  add('-', counts.deleted);
  add('r', counts.renamed);
  return parts.length === 0 ? '=' : parts.join(' ');
}

/** Change counts in words: `2 added, 1 modified`. */
export function countWords(counts: ChangeCounts): string {
  const parts = (['added', 'modified', 'deleted', 'renamed'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatCount(counts[kind])} ${kind}`);
  return parts.length === 0 ? 'no changes' : parts.join(', ');
}

/** How many files differ. */
export function totalChanges(counts: ChangeCounts): number {
  return counts.added + counts.modified + counts.deleted + counts.renamed;
}

/** Columns of text, padded so that they line up; the last column is left as it is. */
export function alignColumns(rows: string[][], rightAligned: number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const padding = ' '.repeat((widths[i] ?? 0) - displayWidth(cell));
        const last = i === row.length - 1;
        return rightAligned.includes(i) ? padding + cell : last ? cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Code points, which is the width of most text on a terminal. */
function displayWidth(text: string): number {
  return [...text].length;
}
