import * as vscode from 'vscode';
import type { Settings } from '../../app/repository';
import type { Retention } from '../../core/records';
import { DEFAULT_RETENTION } from '../../core/retention';

const MEBIBYTE = 1024 * 1024;

/** How changed files are arranged. */
export type ChangesLayout = 'tree' | 'list';
/** Which end of the timeline comes first. */
export type SortOrder = 'newest' | 'oldest';

/** The settings that a take, comparison or restore of this folder follows. */
export function readSettings(folder: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('snapdir', folder);
  const exclude = configuration.get<Record<string, unknown>>('exclude', {});
  const megabytes = configuration.get<number>('maxFileSize', 0);
  return {
    rules: {
      useIgnoreFiles: configuration.get<boolean>('useIgnoreFiles', true),
      patterns: Object.keys(exclude).filter((glob) => exclude[glob] === true),
      noIgnore: false,
    },
    maxFileSize: Number.isFinite(megabytes) && megabytes > 0 ? Math.floor(megabytes * MEBIBYTE) : 0,
  };
}

/** Whether changed files are shown in folders or in a list. */
export function changesLayout(): ChangesLayout {
  const value = vscode.workspace.getConfiguration('snapdir').get<string>('changesLayout');
  return value === 'list' ? 'list' : 'tree';
}

/** The settings that commands of a view change, with their values. */
export interface ViewOptions {
  changesLayout: ChangesLayout;
  groupBy: 'day' | 'none';
  sortOrder: SortOrder;
  foldAutomatic: boolean;
}

/** Keeps a view option for this person, or for the workspace where it is already set there. */
export async function setViewOption<K extends keyof ViewOptions>(
  name: K,
  value: ViewOptions[K],
): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('snapdir');
  const inWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  await configuration.update(
    name,
    value,
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}

/** Whether snapshots of this folder are taken while its files change. */
export function takesByItself(folder: vscode.Uri): boolean {
  return (
    vscode.workspace.getConfiguration('snapdir', folder).get<boolean>('autoSnapshots') === true
  );
}

/** Whether a copy of all snapshots is kept outside of their folders. The workspace has no say in it. */
export function usesVault(): boolean {
  return vscode.workspace.getConfiguration('snapdir').get<boolean>('vault') === true;
}

/** How many automatic snapshots of this folder stay on the list. */
export function keptByItself(folder: vscode.Uri): Retention {
  const value = vscode.workspace
    .getConfiguration('snapdir', folder)
    .get<object>('autoSnapshotsKeep');
  const given: Partial<Record<string, unknown>> = { ...value };
  const count = (name: keyof Retention): number => {
    const wanted = given[name];
    const isCount = typeof wanted === 'number' && Number.isSafeInteger(wanted) && wanted >= 0;
    return isCount ? wanted : DEFAULT_RETENTION[name];
  };
  return {
    last: count('last'),
    hourly: count('hourly'),
    daily: count('daily'),
    weekly: count('weekly'),
  };
}

/** Whether the timeline has a row for each day. */
export function groupsByDay(): boolean {
  return vscode.workspace.getConfiguration('snapdir').get<string>('groupBy') !== 'none';
}

/** Which end of the timeline comes first. */
export function sortOrder(): SortOrder {
  const value = vscode.workspace.getConfiguration('snapdir').get<string>('sortOrder');
  return value === 'oldest' ? 'oldest' : 'newest';
}

/** Whether automatic snapshots that follow one another closely share a row. */
export function foldsAutomatic(): boolean {
  return vscode.workspace.getConfiguration('snapdir').get<boolean>('foldAutomatic') !== false;
}
