import * as vscode from 'vscode';
import { liveUri, snapshotUri } from '../documents/snapshotDocument';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { activeResource } from '../views/activeResource';
import type { CommandTypes } from './commandTypes';
import { findTarget, readArgument } from './targets';

const { t } = vscode.l10n;

/** Opens the file in the folder, as it is now. */
export function openFileCommand(ui: Ui): CommandTypes['snapdir.openFile'] {
  return async (argument) => {
    const { repository, path } = readArgument(ui, argument ?? activeResource());
    if (repository === undefined || path === undefined || path === '') {
      return;
    }
    try {
      await vscode.commands.executeCommand('vscode.open', liveUri(repository, path));
    } catch {
      void ui.prompts.info(t('"{0}" is no longer in the folder.', visible(path)));
    }
  };
}

/** Opens a file as the snapshot holds it. */
export function showContentsCommand(ui: Ui): CommandTypes['snapdir.showContents'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const target = await findTarget(ui, given, t('Show Contents'));
    if (target === undefined || given.path === undefined || given.path === '') {
      return;
    }
    const uri = snapshotUri(target.repository, target.rev, given.path);
    await vscode.commands.executeCommand('vscode.open', uri);
  };
}
