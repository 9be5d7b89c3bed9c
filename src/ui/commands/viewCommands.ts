import * as vscode from 'vscode';
import { LoadMoreNode } from '../tree/nodes';
import type { Ui } from '../uiContext';
import type { CommandId, CommandTypes } from './commandTypes';

const { t } = vscode.l10n;

/** Reads timelines and changes anew. */
export function refreshCommand(ui: Ui): CommandTypes['snapdir.refresh'] {
  return async () => {
    await Promise.all(ui.repositories.timelines.map((timeline) => timeline.refresh()));
    await ui.changes.refresh();
  };
}

/** Adds the next page to the timeline. */
export function loadMoreCommand(ui: Ui): CommandTypes['snapdir.loadMore'] {
  return async (argument) => {
    const { shown } = ui.timeline;
    const only = argument instanceof LoadMoreNode ? shown.of(argument.repository) : undefined;
    const wanted = only === undefined ? shown.all : [only];
    await Promise.all(wanted.map((timeline) => timeline.loadMore()));
  };
}

/** Opens the log. */
export function showLogCommand(ui: Ui): CommandTypes['snapdir.showLog'] {
  return (): Promise<undefined> => {
    ui.showLog();
    return Promise.resolve(undefined);
  };
}

/** What the status bar item opens. */
export function showMenuCommand(ui: Ui): CommandTypes['snapdir.showMenu'] {
  return async () => {
    const canUndo = ui.repositories.timelines.some((timeline) => timeline.current?.canUndo);
    const items: (vscode.QuickPickItem & { command: CommandId | 'snapdir.timeline.focus' })[] = [
      { label: `$(device-camera) ${t('Take Snapshot')}`, command: 'snapdir.takeSnapshot' },
      {
        label: `$(diff-multiple) ${t('Open Changes Since Last Snapshot')}`,
        command: 'snapdir.openWorkingChanges',
      },
      { label: `$(history) ${t('Restore…')}`, command: 'snapdir.restore' },
      ...(canUndo
        ? [
            {
              label: `$(discard) ${t('Undo Last Restore')}`,
              command: 'snapdir.undoRestore' as const,
            },
          ]
        : []),
      { label: `$(list-unordered) ${t('Show Timeline')}`, command: 'snapdir.timeline.focus' },
    ];
    const picked = await ui.prompts.pick(items, { title: t('Snapdir') });
    if (picked !== undefined) {
      await vscode.commands.executeCommand(picked.command);
    }
  };
}
