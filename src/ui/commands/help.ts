import * as vscode from 'vscode';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';

const { t } = vscode.l10n;

/** Opens the walkthrough. */
export function getStartedCommand(): CommandTypes['snapdir.getStarted'] {
  return async () => {
    await vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      'snapdir.snapdir#snapdir.start',
      false,
    );
    return undefined;
  };
}

/** Brings back every notification that was hidden with "Don't Show Again". */
export function resetNotificationsCommand(ui: Ui): CommandTypes['snapdir.resetNotifications'] {
  return async () => {
    const count = await ui.notices.reset();
    void ui.prompts.info(
      count === 0 ? t('No notification was hidden.') : t('Notifications are shown again.'),
    );
    return count;
  };
}
