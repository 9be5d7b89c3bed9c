import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { Settings } from '../../app/repository';
import type { Retention } from '../../core/records';
import { DEFAULT_RETENTION } from '../../core/retention';

const MEBIBYTE = 1024 * 1024;

/** Keeps a file or folder out of the snapshots to come, in the folder's own settings. */
export async function excludePath(folder: vscode.Uri, path: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('snapdir', folder);
  const own = configuration.inspect<Record<string, boolean>>('exclude')?.workspaceFolderValue;
  // As a glob it means this very path.
  const glob = path.replace(/[*?{}[\]()!+@|\\]/gu, '\\$&');
  const { WorkspaceFolder } = vscode.ConfigurationTarget;
  await configuration.update('exclude', { ...own, [glob]: true }, WorkspaceFolder);
}

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

/** The permanent stores, by name, as settings have them. VS Code takes none from a workspace: their scope is the machine. */
export function remoteFields(): Readonly<Record<string, unknown>> {
  const value: unknown = vscode.workspace
    .getConfiguration('snapdir')
    .get<Record<string, unknown>>('remotes');
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The store that is offered first; empty: none. */
export function defaultRemote(): string {
  const value: unknown = vscode.workspace.getConfiguration('snapdir').get<string>('defaultRemote');
  return typeof value === 'string' ? value : '';
}

/** Changes the stores in this person's settings. */
export async function writeRemotes(
  change: (remotes: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const remotes = change({ ...remoteFields() });
  const value = Object.keys(remotes).length === 0 ? undefined : remotes;
  const configuration = vscode.workspace.getConfiguration('snapdir');
  await configuration.update('remotes', value, vscode.ConfigurationTarget.Global);
}

/** Sets or takes away which store is offered first. */
export async function writeDefaultRemote(name: string | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('snapdir');
  await configuration.update('defaultRemote', name, vscode.ConfigurationTarget.Global);
}

/** KiB a second that transfers may take, all together; 0: no limit. */
export function transferLimit(): number {
  const value: unknown = vscode.workspace.getConfiguration('snapdir').get<number>('transferLimit');
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/**
 * Where a folder's snapshots are kept, if not in it: absolute paths by absolute paths. VS Code takes none from a
 * workspace: the scope is the machine.
 */
export function storeFolderOf(root: string): string | undefined {
  const value: unknown = vscode.workspace
    .getConfiguration('snapdir')
    .get<Record<string, unknown>>('storeFolders');
  const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [, store] = given.find(([folder]) => resolve(folder) === resolve(root)) ?? [];
  return typeof store === 'string' && isAbsolute(store) ? resolve(store) : undefined;
}
