import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';
import { pickPath } from '../pickers/pickPath';
import { restoreFlow } from '../restore/restoreFlow';
import { dirName } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument, readSelection, type Given, type Target } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

/** Restores everything that a snapshot holds, or the file or folder that the row stands for. */
export function restoreCommand(ui: Ui): CommandTypes['snapdir.restore'] {
  return async (argument) => {
    requireTrust(t('Restore'));
    const given = readArgument(ui, argument);
    const target = await findWhole(ui, given, t('Restore…'));
    if (target === undefined) {
      return undefined;
    }
    const { path } = given;
    return restoreFlow(ui, {
      ...target,
      ...(path === undefined || path === '' ? {} : { paths: [path] }),
    });
  };
}

/** Restores one folder of a snapshot, or all that is selected in the explorer. */
export function restoreFolderCommand(ui: Ui): CommandTypes['snapdir.restoreFolder'] {
  return (...args) => restorePart(ui, args, 'folder', t('Restore Folder…'));
}

/** Restores one file of a snapshot, or all that is selected in the explorer. */
export function restoreFileCommand(ui: Ui): CommandTypes['snapdir.restoreFile'] {
  return (...args) => restorePart(ui, args, 'file', t('Restore File…'));
}

async function restorePart(
  ui: Ui,
  args: unknown[],
  kind: 'folder' | 'file',
  title: string,
): ReturnType<typeof restoreFlow> {
  requireTrust(title);
  const given = readSelection(ui, args);
  const target = given && (await findWhole(ui, given, title));
  if (given === undefined || target === undefined) {
    return undefined;
  }
  const picked = given.paths === undefined ? await pickPart(ui, target, kind, title) : undefined;
  const paths = given.paths ?? (picked === undefined ? undefined : [picked]);
  if (paths === undefined) {
    return undefined;
  }
  return restoreFlow(ui, { ...target, ...(paths.includes('') ? {} : { paths }) });
}

/** Asks which folder or file of the snapshot is meant. */
export function pickPart(
  ui: Ui,
  target: Target,
  kind: 'folder' | 'file',
  title: string,
): Promise<RelPath | undefined> {
  const { repository, rev } = target;
  const active = activePath(ui, target);
  const current = active !== undefined && kind === 'folder' ? dirName(active) : active;
  const known = current === undefined || current === '' ? {} : { current };
  return pickPath(ui, { repository, rev, kind, title, ...known });
}

function activePath(ui: Ui, { repository }: Target): RelPath | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const place: Given | undefined = uri && readArgument(ui, uri);
  return place?.repository === repository ? place.path : undefined;
}
