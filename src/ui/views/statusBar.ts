import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { CheckpointInfo } from '../../core/engine';
import type { ChangedFiles } from '../state/changesModel';
import type { ChangesSet } from '../state/changesSet';
import { lookInIdleTime } from '../state/idleLook';
import type { RepositorySet } from '../state/repositorySet';
import { absoluteTime, relativeTime } from '../text/times';
import { filesWords, locale, quotedName, triggerWords } from '../words';

const { t } = vscode.l10n;
const REDRAW_INTERVAL = 30_000;

/** What the item says. */
interface Status {
  last: CheckpointInfo | undefined;
  /** Files that changed since; undefined while nobody knows. */
  changed: ChangedFiles | undefined;
  /** A restore was interrupted, or a timeline cannot be read. */
  trouble: string | undefined;
}

/** One item: when the last snapshot was taken, and how many files changed since, which is looked for in quiet moments. */
export function createStatusBar(
  repositories: RepositorySet,
  changes: ChangesSet,
  clock: Clock,
): Disposable & { readonly item: vscode.StatusBarItem } {
  const store = new DisposableStore();
  const item = store.add(
    vscode.window.createStatusBarItem('snapdir.status', vscode.StatusBarAlignment.Left, 0),
  );
  item.name = t('Snapdir: Last Snapshot');
  item.command = 'snapdir.showMenu';
  const update = (): void => draw(item, statusOf(repositories, changes), clock.now());
  update();
  store.add(repositories.onDidChangeTimelines(update));
  store.add(changes.onDidChange(update));
  store.add(lookInIdleTime(changes, clock, vscode.window));
  const timer = setInterval(update, REDRAW_INTERVAL);
  store.add({ dispose: () => clearInterval(timer) });
  return { item, dispose: () => store.dispose() };
}

function statusOf(repositories: RepositorySet, changes: ChangesSet): Status | undefined {
  const states = repositories.timelines.flatMap((timeline) => timeline.current ?? []);
  if (states.length === 0) {
    return undefined;
  }
  const pending = states.some(({ pendingRestore }) => pendingRestore !== null);
  const unreadable = states.some(({ error }) => error !== undefined);
  return {
    last: newest(states.flatMap((state) => state.head ?? [])),
    // Since a chosen snapshot is not since the last one, which is what the item is about.
    changed: changes.all.some(({ base }) => base !== undefined) ? undefined : changes.total,
    trouble: pending
      ? t('Restore interrupted')
      : unreadable
        ? t('Snapshots cannot be read')
        : undefined,
  };
}

function draw(item: vscode.StatusBarItem, status: Status | undefined, now: number): void {
  if (status === undefined) {
    item.hide();
    return;
  }
  const { last, changed, trouble } = status;
  const since = changed === undefined || changed.files === 0 ? '' : ` · ${shortly(changed)}`;
  const when = last === undefined ? t('No snapshot yet') : relativeTime(last.time, now, locale());
  item.text = trouble === undefined ? `$(device-camera) ${when}${since}` : `$(warning) ${trouble}`;
  item.tooltip = hover(status);
  const detail = last === undefined ? '' : describe(last);
  // What is seen is said first: who speaks to a computer says what they see.
  const seen = trouble ?? `${when}${since}`;
  const label = last === undefined ? seen : `${seen}; ${detail}`;
  item.accessibilityInformation = { label: t('Snapdir: {0}', label), role: 'button' };
  item.show();
}

function describe(last: CheckpointInfo): string {
  return t('last snapshot {0}, {1}', quotedName(last), absoluteTime(last.time, locale()));
}

/** Markdown that is not trusted: names and messages are appended as plain text. */
function hover({ last, changed, trouble }: Status): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  const line = (icon: string, text: string): void => {
    markdown.appendMarkdown(`$(${icon}) `).appendText(text).appendMarkdown('\n\n');
  };
  markdown.appendMarkdown('**').appendText(t('Snapdir')).appendMarkdown('**\n\n');
  if (trouble !== undefined) {
    line('warning', trouble);
  }
  if (last === undefined) {
    line('device-camera', t('No snapshot yet'));
  } else {
    line('device-camera', quotedName(last));
    line('clock', `${absoluteTime(last.time, locale())}, ${triggerWords(last.trigger)}`);
  }
  if (last !== undefined && changed !== undefined) {
    line('diff', changedSince(changed));
  }
  markdown.appendText(t('Click for what you can do.'));
  return markdown;
}

/** `3 changed`; `3+ changed` where more may have, since the changes were last looked at. */
function shortly({ files, exact }: ChangedFiles): string {
  return exact ? t('{0} changed', files) : t('{0}+ changed', files);
}

function changedSince({ files, exact }: ChangedFiles): string {
  if (!exact) {
    return files === 0
      ? t('No changes when last looked at; files changed since then')
      : t('{0} changed when last looked at; files changed since then', filesWords(files));
  }
  return files === 0 ? t('No changes since') : t('{0} changed since', filesWords(files));
}

function newest(checkpoints: readonly CheckpointInfo[]): CheckpointInfo | undefined {
  return checkpoints.reduce<CheckpointInfo | undefined>(
    (best, checkpoint) => (best === undefined || checkpoint.time > best.time ? checkpoint : best),
    undefined,
  );
}
