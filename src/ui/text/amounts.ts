import type { ChangeCounts } from '../../core/records';
import { numberFormat } from './formats';

/** `+3 ~2 −1 →1`; an empty string where nothing changed. */
export function changeMarks(counts: ChangeCounts): string {
  return [
    counts.added > 0 ? `+${counts.added}` : '',
    counts.modified > 0 ? `~${counts.modified}` : '',
    counts.deleted > 0 ? `−${counts.deleted}` : '',
    counts.renamed > 0 ? `→${counts.renamed}` : '',
  ]
    .filter((mark) => mark !== '')
    .join(' ');
}

/** How many files changed in all. */
export function changeTotal(counts: ChangeCounts): number {
  return counts.added + counts.modified + counts.deleted + counts.renamed;
}

/** `512 B`, `1.5 KB`, `12 MB`: units of 1024. */
export function byteSize(bytes: number, locale: string): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${numberFormat(locale, digits).format(value)} ${units[unit]}`;
}
