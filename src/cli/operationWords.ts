import type { OperationInfo, OperationKind, OperationPage } from '../core/engine';
import { shortId } from '../core/ids';
import { displayName, displayText } from './escape';
import { alignColumns, formatAge, formatBytes, formatTime, plural } from './format';

const NOUNS: Readonly<Record<OperationKind, string>> = {
  take: 'snapshot',
  restore: 'restore',
  ref: 'name',
  tag: 'tag',
  rename: 'rename',
  delete: 'deletion',
  prune: 'prune',
  gc: 'garbage collection',
  undo: 'undo',
  redo: 'redo',
};

/** The checkpoint that an operation is about: its message, else its id. */
function subjectOf({ about }: OperationInfo): string {
  if (about === null) {
    return '';
  }
  const [first = ''] = about.message.split('\n');
  return first.trim() === '' ? shortId(about.id) : `"${displayText(first)}"`;
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function tagWords({ detail }: OperationInfo): string {
  const words = (text: unknown, sign: string): string[] =>
    textOf(text)
      .split(' ')
      .filter((tag) => tag !== '')
      .map((tag) => `${sign}${displayName(tag)}`);
  return [...words(detail['add'], '+'), ...words(detail['remove'], '-')].join(' ');
}

function restoreWords({ detail }: OperationInfo): string {
  const { written, deleted } = detail;
  return `(${numberOf(written)} written, ${numberOf(deleted)} deleted)`;
}

/** What an operation did, in a few words. */
export function describeOperation(info: OperationInfo): string {
  const { kind, detail } = info;
  const subject = subjectOf(info);
  switch (kind) {
    case 'take':
      return `${info.automatic ? 'automatic snapshot' : 'snapshot'} ${subject}`;
    case 'restore':
      return `restore of ${subject === '' ? 'a snapshot' : subject} ${restoreWords(info)}`;
    case 'ref':
      return detail['checkpoint'] === null
        ? `name ${displayName(textOf(detail['name']))} taken away from ${subject}`
        : `name ${displayName(textOf(detail['name']))} given to ${subject}`;
    case 'tag':
      return `tags of ${subject}: ${tagWords(info)}`;
    case 'rename':
      return `renamed to "${displayText(textOf(detail['message']).split('\n')[0] ?? '')}"`;
    case 'delete':
      return subject === ''
        ? `${plural(numberOf(detail['count']), 'snapshot')} deleted`
        : `${subject} deleted`;
    case 'prune':
      return `${plural(numberOf(detail['count']), 'automatic snapshot')} pruned`;
    case 'gc':
      return `garbage collected: ${plural(numberOf(detail['objects']), 'object')}, ${formatBytes(numberOf(detail['bytes']))}`;
    case 'undo':
    case 'redo': {
      const noun = info.of === null ? 'something unknown' : NOUNS[info.of.kind];
      return `${kind} of ${noun}${subject === '' ? '' : ` ${subject}`}`;
    }
  }
}

/** Rows of `snapdir ops`: what undo would take is marked, and so is what was undone. */
export function operationRows(page: OperationPage, now: number, header: boolean): string[] {
  const rows = page.operations.map((info) => [
    info.id === page.undo ? '*' : info.undone ? '-' : ' ',
    shortId(info.id),
    formatTime(info.time),
    formatAge(info.time, now),
    displayText(info.author),
    `${describeOperation(info)}${info.undone ? ' (undone)' : ''}`,
  ]);
  const head = [' ', 'ID', 'TIME', 'AGE', 'BY', 'WHAT'];
  return alignColumns(header ? [head, ...rows] : rows);
}
