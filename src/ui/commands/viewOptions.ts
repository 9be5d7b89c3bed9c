import * as vscode from 'vscode';
import { setViewOption, type ViewOptions } from '../state/settings';

/** Every view option that a command sets, with its value. */
const OPTIONS = {
  'snapdir.viewAsTree': { changesLayout: 'tree' },
  'snapdir.viewAsList': { changesLayout: 'list' },
  'snapdir.groupByDay': { groupBy: 'day' },
  'snapdir.groupByNone': { groupBy: 'none' },
  'snapdir.sortNewestFirst': { sortOrder: 'newest' },
  'snapdir.sortOldestFirst': { sortOrder: 'oldest' },
  'snapdir.foldAutomatic': { foldAutomatic: true },
  'snapdir.unfoldAutomatic': { foldAutomatic: false },
} as const satisfies Record<string, Partial<ViewOptions>>;

/** The command that sets a view option to one of its values. */
export function viewOptionCommand(
  id: keyof typeof OPTIONS,
): () => (...args: unknown[]) => Promise<undefined> {
  return () => async () => {
    for (const [name, value] of Object.entries(OPTIONS[id])) {
      await setViewOption(name as keyof ViewOptions, value as ViewOptions[keyof ViewOptions]);
    }
    return undefined;
  };
}

/** Opens the settings of this extension. */
export function openSettingsCommand(): () => Promise<undefined> {
  return async () => {
    await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:snapdir.snapdir');
    return undefined;
  };
}
