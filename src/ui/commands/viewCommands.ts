import { LoadMoreNode } from '../tree/nodes';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';

/** Reads anew what the views show. */
export function refreshCommand(ui: Ui): CommandTypes['snapdir.refresh'] {
  return async () => {
    await Promise.all(ui.repositories.timelines.map((timeline) => timeline.refresh()));
    await Promise.all([ui.changes.refresh(), ui.fileHistory.refresh(), ui.comparison.refresh()]);
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
