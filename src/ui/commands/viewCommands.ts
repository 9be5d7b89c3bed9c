import { setChangesLayout } from '../state/settings';
import { LoadMoreNode } from '../tree/nodes';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';

/** Reads timelines and changes anew. */
export function refreshCommand(ui: Ui): CommandTypes['snapdir.refresh'] {
  return async () => {
    await Promise.all(ui.repositories.timelines.map((timeline) => timeline.refresh()));
    await ui.changes.refresh();
  };
}

/** Changed files in their folders. */
export function viewAsTreeCommand(): CommandTypes['snapdir.viewAsTree'] {
  return async () => setChangesLayout('tree');
}

/** Changed files in one list. */
export function viewAsListCommand(): CommandTypes['snapdir.viewAsList'] {
  return async () => setChangesLayout('list');
}

/** Adds older checkpoints to the timeline. */
export function loadMoreCommand(ui: Ui): CommandTypes['snapdir.loadMore'] {
  return async (argument) => {
    const { timelines } = ui.repositories;
    const wanted =
      argument instanceof LoadMoreNode
        ? [ui.repositories.timelineOf(argument.repository)]
        : timelines;
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
