import type { CheckpointInfo } from '../core/engine';
import { shortId } from '../core/ids';
import { displayName, displayText } from './escape';
import {
  alignColumns,
  formatAge,
  formatBytes,
  formatCount,
  formatTime,
  plural,
  shortCounts,
} from './format';
import { damagedWords } from './reasonWords';

/** A checkpoint in `--json`: with its time in ISO 8601 as well. */
export function checkpointJson(
  checkpoint: CheckpointInfo,
): Omit<CheckpointInfo, 'damaged'> & { iso: string; damaged?: string } {
  const { damaged, ...rest } = checkpoint;
  return {
    ...rest,
    ...(damaged === undefined ? {} : { damaged: damagedWords(damaged) }),
    iso: isoTime(checkpoint.time),
  };
}

/** ISO 8601, or an empty text for a time that no calendar has. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** The message's first line, or what made the checkpoint. */
export function titleOf(checkpoint: CheckpointInfo): string {
  const [first = ''] = checkpoint.message.split('\n');
  if (first.trim() !== '') {
    return displayText(first);
  }
  return checkpoint.trigger === 'safety' ? '(before a restore)' : '(no message)';
}

/** `1a2b3c4d5e "message"`, to name a checkpoint in a sentence. */
export function nameOf(checkpoint: CheckpointInfo): string {
  return checkpoint.message === ''
    ? shortId(checkpoint.id)
    : `${shortId(checkpoint.id)} "${titleOf(checkpoint)}"`;
}

/** What made the checkpoint, where that was no person here: the store or file that it came from, or the trigger. */
function madeBy({ trigger, origin }: CheckpointInfo): string {
  if (origin !== undefined) {
    return `from ${displayText(origin.from)}`;
  }
  return trigger === 'manual' || trigger === 'cli' ? '' : trigger;
}

function originRows({ origin }: CheckpointInfo): string[][] {
  if (origin === undefined) {
    return [];
  }
  const { from, name, author, time } = origin;
  const what = name === null ? '' : `, ${displayName(name)}`;
  return [
    ['From', `${displayText(from)}${what}, by ${displayText(author)}, ${formatTime(time, true)}`],
  ];
}

function marks(checkpoint: CheckpointInfo): string {
  const { refs, tags, scope } = checkpoint;
  const made = madeBy(checkpoint);
  const parts = [
    ...refs.map((ref) => `[${displayName(ref)}]`),
    ...tags.map((tag) => `#${displayName(tag)}`),
    ...(made === '' ? [] : [`(${made})`]),
    ...(scope === null ? [] : [`(only ${scope.map(displayName).join(', ')})`]),
    ...(checkpoint.skipped > 0 ? [`(${checkpoint.skipped} not captured)`] : []),
    ...(checkpoint.unstable > 0 ? [`(${checkpoint.unstable} unstable)`] : []),
    ...(checkpoint.damaged === undefined ? [] : [`(damaged: ${damagedWords(checkpoint.damaged)})`]),
  ];
  return parts.length === 0 ? '' : `  ${parts.join(' ')}`;
}

/** Rows of `snapdir list`: HEAD mark, id, time, age, changes, files, message with names and tags. */
export function listRows(
  checkpoints: readonly CheckpointInfo[],
  now: number,
  header: boolean,
): string[] {
  const rows = checkpoints.map((checkpoint) => [
    checkpoint.isHead ? '*' : ' ',
    shortId(checkpoint.id),
    formatTime(checkpoint.time),
    formatAge(checkpoint.time, now),
    // What was fetched was compared with nothing.
    checkpoint.origin === undefined ? shortCounts(checkpoint.stats) : '',
    formatCount(checkpoint.stats.files),
    titleOf(checkpoint) + marks(checkpoint),
  ]);
  const head = [' ', 'ID', 'TIME', 'AGE', 'CHANGES', 'FILES', 'MESSAGE'];
  return alignColumns(header ? [head, ...rows] : rows, [5]);
}

/** The block that `snapdir show` starts with. */
export function detailLines(checkpoint: CheckpointInfo, now: number): string[] {
  const { stats, scope, refs, tags } = checkpoint;
  const rows = [
    ['Checkpoint', checkpoint.id + (checkpoint.isHead ? '  (HEAD)' : '')],
    ['Snapshot', checkpoint.snapshot],
    ['Parent', checkpoint.parent ?? '(none)'],
    ['Time', `${formatTime(checkpoint.time, true)}  (${formatAge(checkpoint.time, now)})`],
    ['Author', displayText(checkpoint.author)],
    ['Trigger', checkpoint.trigger],
    ...originRows(checkpoint),
    ...(refs.length === 0 ? [] : [['Names', refs.map(displayName).join(', ')]]),
    ...(tags.length === 0 ? [] : [['Tags', tags.map(displayName).join(', ')]]),
    ...(scope === null ? [] : [['Only', scope.map(displayName).join(', ')]]),
    ['Content', `${plural(stats.files, 'file')}, ${formatBytes(stats.bytes)}`],
    ...(checkpoint.damaged === undefined ? [] : [['Damaged', damagedWords(checkpoint.damaged)]]),
  ];
  const message = checkpoint.message.replace(/\s+$/, '');
  return [
    ...alignColumns(rows),
    ...(message === ''
      ? []
      : ['', ...message.split('\n').map((line) => `    ${displayText(line)}`)]),
  ];
}
