import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';
import { pickPath } from '../pickers/pickPath';
import { restoreFlow } from '../restore/restoreFlow';
import { dirName } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument, type Given, type Target } from './targets';
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

/** Restores one folder of a snapshot. */
export function restoreFolderCommand(ui: Ui): CommandTypes['snapdir.restoreFolder'] {
  return (argument) => restorePart(ui, argument, 'folder', t('Restore Folder…'));
}

/** Restores one file of a snapshot. */
export function restoreFileCommand(ui: Ui): CommandTypes['snapdir.restoreFile'] {
  return (argument) => restorePart(ui, argument, 'file', t('Restore File…'));
}

async function restorePart(
  ui: Ui,
  argument: unknown,
  kind: 'folder' | 'file',
  title: string,
): ReturnType<typeof restoreFlow> {
  requireTrust(title);
  const given = readArgument(ui, argument);
  const target = await findWhole(ui, given, title);
  if (target === undefined) {
    return undefined;
  }
  const path = given.path ?? (await pickPart(ui, target, kind, title));
  if (path === undefined) {
    return undefined;
  }
  return restoreFlow(ui, { ...target, ...(path === '' ? {} : { paths: [path] }) });
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
