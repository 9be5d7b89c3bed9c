import * as vscode from 'vscode';
import type { TimelineFilter } from '../../core/engine';
import type { Trigger } from '../../core/records';
import { pickFilter } from '../pickers/pickFilter';
import { cleanPath } from '../text/inputs';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';

const TRIGGERS: readonly string[] = ['manual', 'safety', 'auto', 'cli', 'agent', 'import'];

/**
 * Filters the timeline. A file or folder (from a menu) filters by what touches it; code may pass the whole
 * filter; without either the person is asked.
 */
export function filterTimelineCommand(ui: Ui): CommandTypes['snapdir.filterTimeline'] {
  return async (argument) => {
    const { filter } = ui.timeline;
    const given = argument instanceof vscode.Uri ? fromUri(ui, argument) : fromObject(argument);
    if (given === undefined) {
      await pickFilter(ui);
    } else {
      filter.set(given);
      await vscode.commands.executeCommand('snapdir.timeline.focus');
    }
    return filter.current;
  };
}

function fromUri(ui: Ui, uri: vscode.Uri): TimelineFilter | undefined {
  const path = ui.repositories.locate(uri)?.path;
  return path === undefined || path === '' ? undefined : { path };
}

/** Only what a filter knows, of the type that it has there. */
function fromObject(value: unknown): TimelineFilter | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const given = value as Partial<Record<keyof TimelineFilter, unknown>>;
  const text = (key: 'text' | 'tag' | 'ref'): Partial<TimelineFilter> =>
    typeof given[key] === 'string' ? { [key]: given[key] } : {};
  const time = (key: 'since' | 'until'): Partial<TimelineFilter> =>
    Number.isSafeInteger(given[key]) ? { [key]: given[key] } : {};
  const triggers = Array.isArray(given.triggers)
    ? given.triggers.filter((one): one is Trigger => TRIGGERS.includes(String(one)))
    : [];
  const path = typeof given.path === 'string' ? cleanPath(given.path) : undefined;
  const filter: TimelineFilter = {
    ...{ ...text('text'), ...text('tag'), ...text('ref'), ...time('since'), ...time('until') },
    ...(triggers.length > 0 && { triggers }),
    ...(path !== undefined && { path }),
  };
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** Shows all snapshots again. */
export function clearTimelineFilterCommand(ui: Ui): CommandTypes['snapdir.clearTimelineFilter'] {
  return (): Promise<undefined> => {
    ui.timeline.filter.clear();
    return Promise.resolve(undefined);
  };
}
