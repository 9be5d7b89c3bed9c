import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { CheckpointInfo } from '../../core/engine';
import type { ChangesSet } from '../state/changesSet';
import type { RepositorySet } from '../state/repositorySet';
import { absoluteTime, relativeTime } from '../text/times';
import { filesWords, locale, quotedName } from '../words';

const { t } = vscode.l10n;
const REDRAW_INTERVAL = 30_000;

/** One item: when the last snapshot was taken, and how many files changed since, where that is known. */
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
  const update = (): void => draw(item, repositories, changes, clock);
  update();
  store.add(repositories.onDidChangeTimelines(update));
  store.add(changes.onDidChange(update));
  const timer = setInterval(update, REDRAW_INTERVAL);
  store.add({ dispose: () => clearInterval(timer) });
  return { item, dispose: () => store.dispose() };
}

function draw(
  item: vscode.StatusBarItem,
  repositories: RepositorySet,
  changes: ChangesSet,
  clock: Clock,
): void {
  const states = repositories.timelines.flatMap((timeline) => timeline.current ?? []);
  if (states.length === 0) {
    item.hide();
    return;
  }
  const last = newest(states.flatMap((state) => state.head ?? []));
  const { total } = changes;
  const changed = total === undefined || total === 0 ? '' : ` · ${t('{0} changed', total)}`;
  const when =
    last === undefined ? t('No snapshot yet') : relativeTime(last.time, clock.now(), locale());
  item.text = `$(device-camera) ${when}${changed}`;
  const detail = last === undefined ? t('No snapshot yet') : describe(last, total);
  item.tooltip = t('Snapdir: {0}', detail);
  item.accessibilityInformation = { label: t('Snapdir: {0}', detail), role: 'button' };
  item.show();
}

function describe(last: CheckpointInfo, total: number | undefined): string {
  const taken = t('last snapshot {0}, {1}', quotedName(last), absoluteTime(last.time, locale()));
  return total === undefined ? taken : t('{0}; {1} changed since', taken, filesWords(total));
}

function newest(checkpoints: readonly CheckpointInfo[]): CheckpointInfo | undefined {
  return checkpoints.reduce<CheckpointInfo | undefined>(
    (best, checkpoint) => (best === undefined || checkpoint.time > best.time ? checkpoint : best),
    undefined,
  );
}
