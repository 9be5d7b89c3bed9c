import * as vscode from 'vscode';
import type { ChangeStatus } from '../core/change';
import type { CheckpointInfo } from '../core/engine';
import type { ChangeCounts, SkipReason, Trigger } from '../core/records';
import { oneLine, visible } from './text/displayText';
import { shortTime } from './text/times';
import { quoted } from './text/quoted';

const { t } = vscode.l10n;

/** The language in which VS Code runs, for dates and numbers. */
export function locale(): string {
  return vscode.env.language;
}

/** What people call a snapshot: its message, else its time. */
export function snapshotName(checkpoint: CheckpointInfo): string {
  const message = oneLine(checkpoint.message, 60);
  return message === '' ? shortTime(checkpoint.time, locale()) : message;
}

/** The name in quotes, where it stands among other words. */
export function quotedName(checkpoint: CheckpointInfo): string {
  return quoted(snapshotName(checkpoint));
}

/** `branch of "first"`: where a line began that HEAD, or another one, had left before. */
export function branchWords(from: Pick<CheckpointInfo, 'message' | 'time'>): string {
  const message = oneLine(from.message, 40);
  const name = message === '' ? shortTime(from.time, locale()) : message;
  return t('branch of "{0}"', name);
}

/** `from team`: the store, or the file, that a snapshot came from; empty where it was taken here. */
export function originWords({ origin, refs }: Pick<CheckpointInfo, 'origin' | 'refs'>): string {
  if (origin === undefined) {
    return '';
  }
  // A fetch gives the name `store/name`: people call the store by that, and not by its URL.
  const ref = refs.find((one) => origin.name !== null && one.endsWith(`/${origin.name}`));
  const store = ref?.slice(0, ref.length - (origin.name?.length ?? 0) - 1);
  return t('from {0}', visible(store ?? origin.from));
}

/** How many files, in words. */
export function filesWords(count: number): string {
  return count === 1 ? t('1 file') : t('{0} files', count.toLocaleString(locale()));
}

/** `3 added, 2 modified`; "no changes" where nothing changed. For screen readers and hovers. */
export function changeWords(counts: ChangeCounts): string {
  const parts = [
    counts.added > 0 ? t('{0} added', counts.added) : '',
    counts.modified > 0 ? t('{0} modified', counts.modified) : '',
    counts.deleted > 0 ? t('{0} deleted', counts.deleted) : '',
    counts.renamed > 0 ? t('{0} renamed', counts.renamed) : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? t('no changes') : parts.join(', ');
}

/** What made a checkpoint. */
export function triggerWords(trigger: Trigger): string {
  const words: Record<Trigger, string> = {
    manual: t('taken by hand'),
    safety: t('safety snapshot, taken before a restore'),
    auto: t('taken automatically'),
    cli: t('taken on the command line'),
    agent: t('taken by an agent'),
    import: t('imported'),
  };
  return words[trigger];
}

/** The kinds of triggers as a choice. */
export function triggerName(trigger: Trigger): string {
  const words: Record<Trigger, string> = {
    manual: t('By hand'),
    auto: t('Automatic'),
    safety: t('Before a restore'),
    cli: t('On the command line'),
    agent: t('By an agent'),
    import: t('Imported'),
  };
  return words[trigger];
}

/** What happened to a file. */
export function statusWords(status: ChangeStatus): string {
  const words: Record<ChangeStatus, string> = {
    A: t('Added'),
    D: t('Deleted'),
    M: t('Modified'),
    R: t('Renamed'),
  };
  return words[status];
}

/** Why a path was not captured. */
export function skipWords(reason: SkipReason): string {
  const words: Record<SkipReason, string> = {
    unreadable: t('cannot be read'),
    'special-file': t('not a regular file'),
    'unrepresentable-name': t('its name cannot be stored'),
    'too-large': t('larger than the limit in settings'),
    vanished: t('disappeared while it was read'),
    'nested-store': t('a snapshot store of its own'),
    'other-file-system': t('on another file system'),
  };
  return words[reason];
}
