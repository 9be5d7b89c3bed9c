import type { OperationInfo, OperationKind, OperationPage } from '../core/engine';
import { shortId } from '../core/ids';
import { detailNumber, detailText, tagMarks } from '../core/operationData';
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
  forget: 'forgetting',
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

function restoreWords(info: OperationInfo): string {
  return `(${detailNumber(info, 'written')} written, ${detailNumber(info, 'deleted')} deleted)`;
}

function forgottenWords(info: OperationInfo): string {
  const more = detailNumber(info, 'paths') - 1;
  return `${displayName(detailText(info, 'path'))}${more > 0 ? ` and ${more} more` : ''}`;
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
        ? `name ${displayName(detailText(info, 'name'))} taken away from ${subject}`
        : `name ${displayName(detailText(info, 'name'))} given to ${subject}`;
    case 'tag':
      return `tags of ${subject}: ${tagMarks(info, { added: '+', removed: '-' }, displayName)}`;
    case 'rename':
      return `renamed to "${displayText(detailText(info, 'message').split('\n')[0] ?? '')}"`;
    case 'delete':
      return subject === ''
        ? `${plural(detailNumber(info, 'count'), 'snapshot')} deleted`
        : `${subject} deleted`;
    case 'prune':
      return `${plural(detailNumber(info, 'count'), 'automatic snapshot')} pruned`;
    case 'gc':
      if (detailNumber(info, 'objects') + detailNumber(info, 'manifests') === 0) {
        return 'garbage collected: what was set aside before is deleted for good';
      }
      return `garbage collected: ${plural(detailNumber(info, 'objects'), 'object')}, ${formatBytes(detailNumber(info, 'bytes'))}`;
    case 'forget':
      return `${forgottenWords(info)} forgotten in ${plural(detailNumber(info, 'snapshots'), 'snapshot')}`;
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
